import { Cancelled, throwIfCancelled } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { SignedIn } from '../descriptor.ts';
import { checkedEndpoint, openableLink } from '../endpoints.ts';
import { followUp } from '../followUp.ts';
import { limitedRequest, type TokenServices } from '../limitedRequest.ts';
import { PhaseListeners, type SignInPhase } from '../phases.ts';
import { newProofKey, type ProofKey } from '../pkce.ts';
import { refusalIn } from '../refusal.ts';
import type {
  DeviceAuthorization,
  DeviceRequest,
  DeviceSignInDescriptor,
} from './deviceDescriptor.ts';
import { type GrantedBody, pollUntilGranted } from './polling.ts';

export interface DeviceSignInServices extends TokenServices {
  /** Lines without secrets. */
  log(line: string): void;
}

export interface DeviceSignInOptions {
  /** Aborting it is `cancel()`. */
  readonly signal?: AbortSignal;
}

/** One sign-in by a code, under way. */
export interface DeviceSignInAttempt {
  /** To be shown large. Whoever else enters it signs *us* in to *their* account, and no more. */
  readonly userCode: string;
  /** Where it is entered: https, or http on loopback. */
  readonly verificationUri: string;
  /** The same with the code in it, where the provider has that (RFC 8628 3.3.1). */
  readonly verificationUriComplete: string | undefined;
  /** When the code stops working, in milliseconds since the epoch by our clock. */
  readonly expiresAt: number;
  /**
   * Settles once: with the credential, or with a KnownError `signin.refused`, `.codeExpired`,
   * `.network`, `.tokenRefused`, `.badAnswer` or what else the descriptor knows, or Cancelled. Need
   * not be awaited for `cancel` to be safe.
   */
  readonly result: Promise<SignedIn>;
  /** Called at once with the present phase (not when it is over), and with each one that follows. */
  onPhase(listener: (phase: SignInPhase) => void): void;
  /** Ends it with Cancelled at once, in any phase. Harmless when it is over. */
  cancel(): void;
}

/** No code is waited for any longer, whatever the server says. Most live for 5 to 15 minutes. */
export const LONGEST_CODE_MS = 30 * 60_000;

/** Printable ASCII: it is shown, read out and typed. */
const USER_CODE = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/;

/**
 * Asks for a code (RFC 8628 3.1) and begins to wait until the person has entered it. Opens no browser.
 * @throws {KnownError} `signin.notOffered`, `signin.network`, `signin.tokenRefused`,
 * `signin.badAnswer`, `signin.badEndpoint`: there is no code to show.
 * @throws {Cancelled} if the signal aborts before there is one.
 */
export async function startDeviceSignIn(
  descriptor: DeviceSignInDescriptor,
  services: DeviceSignInServices,
  options: DeviceSignInOptions = {},
): Promise<DeviceSignInAttempt> {
  throwIfCancelled(options.signal);
  checkedEndpoint('deviceTokenEndpoint', descriptor.deviceTokenEndpoint);
  const proof = await newProofKey();
  const authorization = await authorize(descriptor, services, proof, options.signal);
  throwIfCancelled(options.signal);
  return new DeviceAttempt(descriptor, services, proof, authorization, options.signal);
}

async function authorize(
  descriptor: DeviceSignInDescriptor,
  services: TokenServices,
  proof: ProofKey,
  signal: AbortSignal | undefined,
): Promise<DeviceAuthorization> {
  const { host, status, body, serverTime } = await limitedRequest(
    'deviceAuthorizationEndpoint',
    descriptor.deviceAuthorizationEndpoint,
    asPost(descriptor.authorizationRequest(proof)),
    services,
    signal,
  );
  if (status === descriptor.notOfferedStatus) {
    throw new KnownError('signin.notOffered', { provider: descriptor.provider, host });
  }
  if (status !== 200) {
    const refusal = refusalIn(body, [proof.verifier, proof.state]);
    throw new KnownError('signin.tokenRefused', { host, status, ...refusal });
  }
  const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
  if (body === undefined) throw bad('not a JSON object');
  const now = serverTime ?? services.clock.now();
  const answer = descriptor.authorizationFrom({ host, body }, proof, now);
  if (!USER_CODE.test(answer.userCode)) throw bad('user_code');
  const verificationUri = openableLink(answer.verificationUri);
  if (verificationUri === undefined) throw bad('verification_uri');
  const { verificationUriComplete: complete, ...rest } = answer;
  const openable = complete === undefined ? undefined : openableLink(complete);
  return {
    ...rest,
    verificationUri,
    ...(openable === undefined ? {} : { verificationUriComplete: openable }),
    lifetimeMs: Math.min(answer.lifetimeMs, LONGEST_CODE_MS),
  };
}

