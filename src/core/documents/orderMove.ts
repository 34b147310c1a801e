/**
 * Where a profile is to stand in an order: right before another or right after it. Before nothing is
 * the end, after nothing the start.
 */
export type OrderPlace =
  | { readonly before: string | undefined }
  | { readonly after: string | undefined };

export interface OrderMove {
  readonly profileId: string;
  readonly to: OrderPlace;
  /** The ids that the person saw, in their sequence: who stands beside a neighbour that has gone. */
  readonly shown: readonly string[];
}

/**
 * A list with one entry moved, and all others in the sequence in which they stood: also those that
 * name nothing, or nothing any more. An entry that stands there twice stands there once afterwards.
 *
 * Where the neighbour is not in the list, the next one that the person saw on that side takes its
 * place. So moves that several people make at the same time all come true, unless they contradict
 * each other; then the last one does.
 *
 * @param idOf undefined for an entry that is none.
 * @param entry What stands for the profile in the list.
 */
export function moved<T>(
  list: readonly T[],
  idOf: (entry: T) => string | undefined,
  entry: T,
  { profileId, to, shown }: OrderMove,
): readonly T[] {
  const anchor = 'before' in to ? to.before : to.after;
  const first = list.findIndex((one) => idOf(one) === profileId);
  // Dropped on itself: it is where it is to be.
  if (anchor === profileId && first !== -1) {
    return list.filter((one, index) => idOf(one) !== profileId || index === first);
  }
  const rest = list.filter((one) => idOf(one) !== profileId);
  const ids = rest.map(idOf);
  const at =
    'before' in to
      ? (placeOf(ids, neighbours(to.before, shown)) ?? ids.length)
      : 1 + (placeOf(ids, neighbours(to.after, shown.toReversed())) ?? -1);
  return [...rest.slice(0, at), entry, ...rest.slice(at)];
}

/** A neighbour, and those that were seen beyond it, the nearest first. */
function neighbours(anchor: string | undefined, seen: readonly string[]): readonly string[] {
  if (anchor === undefined) return [];
  const at = seen.indexOf(anchor);
  return at === -1 ? [anchor] : seen.slice(at);
}

function placeOf(
  ids: readonly (string | undefined)[],
  wanted: readonly string[],
): number | undefined {
  const found = wanted.find((id) => ids.includes(id));
  return found === undefined ? undefined : ids.indexOf(found);
}
