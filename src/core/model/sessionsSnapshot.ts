import type { AuthStore } from '../documents/authStore.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import type { SessionEntry } from '../documents/sessions.ts';
import { shownKey } from '../documents/shownText.ts';
import type { ConfigAuth } from './order.ts';
import type { SessionsRead } from './reads.ts';
import { chosenBy, pickForSession } from './sessionPick.ts';
import type { SessionSnapshot, SessionsSnapshot } from './snapshot.ts';

/** A person looks for what went on lately; a gateway can have thousands. */
const MOST_SHOWN = 50;

/** What decides about the sessions of one agent. */
export interface SessionContext {
  /** What the agent sees. */
  readonly store: AuthStore;
  readonly config: ConfigAuth;
  /** Normalized id of the provider of the agent's model, if the config says it. */
  readonly provider: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The sessions of an agent with their pins, and what each uses next. Pure. */
export function sessionsSnapshot(read: SessionsRead, context: SessionContext): SessionsSnapshot {
  if (read.kind !== 'whole') return read;
  const all = read.sessions.map((entry) => sessionSnapshot(entry, context));
  const isMarked = ({ pin }: SessionSnapshot): boolean =>
    pin !== undefined && (pin.by === 'user' || pin.stale !== undefined);
  const older = all.slice(MOST_SHOWN).filter(isMarked).slice(0, MOST_SHOWN);
  return {
    kind: 'whole',
    path: read.path,
    shown: [...all.slice(0, MOST_SHOWN), ...older],
    count: all.length,
    pinned: all.filter(({ pin }) => pin?.by === 'user' && pin.stale === undefined).length,
    stale: all.flatMap(({ key: sessionKey, pin }) =>
      pin?.stale === undefined ? [] : [{ sessionKey, profileId: pin.profileId }],
    ),
  };
}

function sessionSnapshot(entry: SessionEntry, context: SessionContext): SessionSnapshot {
  const { key, updatedAt, model, compactions, pin } = entry;
  const provider = providerOf(entry, context);
  const { store, config, now } = context;
  const pick =
    provider === undefined
      ? undefined
      : pickForSession({ provider, store, config, now, pin, compactions, isNewSession: false });
  const profileId = pin.profileId;
  return {
    key,
    updatedAt,
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model: shownKey(model) }),
    ...(profileId !== undefined && {
      pin: { profileId, by: chosenBy(pin), ...(pick?.stale && { stale: pick.stale }) },
    }),
    ...(pick?.profileId !== undefined &&
      pick.reason !== undefined && { pick: { profileId: pick.profileId, reason: pick.reason } }),
  };
}

/** Where nothing says it, a pin is taken to be for the provider of its profile. */
function providerOf(
  { provider, pin: { profileId } }: SessionEntry,
  context: SessionContext,
): string | undefined {
  const named =
    provider ??
    context.provider ??
    (profileId === undefined
      ? undefined
      : (context.store.profiles.get(profileId)?.provider ?? profileId.split(':')[0]));
  return named === undefined ? undefined : normalizeProviderId(named) || undefined;
}
