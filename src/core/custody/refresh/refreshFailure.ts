import { KnownError } from '../../errors.ts';

/**
 * What a failed request means for the refresh token that was in it:
 * - `transient`: it is as good as before;
 * - `dead`: the provider refused the grant;
 * - `unsure`: it may be spent, and what it brought is lost.
 */
export type RefreshFailure = 'transient' | 'dead' | 'unsure';

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 30 * 60_000;
/** A token whose answer was lost is not sent again before this, nor before its access token's end. */
const UNSURE_MS = 60_000;

/** RFC 6749 5.2, RFC 6750 3.1, and the Codex CLI's list for auth.openai.com (`refresh_token_…`). */
const CONDEMNING = /^(?:invalid_grant|invalid_token|refresh_token_\w+)$/;

/**
 * Sorts a failure of a `RefreshGrant` into the closed set.
 *
 * 5xx counts as an answer that spent nothing, as the providers' own clients take it.
 * @param rotates Whether the provider replaces refresh tokens: where it does not, nothing is ever lost.
 */
export function failureOf(error: unknown, rotates: boolean): RefreshFailure {
  const lost = rotates ? 'unsure' : 'transient';
  if (!(error instanceof KnownError)) return lost;
  // Nothing was sent: there is nowhere to send it, or nobody to send it as.
  if (error.code === 'signin.badEndpoint' || error.code === 'signin.noClient') return 'transient';
  // A provider of another extension gave up and does not say at what. Mostly the network is away, and
  // counted as lost, two of these would end a login that is whole. A token that is spent is refused.
  if (error.code === 'plugin.failed') return 'transient';
  if (isCode(error, 'signin.network')) return error.facts.unsent ? 'transient' : lost;
  if (!isCode(error, 'signin.tokenRefused')) return lost;
  const { status, error: said = '' } = error.facts;
  if (status >= 400 && status < 500) {
    const condemns = status !== 429 && CONDEMNING.test(said);
    return condemns ? 'dead' : 'transient';
  }
  // A success that is none: 201, 204.
  return status < 300 ? lost : 'transient';
}

/**
 * When to try again after a transient failure, in milliseconds since the epoch: after 30 s, then twice
 * as long each time, at most half an hour; up to a quarter less, so that programs do not go together.
 * @param failures How many there were before, in a row.
 * @param random 0 up to 1.
 */
export function retryAfter(failures: number, now: number, random: number): number {
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 20));
  return now + Math.round(wait * (1 - random / 4));
}

/** When to send a token once more whose answer was lost, in milliseconds since the epoch. */
export function retryUnsure(expires: number | undefined, now: number): number {
  return Math.max(expires ?? 0, now + UNSURE_MS);
}

function isCode<C extends KnownError['code']>(error: KnownError, code: C): error is KnownError<C> {
  return error.code === code;
}
