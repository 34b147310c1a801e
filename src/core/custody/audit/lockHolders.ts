import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { lookAtLock } from '../../disk/lockFile.ts';
import {
  describeThisProcess,
  ownerLiveness,
  pidReachIn,
  type ThisProcess,
} from '../../disk/lockOwner.ts';
import type { LockPayload } from '../../disk/lockPayload.ts';

/** A program that held a lock, as far as can be told. */
export interface SeenHolder {
  readonly pid?: number;
  readonly program?: string;
}

export interface LockHoldersOptions {
  /** Our own program, with or without `/<version>`, as in its locks: what it does is written down by itself. */
  readonly app: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The command line of a process of this machine; for tests. */
  readonly commandOf?: (pid: number) => Promise<readonly string[]>;
}

/** A change is laid to who was seen with the lock at most so long before. */
const REMEMBERED_MS = 10_000;

interface Sighting {
  readonly at: number;
  readonly holder: SeenHolder;
}

/**
 * Remembers for some seconds who was seen with the lock of a store. None of our own programs counts:
 * what another window changed stands in the trail, and its lock says nothing of what is not there.
 */
export class LockHolders {
  readonly #options: LockHoldersOptions;
  readonly #seen = new Map<string, Sighting>();
  readonly #self: ThisProcess = describeThisProcess();

  constructor(options: LockHoldersOptions) {
    this.#options = options;
  }

  /**
   * Who may have made what has just been seen in a store: the program that has its lock now; where
   * none has, the one that had it at the look before, which has let go of it since and is forgotten
   * with that. Undefined where nobody was seen. Never throws.
   */
  async look(storePath: string): Promise<SeenHolder | undefined> {
    const holder = await this.#lookNow(storePath);
    if (holder !== undefined) {
      this.#seen.set(storePath, { at: this.#options.now(), holder });
      return holder;
    }
    const before = this.#seen.get(storePath);
    this.#seen.delete(storePath);
    const isRecent = before !== undefined && this.#options.now() - before.at <= REMEMBERED_MS;
    return isRecent ? before.holder : undefined;
  }

  async #lookNow(storePath: string): Promise<SeenHolder | undefined> {
    try {
      const lock = await lookAtLock(`${storePath}.lock`);
      if (lock === undefined || lock.isForeign) return undefined;
      return await this.#holderOf(lock.payload, dirname(storePath));
    } catch {
      // Gone again, or not ours to read: nobody was seen.
      return undefined;
    }
  }

  async #holderOf(payload: LockPayload, folder: string): Promise<SeenHolder | undefined> {
    const { owner, app } = payload;
    if (app !== undefined && programOf(app) === programOf(this.#options.app)) return undefined;
    const reach = await pidReachIn(folder);
    // A lock that was left behind tells who died, not who writes.
    if (ownerLiveness(payload, this.#self, reach) === 'dead') return undefined;
    const isHere = owner ? owner.namespace === this.#self.namespace : reach.sameNamespace;
    const pid = owner?.pid ?? (payload.pid === 0 ? undefined : payload.pid);
    if (isHere && pid === this.#self.pid) return undefined;
    // In another PID namespace the number would be that of somebody else.
    const commandOf = this.#options.commandOf ?? commandLineOf;
    const program =
      app ?? (isHere && pid !== undefined ? programIn(await commandOf(pid)) : undefined);
    return { ...(pid !== undefined && { pid }), ...(program !== undefined && { program }) };
  }
}

/** Windows of one program may have several versions of it. */
function programOf(app: string): string {
  return app.split('/', 1)[0] ?? app;
}

/** Linux tells it; elsewhere the pid has to do. */
async function commandLineOf(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch {
    return [];
  }
}

/** Programs that run others, whose name says nothing. */
const RUNNER = /^(node|nodejs|bun|deno|tsx|sh|bash|env)([\d.-].*)?(\.exe)?$/i;
/** Names of scripts that say nothing either. */
const FACELESS = /^(index|main|cli|run|start|entry|bin)$/i;

/**
 * What people would call a program by its command line: the package or script that a runner runs,
 * else the program's own name. Only its name: arguments can hold anything.
 */
export function programIn(command: readonly string[]): string | undefined {
  const [program = '', ...rest] = command;
  // A process may write its title over its command line.
  const name = basename(program.trim().split(' ', 1)[0] ?? '');
  if (!RUNNER.test(name)) return plainName(name);
  const script = rest.find((word) => word !== '' && !word.startsWith('-'));
  if (script === undefined) return plainName(name);
  const packaged = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(script);
  if (packaged?.[1] !== undefined && packaged[1] !== '.bin') return plainName(packaged[1]);
  const file = basename(script).replace(/\.[a-z]{1,4}$/i, '');
  return plainName(FACELESS.test(file) ? basename(dirname(script)) : file) ?? plainName(name);
}

/** It ends in a document that people read. */
function plainName(name: string): string | undefined {
  return /^[\x21-\x7e]{1,60}$/.test(name) ? name : undefined;
}
