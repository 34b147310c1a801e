import { normalizeProviderId } from '../documents/providerIds.ts';
import type { SessionEntry } from '../documents/sessions.ts';
import { shownKey } from '../documents/shownText.ts';
import { effectiveOrder } from './order.ts';
import type { SessionContext, SessionsRead } from './reads.ts';
import { chosenBy, pickForSession } from './sessionPick.ts';
import type { SessionSnapshot, SessionsSnapshot } from './snapshot.ts';

/** A person looks for what went on lately; a gateway can have thousands. */
const MOST_SHOWN = 50;

/** A list of sessions that was read. Pure. */
export class SessionList implements SessionsRead {
  readonly path: string;
  /** Newest first. */
  readonly sessions: readonly SessionEntry[];

  constructor(path: string, sessions: readonly SessionEntry[]) {
    this.path = path;
    this.sessions = sessions;
  }

  /** The sessions with their pins, and what each uses next. */
  seenIn(context: SessionContext): SessionsSnapshot {
    const orders = new Map<string, readonly string[]>();
    const orderOf = (provider: string): readonly string[] => {
      const known = orders.get(provider) ?? effectiveOrder({ ...context, provider }).ids;
      orders.set(provider, known);
      return known;
    };
    const all = this.sessions.map((entry) => sessionSnapshot(entry, context, orderOf));
    const isMarked = ({ pin }: SessionSnapshot): boolean =>
      pin !== undefined && (pin.by === 'user' || pin.stale !== undefined);
    const older = all.slice(MOST_SHOWN).filter(isMarked).slice(0, MOST_SHOWN);
    return {
      kind: 'whole',
      path: this.path,
      shown: [...all.slice(0, MOST_SHOWN), ...older],
      count: all.length,
      pinned: all.filter(({ pin }) => pin?.by === 'user' && pin.stale === undefined).length,
      stale: all.flatMap(({ key: sessionKey, pin }) =>
        pin?.stale === undefined ? [] : [{ sessionKey, profileId: pin.profileId }],
      ),
    };
  }
}

/** A list that could not be read: who sees it sees why. */
export class UnknownSessions implements SessionsRead {
  readonly path: string;
  /** Absent: it is no JSON. */
  readonly errno: string | undefined;

  constructor(path: string, errno?: string) {
    this.path = path;
    this.errno = errno;
  }

  seenIn(): SessionsSnapshot {
    const { path, errno } = this;
    return errno === undefined ? { kind: 'invalid', path } : { kind: 'unreadable', path, errno };
  }
}

function sessionSnapshot(
  entry: SessionEntry,
  context: SessionContext,
  orderOf: (provider: string) => readonly string[],
): SessionSnapshot {
  const { key, updatedAt, model, compactions, pin } = entry;
  const provider = sessionProvider(entry, context)?.provider;
  const { store, config, now } = context;
  const pick =
    provider === undefined
      ? undefined
      : pickForSession(
          { provider, store, config, now, pin, compactions, isNewSession: false },
          orderOf(provider),
        );
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

/**
 * The provider (normalized id) of a session's model, and what says so: the session, else the model of its
 * agent; where neither does, a pin is taken to be for the provider of its profile.
 */
export function sessionProvider(
  { provider, pin: { profileId } }: Pick<SessionEntry, 'provider' | 'pin'>,
  context: SessionContext,
): { readonly provider: string; readonly from: 'session' | 'agent' | 'pin' } | undefined {
  const from =
    provider !== undefined ? 'session' : context.provider !== undefined ? 'agent' : 'pin';
  const named =
    provider ??
    context.provider ??
    (profileId === undefined
      ? undefined
      : (context.store.profiles.get(profileId)?.provider ?? profileId.split(':')[0]));
  const id = named === undefined ? '' : normalizeProviderId(named);
  return id === '' ? undefined : { provider: id, from };
}
