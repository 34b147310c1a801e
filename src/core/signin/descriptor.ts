import type { ModelProvider } from '../documents/configEdits.ts';
import type { JsonObject } from '../documents/json.ts';
import type { LimitedAnswer, LimitedRequest } from './limitedRequest.ts';
import type { TokenEndpoint } from './tokenEndpoint.ts';

/**
 * How one provider signs people in, as data; the engine (`attempt.ts`) is one for all.
 * Terms are those of RFC 6749 and RFC 8252.
 */
export interface SignInDescriptor extends TokenEndpoint {
  /** CoderClaw's provider id, e.g. `openai-codex`. */
  readonly provider: string;
  /** What people call it, e.g. `ChatGPT`. */
  readonly label: string;
  /** An absolute https URL, like `tokenEndpoint` (http only on loopback, for tests and the demo). */
  readonly authorizationEndpoint: string;
  /** The provider's issuer where it is known: an `iss` in the callback (RFC 9207) must be it. */
  readonly issuer?: string;
  readonly scope: string;
  /** Added to the authorization request as they are. */
  readonly extraParameters: Readonly<Record<string, string>>;
  readonly redirect: LoopbackRedirect | UriHandlerRedirect;
  /** Whether the token request has the `state` too, beyond RFC 6749 4.1.3. */
  readonly repeatsState?: boolean;
  /**
   * Turns a checked token response into what is stored.
   * @param ask For what the provider tells only when asked. A refresh does not ask: there it fails.
   * @throws {KnownError} `signin.badAnswer` if something that the provider promises is missing, and
   * those of `ask`.
   */
  credentialFrom(tokens: TokenResponse, now: number, ask: FollowUp): SignedIn | Promise<SignedIn>;
}

/** What may follow a token response before the sign-in is finished. Ends when that is cancelled. */
export interface FollowUp {
  /** One more request, within the limits of a token request. Its errors are those of `limitedRequest`. */
  request(address: string, request: LimitedRequest): Promise<LimitedAnswer>;
  /** Resolves after so many milliseconds. */
  wait(ms: number): Promise<void>;
}

/** RFC 8252 7.3 with ports that the provider has registered, tried in this order. */
export interface LoopbackRedirect {
  readonly kind: 'loopback';
  readonly host: 'localhost' | '127.0.0.1';
  readonly ports: readonly number[];
  readonly path: string;
}

/** RFC 8252 7.1: VS Code's own `UriHandler`, for providers that accept its address. */
export interface UriHandlerRedirect {
  readonly kind: 'uriHandler';
  readonly path: string;
}

/** A token response (RFC 6749 5.1) whose shapes have been checked. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
  /** Seconds; finite and positive. */
  readonly expiresIn?: number;
}

/** A finished sign-in, not yet stored. */
export interface SignedIn {
  /** Exactly the JSON to store under the profile id. */
  readonly credential: JsonObject;
  readonly identity: Identity;
  /** What the provider said that belongs into CoderClaw's config rather than into the store. */
  readonly modelProvider?: ModelProvider;
}

/** Who a credential belongs to. Two are the same if provider, user and account agree. */
export interface Identity {
  readonly provider: string;
  readonly accountId?: string;
  readonly userId?: string;
  /** A label only: it can change, and two identities can share it. */
  readonly email?: string;
}
