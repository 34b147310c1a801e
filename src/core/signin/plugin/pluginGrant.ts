import type { OAuthCredentials } from '../../../api.ts';
import type { JsonObject } from '../../documents/json.ts';
import type { AddedProvider } from '../addedSignIns.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../limitedRequest.ts';
import type { RefreshGrant, RenewedTokens } from '../refreshGrant.ts';
import { refreshTokenOf } from '../renewal.ts';
import { renewedWith, textsIn, writtenIn } from './pluginCredentials.ts';
import { refreshFailureOf, unanswered } from './pluginFailure.ts';
import { type Outcome, outcomeOf } from './pluginOutcome.ts';

/** What has not come by then is not waited for any more: the token is sent anew. */
const LATE_MS = 5 * 60_000;

/** A request that took too long. Foreign code cannot be stopped: its answer may still come. */
interface Late {
  readonly since: number;
  readonly outcome: Promise<Outcome>;
  /** Tokens have come, and are kept for as long as it takes. */
  hasTokens: boolean;
  /** How many wait for it at this moment. */
  waiting: number;
}

/** By the provider's object and the token that was sent. Holds secrets, in memory only. */
const late = new WeakMap<object, Map<string, Late>>();

/**
 * Refreshes by the code of another extension. What takes longer than a request may is given up, but an
 * answer that comes after all is not lost: it is handed over to be kept, and until it is, whoever sends
 * the same token next gets it. Nothing is sent twice.
 */
export function pluginGrant(added: AddedProvider): RefreshGrant {
  const { id, provider, rotates } = added;
  return {
    provider: id,
    rotates,
    async renew(credential, { clock }, keepLate) {
      const old = refreshTokenOf(credential);
      const mine = late.get(provider) ?? new Map<string, Late>();
      late.set(provider, mine);
      const since = clock.now();
      const earlier = mine.get(old);
      const isKept = earlier?.hasTokens || since - (earlier?.since ?? -Infinity) < LATE_MS;
      const sent = earlier !== undefined && isKept ? earlier : send(added, credential, since);
      mine.set(old, sent);
      const done = new AbortController();
      const limit = clock.sleep(TOKEN_REQUEST_LIMIT_MS, done.signal).catch(() => {});
      sent.waiting += 1;
      const outcome = await Promise.race([sent.outcome, limit]);
      sent.waiting -= 1;
      done.abort();
      const forget = (): void => {
        if (mine.get(old) === sent) mine.delete(old);
      };
      if (outcome === undefined) {
        void sent.outcome.then(async (late) => {
          const isTaken = mine.get(old) !== sent || sent.waiting > 0;
          const renewed = isTaken ? undefined : tokensIn(late, added, credential, clock.now());
          if (renewed !== undefined && (await keepLate?.(renewed))) forget();
        });
        throw unanswered(added);
      }
      forget();
      if ('thrown' in outcome) {
        throw refreshFailureOf(added, outcome.thrown, textsIn(writtenIn(credential)));
      }
      return renewedWith(added, outcome.value, credential, clock.now());
    },
  };
}

function send({ provider }: AddedProvider, credential: JsonObject, since: number): Late {
  const outcome = outcomeOf(() => provider.refreshToken(writtenIn(credential) as OAuthCredentials));
  const sent: Late = { since, outcome, hasTokens: false, waiting: 0 };
  void outcome.then((ended) => {
    sent.hasTokens = 'value' in ended;
  });
  return sent;
}

function tokensIn(
  outcome: Outcome,
  added: AddedProvider,
  credential: JsonObject,
  now: number,
): RenewedTokens | undefined {
  if ('thrown' in outcome) return undefined;
  try {
    return renewedWith(added, outcome.value, credential, now);
  } catch {
    // Whoever sends the token next is told.
    return undefined;
  }
}
