import type { ProfileSnapshot, Snapshot } from './snapshot.ts';
import { sameLoginAs } from './twins.ts';

/**
 * What tells one stored token from the next without a word of the secret: one that replaces it in its
 * profile has another end.
 */
export interface TokenMark {
  /** Absolute path of the state folder. */
  readonly stateDir: string;
  readonly profileId: string;
  /** Milliseconds since the epoch, as stored or expected; 0 where none is known. */
  readonly end: number;
}

/** A credential as a message names it. */
export interface TokenFacts {
  readonly profileId: string;
  readonly provider: string;
  readonly type: 'oauth' | 'token';
  /** The agent that stores it, with its state folder where there are several. */
  readonly agent: string;
  /** Its row; absent where it is stored by an agent that is not shown, and seen from others only. */
  readonly target?: {
    readonly stateDir: string;
    readonly agentId: string;
    readonly provider: string;
    readonly profileId: string;
  };
}

/** One row that shows a token, and what of it goes into a message. */
export interface Holder {
  readonly mark: TokenMark;
  readonly profile: ProfileSnapshot;
  readonly dirLabel: string;
  readonly agentId: string;
  readonly facts: TokenFacts;
}

export type Holders = readonly [first: Holder, ...twins: Holder[]];

/**
 * Every token that a person may be told of, with all its rows: those of its own first, if there is one.
 * @param endOf By which end it is known; undefined: nothing is to be told of it.
 */
export function tokensHeld(
  snapshot: Snapshot,
  endOf: (profile: ProfileSnapshot) => number | undefined,
): readonly Holders[] {
  const byEnd = new Map<number, [Holder, ...Holder[]][]>();
  for (const holder of holdersIn(snapshot, endOf)) {
    const tokens = byEnd.get(holder.mark.end) ?? [];
    byEnd.set(holder.mark.end, tokens);
    const same = tokens.find((holders) => holders.some((other) => isSameToken(other, holder)));
    if (same) same.push(holder);
    else tokens.push([holder]);
  }
  return [...byEnd.values()].flat();
}

/** As a message names it: by a row of its own, if there is one. */
export function factsOf(holders: Holders): TokenFacts {
  return (holders.find(({ facts }) => facts.target !== undefined) ?? holders[0]).facts;
}

/** Everywhere that it is stored, each once. */
export function marksOf(holders: Holders): readonly TokenMark[] {
  return [...new Map(holders.map(({ mark }) => [markKey(mark), mark])).values()];
}

/** The same for marks of the same token in the same profile. */
export function markKey({ stateDir, profileId, end }: TokenMark): string {
  return `${end} ${profileId} in ${stateDir}`;
}

function* holdersIn(
  { stateDirs }: Snapshot,
  endOf: (profile: ProfileSnapshot) => number | undefined,
): Generator<Holder> {
  for (const dir of stateDirs) {
    for (const agent of dir.agents) {
      for (const { id: provider, profiles } of agent.providers) {
        for (const profile of profiles) {
          const { id: profileId, type, origin } = profile;
          const isOwn = origin === 'own';
          // Inherited ones are told of where they are stored, unless that is not shown.
          if (type === 'api_key' || (!isOwn && dir.mainStore === undefined)) continue;
          const end = endOf(profile);
          if (end === undefined) continue;
          yield {
            ...{ mark: { stateDir: dir.path, profileId, end }, profile },
            ...{ dirLabel: dir.label, agentId: agent.id },
            facts: {
              ...{ profileId, provider, type },
              agent: stateDirs.length > 1 ? `${dir.label} ${agent.id}` : agent.id,
              ...(isOwn && {
                target: { stateDir: dir.path, agentId: agent.id, provider, profileId },
              }),
            },
          };
        }
      }
    }
  }
}

/** Both have the same end. */
function isSameToken(a: Holder, b: Holder): boolean {
  if (a.profile.type !== b.profile.type) return false;
  if (markKey(a.mark) === markKey(b.mark)) return true;
  const inOneDir = a.mark.stateDir === b.mark.stateDir;
  if (inOneDir && a.agentId === b.agentId) {
    return b.profile.problems.includes(sameLoginAs(a.mark.profileId));
  }
  return b.profile.sharedWith.includes(inOneDir ? a.agentId : `${a.dirLabel} ${a.agentId}`);
}
