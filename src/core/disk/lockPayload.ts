import type { LockHolder } from '../errors.ts';

/**
 * What a lock file says. CoderClaw 2026.3.21 writes and reads `pid` and `createdAt`; the rest is
 * ours, and it ignores it. Whatever is missing or makes no sense is absent here.
 */
export interface LockPayload {
  /** 0: the owner exists, but its pid means nothing to others. CoderClaw then skips its pid test. */
  readonly pid?: number;
  /** Milliseconds since the epoch; moved on by our heartbeat. */
  readonly createdAt?: number;
  /** Fresh for each lock, so that two locks never look the same. */
  readonly nonce?: string;
  /** Program and version, for people. */
  readonly app?: string;
  readonly owner?: LockOwner;
}

/** Who holds the lock, for programs that know what a PID namespace is. */
export interface LockOwner {
  readonly pid: number;
  /** Pids can be compared only within the same one. */
  readonly namespace: string;
}

/** No lock of anybody's is longer; what is beyond is not looked at. */
export const MAX_PAYLOAD_BYTES = 4096;

/** Reads the text of a lock file. Never throws: a torn or foreign one gives an empty payload. */
export function parseLockPayload(text: string): LockPayload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  const pid = pidOf(field(value, 'pid'), 0);
  const createdAt = timeOf(field(value, 'createdAt'));
  const nonce = shortText(field(value, 'nonce'));
  const app = shortText(field(value, 'app'));
  const ownerPid = pidOf(field(field(value, 'owner'), 'pid'), 1);
  const namespace = shortText(field(field(value, 'owner'), 'namespace'));
  return {
    ...(pid !== undefined && { pid }),
    ...(createdAt !== undefined && { createdAt }),
    ...(nonce !== undefined && { nonce }),
    ...(app !== undefined && { app }),
    ...(ownerPid !== undefined &&
      namespace !== undefined && { owner: { pid: ownerPid, namespace } }),
  };
}

/**
 * The text of a lock file. For the same lock at another `createdAt` it has the same length, so a
 * heartbeat can write it over the old one without a moment of garbage.
 */
export function formatLockPayload(payload: Required<LockPayload>): string {
  const createdAt = new Date(payload.createdAt).toISOString();
  const { pid, nonce, app, owner } = payload;
  return `${JSON.stringify({ pid, createdAt, nonce, app, owner }, null, 2)}\n`;
}

/** What an error may say about the holder. */
export function holderOf(payload: LockPayload): LockHolder {
  const pid = payload.owner?.pid ?? payload.pid;
  return {
    ...(pid !== undefined && pid > 0 && { pid }),
    ...(payload.createdAt !== undefined && {
      createdAt: new Date(payload.createdAt).toISOString(),
    }),
    ...(payload.app !== undefined && { app: payload.app }),
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** `kill()` takes 0 and negative numbers for whole process groups: they must never get there. */
function pidOf(value: unknown, least: 0 | 1): number | undefined {
  const isPid = typeof value === 'number' && Number.isInteger(value) && value >= least;
  return isPid && value <= 0x7fffffff ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** Printable ASCII only: these end in messages, and the file is anybody's. */
function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7e]{1,100}$/.test(value) ? value : undefined;
}
