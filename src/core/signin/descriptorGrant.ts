import type { JsonObject } from '../documents/json.ts';
import type { FollowUp, SignInDescriptor } from './descriptor.ts';
import { identityOfStored } from './identity.ts';
import type { RefreshGrant, RenewedTokens } from './refreshGrant.ts';
import { renewStored, UNTOLD_LIFETIME_MS } from './renewal.ts';

/**
 * Refreshes as a sign-in descriptor describes it (RFC 6749 6): at its token endpoint, and stored as it
 * would store a sign-in. Where it cannot make sense of an answer to a refresh (which may have less in
 * it than one to a sign-in), the tokens are taken as they are.
 */
export function descriptorGrant(descriptor: SignInDescriptor): RefreshGrant {
  return {
    provider: descriptor.provider,
    rotates: true,
    async renew(credential, services) {
      const { tokens, refresh, now } = await renewStored(descriptor, credential, services);
      const expires = now + (tokens.expiresIn ?? UNTOLD_LIFETIME_MS / 1000) * 1000;
      const plain = { access: tokens.accessToken, refresh, expires };
      const signedIn = attempt(() =>
        descriptor.credentialFrom({ ...tokens, refreshToken: refresh }, now, NOTHING),
      );
      if (signedIn === undefined || signedIn instanceof Promise) {
        // It would ask the provider first, for which there is no time under a lock.
        signedIn?.catch(() => {});
        return { fields: plain, identity: identityIn(credential, plain) };
      }
      return {
        fields: { ...plain, ...fieldsOf(signedIn.credential) },
        identity: signedIn.identity,
      };
    },
  };
}

const unavailable = (): Promise<never> => Promise.reject(new Error('a refresh asks nothing else'));
const NOTHING: FollowUp = { request: unavailable, wait: unavailable };

/** What a descriptor makes of a sign-in, as far as a refresh may change it. */
function fieldsOf({ type: _type, provider: _provider, ...fields }: JsonObject): JsonObject {
  const { access, refresh, expires } = fields;
  const isUsable =
    isText(access) && isText(refresh) && typeof expires === 'number' && Number.isFinite(expires);
  return isUsable && expires > 0 ? fields : {};
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Only what the new token says itself: the fields beside the old one prove nothing about it. */
function identityIn(
  { provider = '' }: JsonObject,
  { access }: RenewedTokens['fields'],
): RenewedTokens['identity'] {
  return identityOfStored({ provider, access });
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    // Its message may quote what it was given.
    return undefined;
  }
}
