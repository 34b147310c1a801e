import type { AuthStore, Credential, UsageStats } from '../documents/authStore.ts';
import type { CoderClawConfig, ConfigProfile } from '../documents/config.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import type { LeftOutReason, OrderSource } from './snapshot.ts';

/** The parts of the config that decide about profiles. */
export type ConfigAuth = Pick<CoderClawConfig, 'authProfiles' | 'authOrder'>;

export interface OrderQuery {
  /** In any spelling. */
  readonly provider: string;
  /** What the agent sees: for a secondary agent, the main agent's store with its own on top. */
  readonly store: AuthStore;
  readonly config: ConfigAuth;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A profile that goes first if it is in the list at all (a session's choice). */
  readonly preferred?: string;
}

export interface EffectiveOrder {
  /** Those that CoderClaw tries, in this order. Ones that pause stand at the end. */
  readonly ids: readonly string[];
  /** The same ids, in the order in which they would be tried if none of them paused. */
  readonly withoutPauses: readonly string[];
  readonly source: OrderSource;
  /** The list in force, as it stands there. */
  readonly listed: readonly string[];
  /** Every stored profile of the provider that is not in `ids`, and why not. */
  readonly leftOut: ReadonlyMap<string, LeftOutReason>;
}

/** Without an explicit order, types are tried in this sequence. */
const TYPE_RANK: Readonly<Record<Credential['type'], number>> = { oauth: 0, token: 1, api_key: 2 };

/**
 * The order in which CoderClaw 2026.3.21 tries the profiles of one provider at one moment.
 * Pure. `lastGood` has no say in it, as in CoderClaw.
 */
export function effectiveOrder(query: OrderQuery): EffectiveOrder {
  const { store, config, now, preferred } = query;
  const provider = normalizeProviderId(query.provider);
  const stored = [...store.profiles]
    .filter(([, credential]) => normalizeProviderId(credential.provider) === provider)
    .map(([id]) => id);
  const { ids: base, source, explicit } = baseList(provider, stored, store, config);

  const reasonAgainst = (id: string): LeftOutReason | 'notStored' | undefined => {
    const credential = store.profiles.get(id);
    if (credential === undefined || normalizeProviderId(credential.provider) !== provider) {
      return 'notStored';
    }
    if (disagrees(config.authProfiles.get(id), credential, provider)) return 'configDisagrees';
    if (!hasSecret(credential)) return 'noSecret';
    return isSpentToken(credential, now) ? 'expired' : undefined;
  };
  const listed = new Set(base);
  const eligible = [...listed].filter((id) => reasonAgainst(id) === undefined);

  const statsOf = (id: string): UsageStats | undefined => store.usageStats.get(id);
  const pausedUntil = (id: string): number => unusableUntil(statsOf(id), now) ?? 0;
  // Before the sorting: those that come back at the same moment stay as they are listed.
  const paused = eligible.filter((id) => pausedUntil(id) !== 0);
  if (!explicit) {
    const rank = (id: string): number => TYPE_RANK[store.profiles.get(id)?.type ?? 'api_key'];
    const lastUsed = (id: string): number => statsOf(id)?.lastUsed ?? 0;
    eligible.sort((a, b) => rank(a) - rank(b) || lastUsed(a) - lastUsed(b));
  }
  const usable = eligible.filter((id) => pausedUntil(id) === 0);
  paused.sort((a, b) => pausedUntil(a) - pausedUntil(b));

  const ids = withFirst([...usable, ...paused], preferred);
  const used = new Set(ids);
  const notListed: LeftOutReason = source === 'configProfiles' ? 'notInConfig' : 'notInOrder';
  const leftOut = new Map<string, LeftOutReason>();
  for (const id of stored) {
    if (used.has(id)) continue;
    const reason = listed.has(id) ? reasonAgainst(id) : notListed;
    if (reason !== undefined && reason !== 'notStored') leftOut.set(id, reason);
  }
  return { ids, withoutPauses: withFirst(eligible, preferred), source, listed: base, leftOut };
}

/**
 * When CoderClaw will use a profile with these stats again, in milliseconds since the epoch;
 * `undefined` if it may now. A pause that has run out counts as cleared.
 */
export function unusableUntil(stats: UsageStats | undefined, now: number): number | undefined {
  const until = Math.max(stats?.cooldownUntil ?? 0, stats?.disabledUntil ?? 0);
  return until > now ? until : undefined;
}

interface BaseList {
  readonly ids: readonly string[];
  readonly source: OrderSource;
  /** Somebody wrote this sequence down. An empty list counts as none written. */
  readonly explicit: boolean;
}

function baseList(
  provider: string,
  stored: readonly string[],
  store: AuthStore,
  config: ConfigAuth,
): BaseList {
  const own = ofProvider(store.order, provider);
  if (own !== undefined) return { ids: own, source: 'store', explicit: own.length > 0 };
  const configured = ofProvider(config.authOrder, provider);
  if (configured !== undefined) {
    return { ids: configured, source: 'config', explicit: configured.length > 0 };
  }
  const listed = [...config.authProfiles]
    .filter(([, profile]) => normalizeProviderId(profile.provider) === provider)
    .map(([id]) => id);
  if (listed.length > 0) return { ids: listed, source: 'configProfiles', explicit: false };
  return { ids: stored, source: 'stored', explicit: false };
}

/** The value of the first key that means this provider (normalized id). */
export function ofProvider<V>(map: ReadonlyMap<string, V>, provider: string): V | undefined {
  for (const [key, value] of map) {
    if (normalizeProviderId(key) === provider) return value;
  }
  return undefined;
}

/** CoderClaw lets a config entry `oauth` stand for a stored `token` too, and for nothing else. */
function disagrees(
  entry: ConfigProfile | undefined,
  credential: Credential,
  provider: string,
): boolean {
  if (entry === undefined) return false;
  if (normalizeProviderId(entry.provider) !== provider) return true;
  if (entry.mode === credential.type) return false;
  return !(entry.mode === 'oauth' && credential.type === 'token');
}

/** CoderClaw takes either half of an OAuth pair for a secret. */
function hasSecret(credential: Credential): boolean {
  switch (credential.type) {
    case 'oauth':
      return !isBlank(credential.access) || !isBlank(credential.refresh);
    case 'token':
      return !isBlank(credential.token);
    case 'api_key':
      return !isBlank(credential.key);
  }
}

/** Only a `token` drops out at its end; an OAuth profile stays, to be refreshed. */
function isSpentToken(credential: Credential, now: number): boolean {
  if (credential.type !== 'token') return false;
  const end = usableEnd(credential.expires);
  return end !== undefined && end <= now;
}

/** What CoderClaw takes for an end: a finite, positive number. */
export function usableEnd(expires: number | undefined): number | undefined {
  return expires !== undefined && Number.isFinite(expires) && expires > 0 ? expires : undefined;
}

/** CoderClaw counts a secret of spaces as none. */
export function isBlank(secret: string | undefined): boolean {
  return secret === undefined || secret.trim() === '';
}

function withFirst(ids: readonly string[], preferred: string | undefined): readonly string[] {
  if (preferred === undefined || !ids.includes(preferred)) return ids;
  return [preferred, ...ids.filter((id) => id !== preferred)];
}
