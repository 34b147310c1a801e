import { isKnown } from '../errors.ts';
import type { FollowUp } from './descriptor.ts';
import { type LimitedAnswer, limitedRequest, type TokenServices } from './limitedRequest.ts';

/** What a descriptor may do after the token response, until `signal` aborts. */
export function followUp(services: TokenServices, signal: AbortSignal): FollowUp {
  return {
    request: (address, request) => limitedRequest('endpoint', address, request, services, signal),
    wait: (ms) => services.clock.sleep(ms, signal),
  };
}

/** An answer that a sign-in can do without: empty where there is none, or one that is too large. */
export async function answerIfAny(
  request: Promise<LimitedAnswer>,
): Promise<Pick<LimitedAnswer, 'body'> & { readonly status?: number }> {
  try {
    return await request;
  } catch (error) {
    if (isKnown(error, 'signin.network') || isKnown(error, 'signin.badAnswer')) return {};
    throw error;
  }
}
