/**
 * Whether a failed `fetch` certainly sent nothing of its request: no address, no connection, or no
 * trusted TLS session came about. False where it is not certain.
 *
 * The codes are those of getaddrinfo, connect and TLS in Node 20 to 24 and of undici 6 and 7.
 */
export function isUnsent(error: unknown): boolean {
  const reasons = reasonsOf(error);
  return reasons.length > 0 && reasons.every(isBeforeSending);
}

const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  // Certificates are checked before the request is written.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The words of Node for a connection that ended within its TLS handshake, a plain ECONNRESET. */
const HANDSHAKE = /before secure TLS connection was established/;

function isBeforeSending(error: Error): boolean {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string' && BEFORE_SENDING.has(code)) return true;
  // ETIMEDOUT can also be that of a connection on which something was sent.
  return syscall === 'connect' || syscall === 'getaddrinfo' || HANDSHAKE.test(error.message);
}

/** undici wraps the reason as a cause, and those of several addresses in an AggregateError. */
function reasonsOf(error: unknown): readonly Error[] {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap(reasonsOf);
  }
  if (!(error instanceof Error)) return [];
  return error.cause instanceof Error ? reasonsOf(error.cause) : [error];
}
