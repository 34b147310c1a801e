import { WARNING_MS } from './profileState.ts';
import type { ProfileSnapshot, Snapshot } from './snapshot.ts';
import { sameLoginAs } from './twins.ts';

const HOUR_MS = 60 * 60 * 1000;

/** How long before its end a credential is worth a word, in milliseconds: the longest first. */
export const THRESHOLDS_MS: readonly number[] = [WARNING_MS, 24 * HOUR_MS, HOUR_MS];

/**
 * What tells one stored token from the next without a word of the secret: one that replaces it in its
 * profile has another end.
 */
export interface TokenMark {
  /** Absolute path of the state folder. */
  readonly stateDir: string;
  readonly profileId: string;
  /** Milliseconds since the epoch, as stored or expected. */
  readonly end: number;
}

/** A person has been told of this token at this threshold, and so at every longer one. */
export interface Told extends TokenMark {
  /** One of {@link THRESHOLDS_MS}. */
  readonly before: number;
}

/** A credential that only a person can move, and whose end a person has not been told of yet. */
export interface Reminder {
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
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** It does not say itself when it ends. */
  readonly isExpected: boolean;
  /** The threshold that has been passed: one of {@link THRESHOLDS_MS}. */
  readonly before: number;
  /** Everywhere that it is stored. */
  readonly marks: readonly TokenMark[];
}

export interface Reminders {
  /** What a person is to be told now, the soonest end first. */
  readonly due: readonly Reminder[];
  /** When the next one falls due, after `now`, in milliseconds since the epoch; absent if none will. */
  readonly next?: number;
}

/**
 * Of which credentials a person is to be told that they end, 7 days, 1 day and 1 hour before. Pure.
 *
 * - Only those that the view shows as `ending` or `lasts`, which are in use: what is hidden by the
 *   config, disabled or cooling down is told of once it is used again, if it has not ended by then.
 * - Nothing is told once the end has come: that is no reminder any more, and the row says it.
 * - One that several stores hold is told of once, where it is found first (in a row of its own, if any).
 * - Of several thresholds that have passed, only the last counts.
 */
export function remindersAt(snapshot: Snapshot, now: number, told: readonly Told[]): Reminders {
  const toldAt = new Map<string, number>();
  for (const one of told) {
    const key = keyOf(one);
    toldAt.set(key, Math.min(one.before, toldAt.get(key) ?? Infinity));
  }
  const due: Reminder[] = [];
  let next: number | undefined;
  for (const [first, ...twins] of endingTokens(snapshot, now)) {
    const holders = [first, ...twins];
    const marks = new Map(holders.map(({ mark }) => [keyOf(mark), mark]));
    const { end } = first.mark;
    const { facts } = holders.find((holder) => holder.facts.target !== undefined) ?? first;
    const left = end - now;
    const last = Math.min(...[...marks.keys()].map((key) => toldAt.get(key) ?? Infinity));
    const untold = THRESHOLDS_MS.filter((threshold) => threshold < last);
    const before = untold.findLast((threshold) => left <= threshold);
    if (before !== undefined) due.push({ ...facts, end, before, marks: [...marks.values()] });
    const ahead = untold.find((threshold) => threshold < left);
    if (ahead !== undefined) next = Math.min(end - ahead, next ?? Infinity);
  }
  due.sort((a, b) => a.end - b.end);
  return next === undefined ? { due } : { due, next };
}

/**
 * What is to be remembered once a person was told of `due`. A token is forgotten when its end has come,
 * at most 7 days after it was first told of: until then it may come back (a store that is torn for a
 * moment, another machine with the same folders), and would be told of twice.
 */
export function toldAfter(
  told: readonly Told[],
  due: readonly Reminder[],
  now: number,
): readonly Told[] {
  const all = new Map<string, Told>();
  const added = due.flatMap(({ marks, before }) => marks.map((mark) => ({ ...mark, before })));
  for (const { stateDir, profileId, end, before } of [...told, ...added]) {
    if (end <= now) continue;
    const key = keyOf({ stateDir, profileId, end });
    const least = Math.min(before, all.get(key)?.before ?? Infinity);
    all.set(key, { stateDir, profileId, end, before: least });
  }
  return [...all.values()];
}

/** One row that shows a token, and what of it goes into a reminder. */
interface Holder {
  readonly mark: TokenMark;
  readonly profile: ProfileSnapshot;
  readonly dirLabel: string;
  readonly agentId: string;
  readonly facts: Omit<Reminder, 'end' | 'before' | 'marks'>;
}

type Holders = [first: Holder, ...twins: Holder[]];

/** Every token with an end ahead that only a person can move, with all its rows. */
function endingTokens(snapshot: Snapshot, now: number): readonly Holders[] {
  const byEnd = new Map<number, Holders[]>();
  for (const holder of holdersIn(snapshot)) {
    const { end } = holder.mark;
    if (end <= now) continue;
    const tokens = byEnd.get(end) ?? [];
    byEnd.set(end, tokens);
    const same = tokens.find((holders) => holders.some((other) => isSameToken(other, holder)));
    if (same) same.push(holder);
    else tokens.push([holder]);
  }
  return [...byEnd.values()].flat();
}

function* holdersIn({ stateDirs }: Snapshot): Generator<Holder> {
  for (const dir of stateDirs) {
    for (const agent of dir.agents) {
      for (const { id: provider, profiles } of agent.providers) {
        for (const profile of profiles) {
          const { id: profileId, type, origin, state } = profile;
          const isOwn = origin === 'own';
          // Inherited ones are told of where they are stored, unless that is not shown.
          if (!isOwn && dir.mainStore === undefined) continue;
          if (type === 'api_key' || (state.kind !== 'ending' && state.kind !== 'lasts')) continue;
          const end = state.kind === 'ending' ? state.at : state.until;
          const mark = { stateDir: dir.path, profileId, end };
          yield {
            ...{ mark, profile, dirLabel: dir.label, agentId: agent.id },
            facts: {
              ...{ profileId, provider, type },
              agent: stateDirs.length > 1 ? `${dir.label} ${agent.id}` : agent.id,
              ...(isOwn && {
                target: { stateDir: dir.path, agentId: agent.id, provider, profileId },
              }),
              isExpected: state.isExpected === true,
            },
          };
        }
      }
    }
  }
}

/** Both end at the same moment. */
function isSameToken(a: Holder, b: Holder): boolean {
  if (a.profile.type !== b.profile.type) return false;
  if (keyOf(a.mark) === keyOf(b.mark)) return true;
  const inOneDir = a.mark.stateDir === b.mark.stateDir;
  if (inOneDir && a.agentId === b.agentId) {
    return b.profile.problems.includes(sameLoginAs(a.mark.profileId));
  }
  return b.profile.sharedWith.includes(inOneDir ? a.agentId : `${a.dirLabel} ${a.agentId}`);
}

function keyOf({ stateDir, profileId, end }: TokenMark): string {
  return `${end} ${profileId} in ${stateDir}`;
}
