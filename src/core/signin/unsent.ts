/**
 * Whether a failed `fetch` certainly sent nothing of its request: no address, no connection, no way
 * through a proxy, or no trusted TLS session came about. False where it is not certain.
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
  'ERR_INVALID_URL',
  // What answers does not speak TLS, or not one that we do: a portal, or a proxy of the wrong kind.
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  // Certificates are checked before the request is written.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The words of Node for a connection that ended within its TLS handshake, a plain ECONNRESET. */
const HANDSHAKE = /before secure TLS connection was established/;

/** The words of undici for a proxy that does not let us through to the host: 403, 407, 502. */
const NO_TUNNEL = /^Proxy response \(\d+\) !== 200 when HTTP Tunneling/;

/** The words of undici for addresses that `fetch` does not even try (Fetch standard, 4.1 and 2.9). */
const NOT_FETCHED: ReadonlySet<string> = new Set(['bad port', 'unknown scheme']);

function isBeforeSending(error: Error): boolean {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string' && BEFORE_SENDING.has(code)) return true;
  // ETIMEDOUT can also be that of a connection on which something was sent.
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  const { message } = error;
  return HANDSHAKE.test(message) || NO_TUNNEL.test(message) || NOT_FETCHED.has(message);
}

/** undici wraps the reason as a cause, and those of several addresses in an AggregateError. */
function reasonsOf(error: unknown): readonly Error[] {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap(reasonsOf);
  }
  if (!(error instanceof Error)) return [];
  return error.cause instanceof Error ? reasonsOf(error.cause) : [error];
}
