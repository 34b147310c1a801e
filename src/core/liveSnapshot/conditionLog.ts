import type { ConfigRead } from '../documents/config.ts';
import type { Reads, StoreRead } from '../model/reads.ts';

interface Condition {
  /** What keeps the file from being understood; undefined where nothing does. */
  readonly fault: string | undefined;
  readonly problems: ReadonlySet<string>;
}

const FINE: Condition = { fault: undefined, problems: new Set() };

/**
 * Tells the log what becomes of stores and configs: every change into, between and out of faults, and
 * every new problem, once and not at each read. Paths, ids and details only.
 */
export class ConditionLog {
  readonly #log: (line: string) => void;
  #known: ReadonlyMap<string, Condition> = new Map();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** @param settling paths of stores that may just be being written: nothing is said of them yet. */
  tell(reads: Reads, settling: ReadonlySet<string>): void {
    const files = reads.stateDirs.flatMap(({ config, agents, mainStore }) => [
      config,
      ...agents.map(({ store }) => store),
      mainStore,
    ]);
    const now = new Map<string, Condition>();
    for (const file of files) {
      const { path } = file;
      if (now.has(path)) continue;
      const before = this.#known.get(path) ?? FINE;
      const after = settling.has(path) ? before : conditionOf(file);
      now.set(path, after);
      this.#tellChange(file, before, after);
    }
    this.#known = now;
  }

  #tellChange({ path, kind }: ConfigRead | StoreRead, before: Condition, after: Condition): void {
    if (after.fault !== before.fault) this.#log(`${path}: ${after.fault ?? `${kind} again`}`);
    for (const problem of after.problems) {
      if (!before.problems.has(problem)) this.#log(`${path}: ${problem}`);
    }
  }
}

function conditionOf(file: ConfigRead | StoreRead): Condition {
  const problems = 'problems' in file ? new Set(file.problems) : FINE.problems;
  return { fault: faultOf(file), problems };
}

function faultOf(file: ConfigRead | StoreRead): string | undefined {
  switch (file.kind) {
    case 'whole':
    case 'absent':
      return undefined;
    case 'unreadable':
      return `unreadable: ${file.errno}`;
    case 'torn':
      return `torn: ${file.detail}`;
    case 'unknownVersion':
      return `unknown version ${file.version}`;
    case 'unplaced':
      return `not read: ${file.variable} is not set here`;
    case 'invalid': {
      const { line, column } = file;
      return `invalid: ${file.detail}${line === undefined ? '' : ` (line ${line}, column ${column})`}`;
    }
  }
}
