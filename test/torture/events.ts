import { createHash } from 'node:crypto';
import { closeSync, fdatasync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isJsonObject, type JsonValue } from '../../src/core/documents/json.ts';
import { tokenHash } from '../../src/core/model/loginFingerprint.ts';
import { machineTime } from './time.ts';

/** In each secret that the torture makes, so that one that leaked is found. */
export const SECRET_MARK = 'TORTURE-SECRET';

export type Part = 'profiles' | 'order';
export type OperationKind = 'upsert' | 'order' | 'removal' | 'signIn' | 'refresh';

/** An entry of a store before and after a write; null where there is none. Marks, not values. */
export type EntryChange = readonly [
  part: Part,
  key: string,
  before: string | null,
  after: string | null,
];

/** What a process saw or did, one line of its log. `t` is `machineTime()`. No line holds a secret. */
export type TortureEvent = { readonly t: number } & (
  | {
      readonly kind: 'begin';
      readonly op: string;
      readonly what: OperationKind;
      readonly store: string;
      readonly part: Part;
      readonly key: string;
      /** What is to stand there; null for nothing. */
      readonly mark: string | null;
    }
  | { readonly kind: 'acked'; readonly op: string }
  | { readonly kind: 'failed'; readonly op: string; readonly code: string }
  /** A refresh of this token (SHA-256) is asked for. */
  | { readonly kind: 'ask'; readonly token: string }
  | { readonly kind: 'refreshed'; readonly token: string; readonly outcome: string }
  /** The whole answer to the request with this token has arrived. */
  | { readonly kind: 'received'; readonly token: string; readonly status: number }
  /** ... and is durable in the journal. */
  | { readonly kind: 'journaled'; readonly token: string }
  /** A replacement of a whole file is done; `from` is when the last check had passed. */
  | {
      readonly kind: 'commit';
      readonly from: number;
      readonly path: string;
      /** Versions: see `versions.ts`. */
      readonly before: string;
      readonly after: string;
      readonly changes: readonly EntryChange[];
    }
  /** A write in place; the file may be torn from `from` on until `t`. */
  | {
      readonly kind: 'inPlace';
      readonly from: number;
      readonly path: string;
      readonly by: string;
      readonly changes: readonly EntryChange[];
    }
  /** Locks were waited for, or held from `from` on, for longer than usual. */
  | {
      readonly kind: 'held';
      readonly from: number;
      readonly waitedMs: number;
      readonly paths: readonly string[];
    }
  | { readonly kind: 'note'; readonly text: string }
);

type Untimed<E> = E extends { readonly t: number } ? Omit<E, 't'> : never;
export type NewEvent = Untimed<TortureEvent>;

const sync = promisify(fdatasync);

/** Appends events. Each line is out, whatever kills the process then; an acknowledgement is durable. */
export class EventLog {
  readonly #fd: number;

  constructor(folder: string, name: string) {
    this.#fd = openSync(join(folder, `${name}.jsonl`), 'a', 0o600);
  }

  write(event: NewEvent): void {
    writeSync(this.#fd, `${JSON.stringify({ t: machineTime(), ...event })}\n`);
  }

  async writeDurably(event: NewEvent): Promise<void> {
    this.write(event);
    await sync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** An event and the process that logged it. */
export type LoggedEvent = TortureEvent & { readonly process: string };

/** All events of all processes, in the order of their times. A line that a kill cut off is left out. */
export function readEvents(folder: string): readonly LoggedEvent[] {
  const events: LoggedEvent[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.jsonl')) continue;
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      if (!line.endsWith('}')) continue;
      events.push({ process: name.slice(0, -6), ...(JSON.parse(line) as TortureEvent) });
    }
  }
  return events.sort((a, b) => a.t - b.t);
}

/** Stands for a value in a log: a login by the hash of its refresh token, anything else by its text. */
export function markOf(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  if (isJsonObject(value) && typeof value['refresh'] === 'string') {
    return `r:${tokenHash(value['refresh'])}`;
  }
  return `v:${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}`;
}

/** What one document has in the parts that are watched and the other has not. */
export function changesBetween(before: JsonValue, after: JsonValue): readonly EntryChange[] {
  const changes: EntryChange[] = [];
  for (const part of ['profiles', 'order'] as const) {
    const [old, now] = [partOf(before, part), partOf(after, part)];
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const [was, is] = [markOf(old[key]), markOf(now[key])];
      if (was !== is) changes.push([part, key, was, is]);
    }
  }
  return changes;
}

export function partOf(document: JsonValue, part: Part): Readonly<Record<string, JsonValue>> {
  const entries = isJsonObject(document) ? document[part] : undefined;
  return isJsonObject(entries) ? entries : {};
}

/** `{}` for what is no JSON. */
export function parsedOrEmpty(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return {};
  }
}
