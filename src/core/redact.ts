/**
 * Masks secrets in a text on its way to the log. A net below the rule that no secret gets there:
 * it knows the shapes of tokens, the names under which protocols and stores carry them, and
 * whatever values the caller knows. At most the last four characters of a secret remain.
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let masked = text;
  for (const secret of secrets) masked = maskValue(masked, secret);
  return masked
    .replace(JWT, mask)
    .replace(API_KEY, mask)
    .replace(AUTHORIZATION, (_, scheme: string, value: string) => `${scheme} ${mask(value)}`)
    .replace(PARAMETER, (_, before: string, value: string) => `${before}${mask(value)}`)
    .replace(JSON_MEMBER, (_, before: string, value: string) => `${before}"${mask(value)}"`)
    .replace(OPAQUE, (run) => (looksRandom(run) ? mask(run) : run));
}

/**
 * Masks what a person typed in secret, however short it is. What {@link redact} leaves since it is too
 * short is masked where it stands by itself: no digit beside its digits, no letter beside its letters.
 */
export function maskTyped(text: string, secrets: Iterable<string>): string {
  let masked = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    for (const one of new Set([secret, encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd'))])) {
      if (one === '' || !masked.includes(one)) continue;
      const found = one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      const alone = `${besides(one, /^\p{N}/u, /^\p{L}/u, '?<!')}${found}${besides(one, /\p{N}$/u, /\p{L}$/u, '?!')}`;
      masked = masked.replace(new RegExp(alone, 'gu'), () => mask(one));
    }
  }
  return masked;
}

function besides(secret: string, digit: RegExp, letter: RegExp, look: '?<!' | '?!'): string {
  if (digit.test(secret)) return `(${look}\\p{N})`;
  return letter.test(secret) ? `(${look}\\p{L})` : '';
}

/** Names whose values are secrets, in the protocols' and in CoderClaw's spelling. */
const SECRET_NAMES = [
  'code',
  'state',
  'code_verifier',
  'verifier',
  'device_code',
  'device_auth_id',
  'user_code',
  'access',
  'refresh',
  'token',
  'key',
  'access_token',
  'accessToken',
  'refresh_token',
  'refreshToken',
  'id_token',
  'idToken',
  'client_secret',
  'clientSecret',
  'api_key',
  'apiKey',
  'password',
  'secret',
].join('|');

/** RFC 7519 in its compact form: a base64url `{"…` and two more parts. */
const JWT = /\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g;
/** `sk-…` of OpenAI and Anthropic, `gh?_…`/`github_pat_…` of GitHub, `AIza…` of Google, and others'. */
const API_KEY = /\b(?:sk-|gh[opsur]_|github_pat_|AIza|gsk_|xai-|hf_|csk-|nvapi-)[\w-]{8,}/g;
const AUTHORIZATION = /\b(Bearer|Basic)\s+([\w.~+/=-]{4,})/gi;
/** `name=value` in an address, a form or an environment; the value also percent-encoded. */
const PARAMETER = new RegExp(`(\\b(?:${SECRET_NAMES})=)([^\\s&#"'<>]+)`, 'g');
/** `"name": "value"`, also where the JSON itself stands in a string (`\"name\":\"value\"`). */
const JSON_MEMBER = new RegExp(
  `(\\\\?"(?:${SECRET_NAMES})\\\\?"\\s*:\\s*)\\\\?"((?:[^"\\\\]|\\\\[^"])*)\\\\?"`,
  'g',
);
/** A run as long as a PKCE verifier (RFC 7636: 43 characters) or nearly so, with no name to it. */
const OPAQUE = /[\w-]{40,}/g;

/** Hashes in hex and long words stay readable; base64url of random bytes has all three kinds. */
function looksRandom(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}

function maskValue(text: string, secret: string): string {
  // Too short to be a secret, and masking it would tear words apart.
  if (secret.length < 6) return text;
  const encoded = encodeURIComponent(secret);
  const plain = text.split(secret).join(mask(secret));
  return encoded === secret ? plain : plain.split(encoded).join(mask(secret));
}

/** Four trailing characters of a long value; nothing of one so short that four would tell much. */
export function mask(value: string): string {
  return value.length >= 24 ? `…${value.slice(-4)}` : '…';
}
