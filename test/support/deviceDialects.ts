import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Fields = Readonly<Record<string, string>>;
type Answer = readonly [status: number, body: object];

/** One code that was given out. */
export interface DeviceSession {
  readonly deviceCode: string;
  readonly userCode: string;
  /** Of the request for it. */
  readonly fields: Fields;
  intervalMs: number;
  readonly expiresAt: number;
  lastPoll: number;
  state: 'waiting' | 'agreed' | 'denied' | 'spent';
  /** ChatGPT: what the code exchange must bring. */
  exchange?: { readonly code: string; readonly challenge: string };
}

/** What tells the providers apart, as their own clients see them. */
export interface DeviceDialect {
  /** Which part of a variable's name leads to which path. */
  readonly variables: Fields;
  readonly isJson: boolean;
  /** Names of the fields, sorted. */
  readonly beginFields: string;
  readonly pollFields: string;
  readonly pending: Answer;
  error(code: string): Answer;
  interval(seconds: number | string): number | string;
  begun(session: DeviceSession, origin: string, lifetime: number): object;
  isOf(session: DeviceSession, fields: Fields): boolean;
  granted(session: DeviceSession, now: number, secrets: Set<string>): object;
  /** Other requests than those two; undefined for one that is wrong. */
  more?(
    path: string,
    fields: Fields,
    headers: IncomingHttpHeaders,
    sessions: readonly DeviceSession[],
    now: number,
    secrets: Set<string>,
  ): Answer | undefined;
}

const random = (prefix: string, secrets: Set<string>): string => {
  const secret = `${prefix}${randomBytes(32).toString('base64url')}`;
  secrets.add(secret);
  return secret;
};
const jwt = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
};
const plainError = (code: string): Answer => [
  400,
  { error: code, error_description: `That is ${code}.` },
];

