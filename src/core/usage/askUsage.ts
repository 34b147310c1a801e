import type { Credential } from '../documents/authStore.ts';
import { isKnown } from '../errors.ts';
import { isBlank } from '../model/order.ts';
import { type Environment, movedEndpoints } from '../signin/endpoints.ts';
import {
  type LimitedAnswer,
  limitedRequest,
  type TokenServices,
} from '../signin/limitedRequest.ts';
import type { Usage, UsageFailure } from './usage.ts';
import type { UsageRequest, UsageSource } from './usageSource.ts';
import { usageSourceOf } from './usageSources.ts';

/** What can be asked for a stored credential. Holds its token: not to be kept. */
export interface UsageQuestion {
  readonly source: UsageSource;
  readonly request: UsageRequest;
}

/** What came of asking once. */
export type UsageAnswer =
  | { readonly usage: Usage }
  | {
      readonly failure: UsageFailure;
      /** For how long the provider asks to be left alone. */
      readonly retryAfterMs?: number;
    };

/**
 * What to ask for a stored credential, or why it cannot be asked. Sends nothing.
 * @param environment Of the host: it may move the endpoint (`CODERCLAW_AUTH_<PROVIDER>_USAGE_URL`).
 */
export function usageQuestion(
  credential: Credential,
  environment: Environment,
): UsageQuestion | { readonly failure: UsageFailure } {
  const source = usageSourceOf(credential.provider);
  if (source === undefined || credential.type === 'api_key') {
    return { failure: { kind: 'unsupported' } };
  }
  try {
    const { usageEndpoint } = movedEndpoints(environment, source.provider);
    const request = source.request(credential, usageEndpoint);
    return request !== undefined && isSendable(request.token)
      ? { source, request }
      : { failure: { kind: 'noToken' } };
  } catch (error) {
    if (!isKnown(error, 'signin.badEndpoint')) throw error;
    return { failure: { kind: 'badEndpoint', what: error.facts.what } };
  }
}

/**
 * Asks the provider once, on the limits of `limitedRequest`: the token goes to no other address, and only
 * in `Authorization`. Whatever comes back, the login is left as it is.
 * @throws {Cancelled} if `signal` aborts.
 */
export async function askUsage(
  { source, request }: UsageQuestion,
  services: TokenServices,
  signal?: AbortSignal,
): Promise<UsageAnswer> {
  const { address, token, scheme, headers } = request;
  try {
    const answer = await limitedRequest(
      'usageEndpoint',
      address,
      {
        headers: {
          Accept: 'application/json',
          'User-Agent': 'coderclaw-auth',
          ...headers,
          Authorization: `${scheme} ${token}`,
        },
      },
      services,
      signal,
    );
    return understood(source, answer, services.clock.now());
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { failure };
  }
}

function isSendable(token: string): boolean {
  // Anything else would break the header, and an error of `fetch` would quote it.
  return !isBlank(token) && /^[\x21-\x7e]+$/.test(token);
}

function understood(source: UsageSource, answer: LimitedAnswer, now: number): UsageAnswer {
  const { host, status, body, retryAfterMs } = answer;
  if (status !== 200) {
    const failure = refusal(source, answer);
    return { failure, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (body === undefined) {
    return { failure: { kind: 'badAnswer', host, what: 'not a JSON object' } };
  }
  const read = source.read(body, now);
  const [what] = read.unread;
  if (read.windows.length === 0 && what !== undefined) {
    return { failure: { kind: 'badAnswer', host, what } };
  }
  return { usage: { provider: source.provider, takenAt: now, ...read } };
}

function refusal(source: UsageSource, { host, status, body }: LimitedAnswer): UsageFailure {
  switch (status) {
    case 401:
      return { kind: 'unauthorized', host };
    case 403: {
      const isScope = body !== undefined && source.lacksScope?.(body) === true;
      return { kind: 'forbidden', host, ...(isScope && { scope: true }) };
    }
    case 429:
      return { kind: 'tooMany', host };
    default:
      return { kind: status >= 500 ? 'serverFault' : 'otherStatus', host, status };
  }
}

function failureOf(error: unknown): UsageFailure | undefined {
  if (isKnown(error, 'signin.network')) {
    const { host, timedOut, errno, unsent } = error.facts;
    if (timedOut) return { kind: 'timedOut', host };
    const kind = unsent ? 'offline' : 'brokenOff';
    return { kind, host, ...(errno !== undefined && { errno }) };
  }
  if (isKnown(error, 'signin.badAnswer')) return { kind: 'badAnswer', ...error.facts };
  if (isKnown(error, 'signin.badEndpoint')) return { kind: 'badEndpoint', ...error.facts };
  return undefined;
}
