import type { AuthStore } from '../documents/authStore.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import type { SessionPin } from '../documents/sessions.ts';
import { type ConfigAuth, effectiveOrder, unusableUntil } from './order.ts';

export interface SessionPickQuery {
  /** In any spelling. */
  readonly provider: string;
  /** What the agent sees. */
  readonly store: AuthStore;
  readonly config: ConfigAuth;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pin: SessionPin;
  /** `compactionCount` of the entry. */
  readonly compactions: number;
  /** The session begins (or was reset): it then takes the next profile in turn. */
  readonly isNewSession: boolean;
}

/**
 * Why a pin counts for nothing: its profile is not stored, is of another provider than the session's
 * model, or is left out of the order.
 */
export type StalePin = 'notStored' | 'otherProvider' | 'notInOrder';

/**
 * Why a profile is the one:
 * - `pinnedByPerson`: a person chose it for this session, and it stays, cooling down or not;
 * - `kept`: it was chosen before, and nothing speaks against it;
 * - `first`: the first of the order that does not pause;
 * - `nextInTurn`: a new session, or one that has been compacted, goes on to the next one;
 * - `allPause`: everything in the order pauses, so the one that would have been anyway.
 */
export type SessionPickReason = 'pinnedByPerson' | 'kept' | 'first' | 'nextInTurn' | 'allPause';

export interface SessionPick {
  /** Undefined where the order is empty: CoderClaw then looks for keys elsewhere. */
  readonly profileId: string | undefined;
  readonly reason: SessionPickReason | undefined;
  /** The pin that was there names nothing that can be used, and CoderClaw takes it off. */
  readonly stale: StalePin | undefined;
  /** The pin as CoderClaw leaves it; the very object of the query where it writes nothing. */
  readonly pin: SessionPin;
}

/**
 * Which profile CoderClaw 2026.3.21 uses in a session, and what becomes of the session's pin. Pure.
 * @param order The effective order of the provider, where it is known already: many sessions share one.
 */
export function pickForSession(
  query: SessionPickQuery,
  order: readonly string[] = effectiveOrder(query).ids,
): SessionPick {
  const { store, now } = query;
  const stale = stalenessOf(query.pin, order, query);
  const pin = stale === undefined ? query.pin : {};
  const [first] = order;
  if (first === undefined) return { profileId: undefined, reason: undefined, stale, pin };

  const pauses = (id: string): boolean =>
    unusableUntil(store.usageStats.get(id), now) !== undefined;
  const { profileId, reason } = choose({ ...query, pin }, order, first, pauses);
  if (reason === 'pinnedByPerson') return { profileId, reason, stale, pin };
  const { compactions } = query;
  const isWritten =
    pin.profileId === profileId && pin.source === 'auto' && pin.compactions === compactions;
  const written: SessionPin = { profileId, source: 'auto', compactions };
  return { profileId, reason, stale, pin: isWritten ? pin : written };
}

/** Why the pin of a session counts for nothing; undefined where there is none, or it counts. */
function stalenessOf(
  { profileId }: SessionPin,
  order: readonly string[],
  { store, provider }: SessionPickQuery,
): StalePin | undefined {
  if (profileId === undefined) return undefined;
  const credential = store.profiles.get(profileId);
  if (credential === undefined) return 'notStored';
  if (normalizeProviderId(credential.provider) !== normalizeProviderId(provider)) {
    return 'otherProvider';
  }
  return order.length > 0 && !order.includes(profileId) ? 'notInOrder' : undefined;
}

function choose(
  { pin, compactions, isNewSession }: SessionPickQuery,
  order: readonly string[],
  first: string,
  pauses: (id: string) => boolean,
): { readonly profileId: string; readonly reason: SessionPickReason } {
  const firstUsable = (): { profileId: string; reason: SessionPickReason } => {
    const usable = order.find((id) => !pauses(id));
    return usable === undefined
      ? { profileId: first, reason: 'allPause' }
      : { profileId: usable, reason: 'first' };
  };
  const { profileId: current } = pin;
  if (current === undefined) return firstUsable();
  if (chosenBy(pin) === 'user' && !isNewSession) {
    return { profileId: current, reason: 'pinnedByPerson' };
  }
  const isCompacted = compactions > (pin.compactions ?? compactions);
  if (isNewSession || isCompacted) {
    // The others in turn, and the present one last.
    const at = order.indexOf(current);
    const inTurn = [...order.slice(at + 1), ...order.slice(0, at + 1)];
    const usable = inTurn.find((id) => !pauses(id));
    return usable === undefined
      ? { profileId: current, reason: 'allPause' }
      : { profileId: usable, reason: 'nextInTurn' };
  }
  return pauses(current) ? firstUsable() : { profileId: current, reason: 'kept' };
}

/** A pin of an older CoderClaw does not say it: one without a count came from a person. */
export function chosenBy({ source, compactions }: SessionPin): 'user' | 'auto' {
  return source ?? (compactions === undefined ? 'user' : 'auto');
}
