import * as v from 'valibot';
import type { JsonObject } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import type { SignedIn, TokenResponse } from '../descriptor.ts';
import { refusalIn } from '../refusal.ts';
import { checkedTokenResponse } from '../tokenResponse.ts';
import type {
  DeviceAnswer,
  DeviceAuthorization,
  DeviceExchange,
  DeviceSignInDescriptor,
  PollAnswer,
  PollVerdict,
} from './deviceDescriptor.ts';

/** The grant type of RFC 8628 3.4. */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a provider is that keeps to RFC 8628. */
export interface StandardDevice {
  readonly provider: string;
  readonly label: string;
  readonly clientId: string;
  readonly scope: string;
  readonly deviceAuthorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Whether it wants a proof key (RFC 7636) with the device flow, beyond RFC 8628. */
  readonly withProofKey?: boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @param body All of the answer, for fields that RFC 6749 5.1 does not have. */
  credentialFrom(
    tokens: TokenResponse,
    exchange: DeviceExchange,
    body: JsonObject,
  ): SignedIn | Promise<SignedIn>;
}

/** The device flow of a provider that keeps to RFC 8628. */
export function standardDevice(provider: StandardDevice): DeviceSignInDescriptor {
  const { clientId, scope, withProofKey, headers } = provider;
  return {
    provider: provider.provider,
    label: provider.label,
    deviceAuthorizationEndpoint: provider.deviceAuthorizationEndpoint,
    deviceTokenEndpoint: provider.tokenEndpoint,
    authorizationRequest: ({ challenge }) => ({
      fields: {
        client_id: clientId,
        scope,
        ...(withProofKey && { code_challenge: challenge, code_challenge_method: 'S256' }),
      },
      ...(headers && { headers }),
    }),
    authorizationFrom: standardAuthorization,
    tokenRequest: ({ deviceCode }, { verifier }) => ({
      fields: {
        grant_type: DEVICE_CODE_GRANT,
        client_id: clientId,
        device_code: deviceCode,
        ...(withProofKey && { code_verifier: verifier }),
      },
      ...(headers && { headers }),
    }),
    verdictOf: standardVerdict,
    credentialFrom: (granted, exchange) =>
      provider.credentialFrom(checkedTokenResponse(exchange.host, granted), exchange, granted),
  };
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const decimal = v.pipe(v.string(), v.regex(/^\s*\d+(?:\.\d+)?\s*$/), v.transform(Number));

/** A number, or one in a string, as some servers send it. */
export const positive = v.pipe(v.union([v.number(), decimal]), v.finite(), v.gtValue(0));

const authorization = v.object({
  device_code: text,
  user_code: text,
  verification_uri: text,
  verification_uri_complete: v.nullish(text),
  expires_in: positive,
});

/** RFC 8628 3.2. A senseless interval is no interval. */
function standardAuthorization({ host, body }: DeviceAnswer): DeviceAuthorization {
  // GitHub and others once had this name (an early draft of the RFC).
  const { verification_url, verification_uri = verification_url } = body;
  const answer = checked(authorization, { ...body, verification_uri }, host);
  const intervalMs = millisecondsOf(body['interval']);
  return {
    deviceCode: answer.device_code,
    userCode: answer.user_code,
    verificationUri: answer.verification_uri,
    ...(answer.verification_uri_complete == null
      ? {}
      : { verificationUriComplete: answer.verification_uri_complete }),
    lifetimeMs: answer.expires_in * 1000,
    ...(intervalMs === undefined ? {} : { intervalMs }),
  };
}

/** RFC 8628 3.5; whatever the status: GitHub answers all of it with 200. */
export function standardVerdict(
  { status, body }: PollAnswer,
  secrets: Iterable<string>,
): PollVerdict {
  const refusal = refusalIn(body, secrets);
  if (status === 200 && refusal.error === undefined) return { kind: 'granted', body: body ?? {} };
  switch (refusal.error) {
    case 'authorization_pending':
      return { kind: 'pending' };
    case 'slow_down': {
      const intervalMs = millisecondsOf(body?.['interval']);
      return { kind: 'slowDown', ...(intervalMs === undefined ? {} : { intervalMs }) };
    }
    case 'access_denied':
      return {
        kind: 'denied',
        ...(refusal.description === undefined ? {} : { description: refusal.description }),
      };
    case 'expired_token':
      return { kind: 'expired' };
    default:
      return { kind: 'refused', refusal };
  }
}

/** Seconds, a number or in a string, as milliseconds; undefined where they make no sense. */
export function millisecondsOf(seconds: unknown): number | undefined {
  const result = v.safeParse(positive, seconds);
  return result.success ? result.output * 1000 : undefined;
}

/**
 * What `schema` makes of an answer.
 * @throws {KnownError} `signin.badAnswer` naming the first field that is wrong, never its value.
 */
export function checked<S extends v.GenericSchema>(
  schema: S,
  body: unknown,
  host: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new KnownError('signin.badAnswer', { host, what: v.getDotPath(issue) ?? 'its shape' });
}
