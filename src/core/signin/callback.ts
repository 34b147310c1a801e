import { createHash, timingSafeEqual } from 'node:crypto';

/** What one answer of the authorization endpoint (RFC 6749 4.1.2) means for one attempt. */
export type CallbackVerdict =
  | { readonly kind: 'code'; readonly code: string }
  /** RFC 6749 4.1.2.1, in the provider's words, as they came. */
  | { readonly kind: 'error'; readonly error: string; readonly description?: string }
  /** Its `state` is missing or not ours: a stale tab, another window, or a forgery. */
  | { readonly kind: 'otherAttempt' }
  /** Nothing to go on with: a parameter twice (RFC 6749 3.1), or neither code nor error. */
  | { readonly kind: 'incomplete' }
  /** RFC 9207: the answer comes from another authorization server than it was asked of. */
  | { readonly kind: 'otherIssuer' };

/**
 * Judges the parameters of a callback. `state` is compared first and in constant time; nothing else
 * is looked at before it fits. Pure.
 * @param expected `issuer` only where the provider's is known: `iss` is compared with it.
 */
export function judgeCallback(
  query: URLSearchParams,
  expected: { readonly state: string; readonly issuer?: string | undefined },
): CallbackVerdict {
  const states = query.getAll('state');
  if (states.length !== 1 || !equalInConstantTime(states[0] ?? '', expected.state)) {
    return { kind: 'otherAttempt' };
  }
  for (const name of ['error', 'error_description', 'code', 'iss']) {
    if (query.getAll(name).length > 1) return { kind: 'incomplete' };
  }
  const issuer = query.get('iss');
  if (issuer !== null && expected.issuer !== undefined && issuer !== expected.issuer) {
    return { kind: 'otherIssuer' };
  }
  const error = query.get('error');
  if (error) {
    const description = query.get('error_description');
    return { kind: 'error', error, ...(description ? { description } : {}) };
  }
  const code = query.get('code');
  // RFC 6749 A.11: a code is printable ASCII.
  return code && /^[\x20-\x7e]+$/.test(code) ? { kind: 'code', code } : { kind: 'incomplete' };
}

/** Compares digests, so that neither a common beginning nor the length shows in the time taken. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
