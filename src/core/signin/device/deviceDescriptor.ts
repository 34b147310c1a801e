import type { JsonObject } from '../../documents/json.ts';
import type { FollowUp, SignedIn } from '../descriptor.ts';
import type { TokenServices } from '../limitedRequest.ts';
import type { ProofKey } from '../pkce.ts';
import type { Refusal } from '../refusal.ts';

/**
 * How one provider signs people in by a code that they enter elsewhere (RFC 8628, or a dialect of it),
 * as data and small functions without a wait in them; the engine (`deviceSignIn.ts`) is one for all.
 */
export interface DeviceSignInDescriptor {
  /** CoderClaw's provider id, e.g. `qwen-portal`. */
  readonly provider: string;
  /** What people call it, e.g. `Qwen`. */
  readonly label: string;
  /** What the person must have allowed in their account before a code works, if anything. */
  readonly allowFirst?: 'chatgptDeviceCode';
  /** Absolute https URLs (http only on loopback, for tests). The second one is polled. */
  readonly deviceAuthorizationEndpoint: string;
  readonly deviceTokenEndpoint: string;
  /** The status of the first answer that means that there is no such way here. */
  readonly notOfferedStatus?: number;
  /** RFC 8628 3.1. */
  authorizationRequest(proof: ProofKey): DeviceRequest;
  /**
   * RFC 8628 3.2. Checks by shape.
   * @param answer `now` is the server's time where it tells, else ours.
   * @throws {KnownError} `signin.badAnswer` naming the field.
   */
  authorizationFrom(answer: DeviceAnswer, proof: ProofKey, now: number): DeviceAuthorization;
  /** RFC 8628 3.4. */
  tokenRequest(authorization: DeviceAuthorization, proof: ProofKey): DeviceRequest;
  /** RFC 8628 3.5, of an answer that is neither a fault of the server (5xx) nor too many (429). */
  verdictOf(answer: PollAnswer, secrets: Iterable<string>): PollVerdict;
  /**
   * Turns what was granted into what is stored.
   * @throws {KnownError} `signin.badAnswer` if something that is promised is missing, and those of
   * requests that it makes.
   */
  credentialFrom(granted: JsonObject, exchange: DeviceExchange): SignedIn | Promise<SignedIn>;
}

/** One POST. */
export interface DeviceRequest {
  readonly fields: Readonly<Record<string, string>>;
  /** A form (RFC 8628 3.1) unless this says otherwise. */
  readonly bodyFormat?: 'form' | 'json';
  readonly headers?: Readonly<Record<string, string>>;
}

/** The JSON object of an answer with status 200. */
export interface DeviceAnswer {
  readonly host: string;
  readonly body: JsonObject;
}

/** An answer to a poll; with status 200 there is a body. */
export interface PollAnswer {
  readonly host: string;
  readonly status: number;
  readonly body?: JsonObject;
}

/** RFC 8628 3.2 in our units. */
export interface DeviceAuthorization {
  /** What it is polled with: a secret. */
  readonly deviceCode: string;
  /** To be shown. */
  readonly userCode: string;
  /** As the server supplied them: the engine checks whether they may be opened. */
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  /** For how many milliseconds from now the code is good. */
  readonly lifetimeMs: number;
  /** Milliseconds between two polls; absent where the server does not say. */
  readonly intervalMs?: number;
}

/** What an answer to a poll means. */
export type PollVerdict =
  | { readonly kind: 'pending' }
  /** Five seconds more between polls, or so many milliseconds in all if that is longer. */
  | { readonly kind: 'slowDown'; readonly intervalMs?: number }
  | { readonly kind: 'granted'; readonly body: JsonObject }
  /** The person said no; `description` in the provider's words. */
  | { readonly kind: 'denied'; readonly description?: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What finishing may use. */
export interface DeviceExchange extends FollowUp {
  /** Of the token endpoint, which named the tokens. */
  readonly host: string;
  now(): number;
  readonly services: TokenServices;
  /** Aborts when the person calls it off. */
  readonly signal: AbortSignal;
}
