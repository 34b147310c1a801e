/** After a failure that cost nothing, another try is made within this time. Milliseconds. */
export const LONGEST_RETRY_MS = 30 * 60_000;
/** A token whose answer was lost waits for the end of its access token, but at least so long. */
export const LOST_ANSWER_MS = 60_000;

/** From when on {@link retryTime} believes a time of the next try. All in milliseconds since the epoch. */
export function retryCountsFrom({
  at,
  isLost,
}: {
  readonly at: number;
  readonly isLost?: boolean;
}): number {
  return at - (isLost === true ? LOST_ANSWER_MS : LONGEST_RETRY_MS);
}

/**
 * What a written down time of the next try means at `now`; all in milliseconds since the epoch. One
 * that lies further off than any that is ever set was reckoned by a clock that was ahead, and says
 * nothing: then it is undefined, or for a lost answer the end of the access token, which it was to
 * wait for. (A bound that moved along with `now` would never come.)
 */
export function retryTime(
  { retryAt, isLost }: { readonly retryAt: number; readonly isLost: boolean },
  now: number,
  expires: number | undefined,
): number | undefined {
  if (!isLost) return retryAt > now + LONGEST_RETRY_MS ? undefined : retryAt;
  const end = expires ?? now;
  if (retryAt <= Math.max(end, now + LOST_ANSWER_MS)) return retryAt;
  return end > now ? end : undefined;
}
