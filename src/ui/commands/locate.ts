import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type {
  AgentSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
  SessionSnapshot,
  Snapshot,
  StateDirSnapshot,
} from '../../core/model/snapshot.ts';
import type { Target } from '../target.ts';

export interface AgentPlace {
  readonly dir: StateDirSnapshot;
  readonly agent: AgentSnapshot;
}

export interface ProviderPlace extends AgentPlace {
  readonly provider: ProviderSnapshot;
}

export interface ProfilePlace extends ProviderPlace {
  readonly profile: ProfileSnapshot;
}

export interface SessionPlace extends AgentPlace {
  /** Absolute path of the list that it stands in. */
  readonly sessionsPath: string;
  readonly session: SessionSnapshot;
}

/** Every agent, those of the state folder in use first. */
export function agentPlaces(snapshot: Snapshot): readonly AgentPlace[] {
  return snapshot.stateDirs.flatMap((dir) => dir.agents.map((agent) => ({ dir, agent })));
}

/** Every profile where it is stored: inherited ones are left to the agent that has them. */
export function ownProfilePlaces(snapshot: Snapshot): readonly ProfilePlace[] {
  return profilePlaces(snapshot).filter(({ profile }) => profile.origin === 'own');
}

/** Every profile of every agent, inherited ones too. */
export function profilePlaces(snapshot: Snapshot): readonly ProfilePlace[] {
  return providerPlaces(snapshot).flatMap((place) =>
    place.provider.profiles.map((profile) => ({ ...place, profile })),
  );
}

/** The sessions that are shown, each under its agent. */
export function sessionPlaces(snapshot: Snapshot): readonly SessionPlace[] {
  return agentPlaces(snapshot).flatMap(({ dir, agent }) => {
    const list = agent.sessions;
    if (list?.kind !== 'whole') return [];
    return list.shown.map((session) => ({ dir, agent, session, sessionsPath: list.path }));
  });
}

/** What a command's target means in the Snapshot of now: it can have gone since it was shown. */
export type Located<Place> =
  /** No such thing was named: the person is to be asked. */
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'gone'; readonly name: string }
  | { readonly kind: 'found'; readonly place: Place };

export function locateDir(
  snapshot: Snapshot,
  target: Target | undefined,
): Located<StateDirSnapshot> {
  if (target === undefined) return { kind: 'unnamed' };
  const place = snapshot.stateDirs.find(({ path }) => path === target.stateDir);
  return place ? { kind: 'found', place } : { kind: 'gone', name: target.stateDir };
}

export function locateAgent(snapshot: Snapshot, target: Target | undefined): Located<AgentPlace> {
  const name = target?.agentId;
  if (target === undefined || name === undefined) return { kind: 'unnamed' };
  const place = agentPlaces(snapshot).find(
    ({ dir, agent }) => dir.path === target.stateDir && agent.id === name,
  );
  return place ? { kind: 'found', place } : { kind: 'gone', name };
}

export function locateProvider(
  snapshot: Snapshot,
  target: Target | undefined,
): Located<ProviderPlace> {
  const name = target?.provider;
  if (target === undefined || name === undefined) return { kind: 'unnamed' };
  const agent = locateAgent(snapshot, target);
  const provider =
    agent.kind === 'found' ? agent.place.agent.providers.find(({ id }) => id === name) : undefined;
  return agent.kind === 'found' && provider
    ? { kind: 'found', place: { ...agent.place, provider } }
    : { kind: 'gone', name };
}

export function locateProfile(
  snapshot: Snapshot,
  target: Target | undefined,
): Located<ProfilePlace> {
  const name = target?.profileId;
  if (target === undefined || name === undefined) return { kind: 'unnamed' };
  const agent = locateAgent(snapshot, target);
  if (agent.kind === 'found') {
    for (const provider of agent.place.agent.providers) {
      const profile = provider.profiles.find(({ id }) => id === name);
      if (profile) return { kind: 'found', place: { ...agent.place, provider, profile } };
    }
  }
  return { kind: 'gone', name };
}

/** Every provider of every agent. */
export function providerPlaces(snapshot: Snapshot): readonly ProviderPlace[] {
  return agentPlaces(snapshot).flatMap(({ dir, agent }) =>
    agent.providers.map((provider) => ({ dir, agent, provider })),
  );
}

export function locateSession(
  snapshot: Snapshot,
  target: Target | undefined,
): Located<SessionPlace> {
  const name = target?.sessionKey;
  if (target === undefined || name === undefined) return { kind: 'unnamed' };
  const place = sessionPlaces(snapshot).find(
    ({ dir, agent, session }) =>
      dir.path === target.stateDir && agent.id === target.agentId && session.key === name,
  );
  return place ? { kind: 'found', place } : { kind: 'gone', name };
}

/** What signing out of a profile means for the other agents of its state folder. */
export function signOutReach({ dir, agent, profile }: ProfilePlace): {
  /** They see the profile only in this store. */
  readonly inheriting: readonly string[];
  /** They have a profile of this id in a store of their own. */
  readonly copies: readonly string[];
} {
  const others = dir.agents.filter(({ store }) => store.path !== agent.store.path);
  const having = (origin: ProfileSnapshot['origin']): readonly string[] =>
    others
      .filter(({ providers }) =>
        providers.some(({ profiles }) =>
          profiles.some((other) => other.id === profile.id && other.origin === origin),
        ),
      )
      .map(({ id }) => id);
  // Nobody inherits from any other agent.
  const inheriting = agent.id === MAIN_AGENT_ID ? having('inherited') : [];
  return { inheriting, copies: having('own') };
}

/**
 * The order as it is shown. One that is listed but cannot be used at present comes last: it keeps
 * its place in a list that is written down.
 */
export function shownOrder({ profiles }: ProviderSnapshot): readonly string[] {
  return profiles
    .filter(({ leftOut }) => leftOut !== 'notInOrder' && leftOut !== 'notInConfig')
    .map(({ id }) => id);
}
