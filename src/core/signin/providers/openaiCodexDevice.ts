import * as v from 'valibot';
import type { DeviceSignInDescriptor } from '../device/deviceDescriptor.ts';
import { checked, millisecondsOf, standardVerdict } from '../device/standardDevice.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import { redeemCode } from '../tokenEndpoint.ts';
import { OPENAI_CODEX, openaiCodex } from './openaiCodex.ts';

const API = 'https://auth.openai.com/api/accounts/deviceauth';
/** A page of OpenAI's own, to which nobody is sent: the code comes with the answer to a poll. */
const REDIRECT_URI = 'https://auth.openai.com/deviceauth/callback';
/** So long the Codex CLI waits; the answer does not say. */
const LIFETIME_MS = 15 * 60_000;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const authorization = v.object({ device_auth_id: text, user_code: text });
const granted = v.object({ authorization_code: text, code_verifier: text });

/**
 * ChatGPT's sign-in by a code, as the Codex CLI does it (codex-rs/login/src/device_code_auth.rs): what
 * is polled for is no token but an authorization code, with a verifier that the server has drawn. The
 * person must have allowed it in the security settings of ChatGPT.
 * @param endpoints Others in the place of OpenAI's, already checked.
 */
export function openaiCodexDevice(endpoints: MovedEndpoints = {}): DeviceSignInDescriptor {
  const browser = openaiCodex(endpoints);
  const deviceAuthorizationEndpoint = endpoints.deviceAuthorizationEndpoint ?? `${API}/usercode`;
  return {
    provider: OPENAI_CODEX,
    label: browser.label,
    allowFirst: 'chatgptDeviceCode',
    deviceAuthorizationEndpoint,
    deviceTokenEndpoint: endpoints.deviceTokenEndpoint ?? `${API}/token`,
    notOfferedStatus: 404,
    authorizationRequest: () => ({ bodyFormat: 'json', fields: { client_id: browser.clientId } }),
    authorizationFrom: ({ host, body }) => {
      // The Codex CLI takes either name.
      const { usercode, user_code = usercode } = body;
      const answer = checked(authorization, { ...body, user_code }, host);
      const intervalMs = millisecondsOf(body['interval']);
      return {
        deviceCode: answer.device_auth_id,
        userCode: answer.user_code,
        verificationUri: new URL('/codex/device', deviceAuthorizationEndpoint).href,
        lifetimeMs: LIFETIME_MS,
        ...(intervalMs === undefined ? {} : { intervalMs }),
      };
    },
    tokenRequest: ({ deviceCode, userCode }) => ({
      bodyFormat: 'json',
      fields: { device_auth_id: deviceCode, user_code: userCode },
    }),
    verdictOf: (answer, secrets) => {
      const verdict = standardVerdict(answer, secrets);
      if (verdict.kind !== 'refused') return verdict;
      const { error } = verdict.refusal;
      if (error === 'deviceauth_authorization_pending') return { kind: 'pending' };
      if (error === 'deviceauth_expired') return { kind: 'expired' };
      return answer.status === 403 || answer.status === 404 ? { kind: 'pending' } : verdict;
    },
    async credentialFrom(body, { host, now, services, signal }) {
      const { authorization_code, code_verifier } = checked(granted, body, host);
      const tokens = await redeemCode(
        browser,
        { code: authorization_code, redirectUri: REDIRECT_URI, verifier: code_verifier },
        services,
        signal,
      );
      return browser.credentialFrom(tokens, now());
    },
  };
}