/** The request of a dialect as `limitedRequest` takes it. */
function asPost({ fields, bodyFormat, headers }: DeviceRequest) {
  const isJson = bodyFormat === 'json';
  return {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      'Content-Type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
  } as const;
}

type Outcome = { readonly signedIn: SignedIn } | { readonly failure: KnownError | Cancelled };

class DeviceAttempt implements DeviceSignInAttempt {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  readonly expiresAt: number;
  readonly result: Promise<SignedIn>;

  readonly #descriptor: DeviceSignInDescriptor;
  readonly #services: DeviceSignInServices;
  readonly #secrets: readonly string[];
  readonly #listeners = new PhaseListeners((line) => this.#log(line));
  readonly #cancelled = new AbortController();
  #phase: SignInPhase | 'over' = 'waiting';

  constructor(
    descriptor: DeviceSignInDescriptor,
    services: DeviceSignInServices,
    proof: ProofKey,
    authorization: DeviceAuthorization,
    signal: AbortSignal | undefined,
  ) {
    const { userCode, verificationUri, verificationUriComplete, lifetimeMs } = authorization;
    this.#descriptor = descriptor;
    this.#services = services;
    this.#secrets = [authorization.deviceCode, userCode, proof.verifier, proof.state];
    this.userCode = userCode;
    this.verificationUri = verificationUri;
    this.verificationUriComplete = verificationUriComplete;
    this.expiresAt = services.clock.now() + lifetimeMs;
    signal?.addEventListener('abort', this.cancel, { once: true });
    this.#log(`waiting for a code to be entered, for ${Math.round(lifetimeMs / 1000)} s at most`);
    this.result = this.#run(authorization, proof).then((outcome) => {
      this.#phase = 'over';
      signal?.removeEventListener('abort', this.cancel);
      this.#listeners.clear();
      this.#log('failure' in outcome ? `ended: ${outcome.failure.message}` : 'signed in');
      if ('failure' in outcome) throw outcome.failure;
      return outcome.signedIn;
    });
    // Whoever calls it off need not look at the result.
    this.result.catch(() => {});
  }

  onPhase(listener: (phase: SignInPhase) => void): void {
    this.#listeners.add(listener, this.#phase === 'over' ? undefined : this.#phase);
  }

  /** Bound, since people hand it on. */
  readonly cancel = (): void => this.#cancelled.abort();

  /** Never rejects. */
  async #run(authorization: DeviceAuthorization, proof: ProofKey): Promise<Outcome> {
    const { signal } = this.#cancelled;
    try {
      const granted = await pollUntilGranted({
        descriptor: this.#descriptor,
        authorization,
        services: this.#services,
        secrets: this.#secrets,
        signal,
        poll: asPost(this.#descriptor.tokenRequest(authorization, proof)),
        log: (line) => this.#log(line),
      });
      this.#phase = 'exchanging';
      this.#listeners.tell('exchanging');
      const signedIn = await this.#finish(granted);
      throwIfCancelled(signal);
      return { signedIn };
    } catch (error) {
      if (error instanceof KnownError || error instanceof Cancelled) return { failure: error };
      // A descriptor's own slip. Its error may hold anything, so it goes no further.
      const { host } = new URL(this.#descriptor.deviceTokenEndpoint);
      return { failure: new KnownError('signin.badAnswer', { host, what: 'credential' }) };
    }
  }

  async #finish({ host, body }: GrantedBody): Promise<SignedIn> {
    const { signal } = this.#cancelled;
    const services = this.#services;
    return this.#descriptor.credentialFrom(body, {
      ...followUp(services, signal),
      host,
      now: () => services.clock.now(),
      services,
      signal,
    });
  }

  #log(line: string): void {
    const { provider } = this.#descriptor;
    this.#services.log(redact(`sign-in ${provider} by code: ${line}`, this.#secrets));
  }
}
