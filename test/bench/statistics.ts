/** What one side of a row does once. It is timed as a whole. */
export type Work = () => Promise<unknown> | unknown;

/** The middle of `values`, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('no values');
  return (low + high) / 2;
}

export interface Rounds {
  readonly rounds: number;
  /** Rounds before these, which do not count: code gets compiled, caches fill. */
  readonly warmUp: number;
}

/**
 * The median time of each of several works, in milliseconds, on a machine that has other things to
 * do: in each round every work runs once, beginning with another one each time, so that what slows
 * the machine down slows all of them down.
 */
export async function mediansOf<Name extends string>(
  { rounds, warmUp }: Rounds,
  works: Readonly<Record<Name, Work>>,
  now: () => number = () => performance.now(),
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    const first = (round + warmUp) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const started = now();
      await works[name]();
      if (round >= 0) times.get(name)?.push(now() - started);
    }
  }
  const medians = names.map((name) => [name, median(times.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, number>;
}