const rfc8628: DeviceDialect = {
  variables: {},
  isJson: false,
  beginFields: 'client_id scope',
  pollFields: 'client_id device_code grant_type',
  pending: plainError('authorization_pending'),
  error: plainError,
  interval: (seconds) => seconds,
  begun: ({ deviceCode, userCode }, origin, lifetime) => ({
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${origin}/device`,
    verification_uri_complete: `${origin}/device?user_code=${userCode}`,
    expires_in: lifetime,
  }),
  isOf: ({ deviceCode, fields }, { device_code, client_id, grant_type }) =>
    device_code === deviceCode &&
    client_id === fields['client_id'] &&
    grant_type === 'urn:ietf:params:oauth:grant-type:device_code',
  granted: (_session, _now, secrets) => ({
    token_type: 'Bearer',
    access_token: random('at_', secrets),
    refresh_token: random('rt_', secrets),
    expires_in: 3600,
  }),
};

const github: DeviceDialect = {
  ...rfc8628,
  variables: {
    GITHUB_COPILOT_DEVICE_CODE: '/begin',
    GITHUB_COPILOT_DEVICE_TOKEN: '/poll',
    GITHUB_COPILOT_TOKEN: '/copilot_internal/v2/token',
  },
  // GitHub answers all of it with 200, and says with `slow_down` which interval is the new one.
  pending: [200, { error: 'authorization_pending' }],
  error: (code) => [200, { error: code, ...(code === 'slow_down' && { interval: 12 }) }],
  granted: (_session, _now, secrets) => ({
    access_token: random('ghu_', secrets),
    token_type: 'bearer',
    scope: 'read:user',
  }),
  more: (path, _fields, { authorization, ...headers }, _sessions, now, secrets) => {
    const bearer = authorization?.replace(/^Bearer /, '') ?? '';
    if (path !== '/copilot_internal/v2/token' || !secrets.has(bearer)) return undefined;
    if (headers['copilot-integration-id'] !== 'vscode-chat') return [403, {}];
    const token = random('tid=', secrets);
    return [200, { token, expires_at: Math.floor(now / 1000) + 1800 }];
  },
};

const qwen: DeviceDialect = {
  ...rfc8628,
  variables: { QWEN_PORTAL_DEVICE_CODE: '/begin', QWEN_PORTAL_TOKEN: '/poll' },
  beginFields: 'client_id code_challenge code_challenge_method scope',
  pollFields: 'client_id code_verifier device_code grant_type',
  granted: (...given) => ({ ...rfc8628.granted(...given), resource_url: 'portal.qwen.ai' }),
};

const minimax: DeviceDialect = {
  ...rfc8628,
  variables: { MINIMAX_PORTAL_DEVICE_CODE: '/begin', MINIMAX_PORTAL_TOKEN: '/poll' },
  beginFields: 'client_id code_challenge code_challenge_method response_type scope state',
  pollFields: 'client_id code_verifier grant_type user_code',
  pending: [200, { status: 'pending', base_resp: { status_code: 0 } }],
  error: (code) =>
    code === 'slow_down'
      ? [429, {}]
      : [200, { status: 'error', base_resp: { status_code: 1, status_msg: `That is ${code}.` } }],
  interval: (seconds) => Number(seconds) * 1000,
  begun: ({ userCode, expiresAt, fields }, origin) => ({
    user_code: userCode,
    verification_uri: `${origin}/device`,
    expired_in: expiresAt,
    state: fields['state'],
  }),
  isOf: ({ userCode, fields }, { user_code, client_id, grant_type }) =>
    user_code === userCode &&
    client_id === fields['client_id'] &&
    grant_type === 'urn:ietf:params:oauth:grant-type:user_code',
  granted: (_session, now, secrets) => ({
    status: 'success',
    token_type: 'Bearer',
    access_token: random('at_', secrets),
    refresh_token: random('rt_', secrets),
    expired_in: now + 3600_000,
    resource_url: 'https://api.minimax.io/anthropic',
  }),
};

const chatgpt: DeviceDialect = {
  ...rfc8628,
  variables: {
    OPENAI_CODEX_DEVICE_CODE: '/begin',
    OPENAI_CODEX_DEVICE_TOKEN: '/poll',
    OPENAI_CODEX_TOKEN: '/oauth/token',
  },
  isJson: true,
  beginFields: 'client_id',
  pollFields: 'device_auth_id user_code',
  pending: [403, { error: { code: 'deviceauth_authorization_pending', message: 'Not yet.' } }],
  error: (code) => [403, { error: { code, message: `That is ${code}.` } }],
  begun: ({ deviceCode, userCode }) => ({ device_auth_id: deviceCode, user_code: userCode }),
  isOf: ({ deviceCode, userCode }, { device_auth_id, user_code }) =>
    device_auth_id === deviceCode && user_code === userCode,
  granted: (session, _now, secrets) => {
    const [code, verifier] = [random('ac_', secrets), random('', secrets)];
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    session.exchange = { code, challenge };
    return { authorization_code: code, code_verifier: verifier, code_challenge: challenge };
  },
  more: (path, fields, _headers, sessions, _now, secrets) => {
    const { code, code_verifier = '', redirect_uri, grant_type } = fields;
    const found = sessions.find(({ exchange }) => code !== undefined && exchange?.code === code);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (path !== '/oauth/token' || found?.exchange?.challenge !== challenge) return undefined;
    delete found.exchange;
    if (redirect_uri !== 'https://auth.openai.com/deviceauth/callback') return undefined;
    if (grant_type !== 'authorization_code') return undefined;
    const access = jwt({
      'https://api.openai.com/auth': { chatgpt_account_id: 'account-1', chatgpt_user_id: 'user-1' },
      'https://api.openai.com/profile': { email: 'ann@example.com' },
    });
    secrets.add(access);
    const refresh_token = random('rt_', secrets);
    return [200, { access_token: access, refresh_token, expires_in: 864_000 }];
  },
};

/** By the name of the test that wants them. */
export const dialects = { rfc8628, github, qwen, minimax, chatgpt };
