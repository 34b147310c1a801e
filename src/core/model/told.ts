import { markKey, type TokenMark } from './tokenHolders.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Nobody is told a second time of what ended or died, and was told of, so long ago. */
const MEMORY_MS = 365 * DAY_MS;

/** A person has been told of this token, or has said when to be told again. */
export interface Told extends TokenMark {
  /**
   * How long before its end it was told of, in milliseconds, so that no longer threshold is told any more.
   * 0: never again, until another token stands there.
   */
  readonly before: number;
  /** When that was, in milliseconds since the epoch: the later word counts. Absent: long ago. */
  readonly at?: number;
  /** To be told of again then, and not before; milliseconds since the epoch. */
  readonly again?: number;
}

/** What a message was about, for it to be remembered. */
export interface ToldOf {
  readonly marks: readonly TokenMark[];
  readonly before: number;
  readonly again?: number;
}

/** When a person who says "later" is reminded: in a day, or halfway to the end, if that is sooner. */
export function againAt(now: number, end = Infinity): number {
  return end <= now ? now + DAY_MS : now + Math.min(DAY_MS, Math.ceil((end - now) / 2));
}

/** What is known of a token that may be stored in several places. */
export function lastWord(
  told: ReadonlyMap<string, Told>,
  marks: readonly TokenMark[],
): Pick<Told, 'before' | 'again'> | undefined {
  return marks
    .flatMap((mark) => told.get(markKey(mark)) ?? [])
    .reduce<Told | undefined>(
      (one, other) => (one === undefined ? other : laterOf(one, other)),
      undefined,
    );
}

/** By {@link markKey}. */
export function byToken(told: readonly Told[]): ReadonlyMap<string, Told> {
  const all = new Map<string, Told>();
  for (const one of told) {
    const key = markKey(one);
    const known = all.get(key);
    all.set(key, known === undefined ? one : laterOf(known, one));
  }
  return all;
}

/**
 * What is to be remembered once a person was told, or has answered. What is over is forgotten: a token
 * once its end has come, a death after a year. Until then what is not seen any more may come back (a store
 * that is torn for a moment, another machine with the same folders), and would be told of twice.
 * @param kept `untilEnd`: nothing is told once the end has come. `aYear`: it is told of after its end.
 */
export function toldAfter(
  told: readonly Told[],
  added: readonly ToldOf[],
  now: number,
  kept: 'untilEnd' | 'aYear' = 'untilEnd',
): readonly Told[] {
  const news = added.flatMap(({ marks, before, again }) =>
    marks.map(({ stateDir, profileId, end }) => ({
      ...{ stateDir, profileId, end, before, at: now },
      ...(again !== undefined && { again }),
    })),
  );
  const isKept = ({ end, at = 0 }: Told): boolean =>
    kept === 'untilEnd' ? end > now : at > now - MEMORY_MS;
  return [...byToken([...told, ...news]).values()].filter(isKept);
}

/** Whether that is one: another version of this extension may have written it. */
export function isTold(value: unknown): value is Told {
  if (typeof value !== 'object' || value === null) return false;
  const { stateDir, profileId, end, before, at, again } = value as Readonly<
    Record<string, unknown>
  >;
  const isTime = (time: unknown): boolean => typeof time === 'number';
  return (
    typeof stateDir === 'string' &&
    typeof profileId === 'string' &&
    [end, before].every(isTime) &&
    [at, again].every((time) => time === undefined || isTime(time))
  );
}

/** Of two words about the same token. A threshold that was told of once stays so. */
function laterOf(one: Told, other: Told): Told {
  const later = (other.at ?? 0) >= (one.at ?? 0) ? other : one;
  return { ...later, before: Math.min(one.before, other.before) };
}
