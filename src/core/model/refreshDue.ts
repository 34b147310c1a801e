import type { Renewal, Snapshot } from './snapshot.ts';
import { writable } from './writable.ts';

/** An access token is renewed so long before its end, or a fifth of its lifetime where that is less. */
export const EARLY_MS = 10 * 60_000;
const EARLY_SHARE = 0.2;

/** So much earlier still, at most, so that programs on the same logins do not wake together. */
const JITTER_SHARE = 0.2;

/** A login that has just been received is left alone for so long, whatever its lifetime. */
export const SETTLED_MS = 60_000;

/** Clocks of machines that share a folder may be so far apart, at most, to be believed. */
const SKEW_MS = 60_000;

/** When a login is due, from what a Snapshot and a watcher of it know. Milliseconds since the epoch. */
export type DueFacts = Pick<Renewal, 'expires' | 'receivedAt' | 'retryAt' | 'byHand'>;

/**
 * When a login is to be refreshed, in milliseconds since the epoch; `undefined` for one without a
 * known end, which nobody renews before it is used, and for one that only a person may renew. Pure. A receipt in the future was written down by
 * a clock that was ahead, and counts as not known.
 *
 * @param jitter 0 up to 1, drawn once for a login: 10 to 12 minutes before the end.
 */
export function refreshDue(
  { expires, receivedAt: received, retryAt, byHand }: DueFacts,
  jitter: number,
  now: number,
): number | undefined {
  if (expires === undefined || byHand) return undefined;
  const receivedAt = received !== undefined && received > now + SKEW_MS ? undefined : received;
  const lifetime = receivedAt === undefined ? Infinity : Math.max(0, expires - receivedAt);
  const early = Math.min(EARLY_MS, EARLY_SHARE * lifetime);
  const due = expires - early * (1 + JITTER_SHARE * jitter);
  const settled = receivedAt === undefined ? -Infinity : receivedAt + SETTLED_MS;
  return Math.max(due, settled, retryAt ?? -Infinity);
}

/** A login that can be renewed, with one of the places where it is stored. */
export interface RenewableLogin extends Renewal {
  readonly provider: string;
  readonly profileId: string;
  readonly place: {
    readonly stateDir: string;
    readonly agentId: string;
    readonly storePath: string;
  };
}

/**
 * Every login of a Snapshot that can be renewed, once, however many stores hold it: at the first place
 * where it may be written. Pure.
 */
export function renewableLogins(
  snapshot: Pick<Snapshot, 'stateDirs'>,
): ReadonlyMap<string, RenewableLogin> {
  const logins = new Map<string, RenewableLogin>();
  for (const dir of snapshot.stateDirs) {
    for (const agent of dir.agents) {
      if (!writable(dir, agent)) continue;
      for (const { profiles } of agent.providers) {
        for (const { id, provider, origin, renewal } of profiles) {
          if (renewal === undefined || origin !== 'own' || logins.has(renewal.login)) continue;
          const place = { stateDir: dir.path, agentId: agent.id, storePath: agent.store.path };
          logins.set(renewal.login, { ...renewal, provider, profileId: id, place });
        }
      }
    }
  }
  return logins;
}
