import { Cancelled, type Clock, throwIfCancelled } from '../clock.ts';
import { KnownError } from '../errors.ts';
import { redact } from '../redact.ts';
import { authorizationUrl } from './authorizationUrl.ts';
import { type CallbackVerdict, judgeCallback } from './callback.ts';
import type { CallbackPageKind } from './callbackPage.ts';
import type { SignedIn, SignInDescriptor } from './descriptor.ts';
import { checkedEndpoint } from './endpoints.ts';
import { followUp } from './followUp.ts';
import { judgePaste } from './paste.ts';
import { PhaseListeners, type SignInPhase } from './phases.ts';
import { newProofKey, type ProofKey } from './pkce.ts';
import { providerWords } from './providerWords.ts';
import { redeemCode } from './tokenEndpoint.ts';
import {
  describeListening,
  type Listening,
  openWayBack,
  type WayBack,
  type WayBackServices,
} from './wayBack.ts';

export type { BusyPort } from './loopback.ts';
export type { SignInPhase } from './phases.ts';
export type { Listening } from './wayBack.ts';

/** What an attempt needs from its surroundings. */
export interface SignInServices extends WayBackServices {
  /** The host's: it honours the proxy and certificate settings. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Lines without secrets. */
  log(line: string): void;
}

/** One sign-in under way. The receivers are raced: the first answer wins and closes the rest. */
export interface SignInAttempt {
  /** To be opened in a browser or handed to the person. Holds no secret but the `state`. */
  readonly authorizationUrl: string;
  readonly redirectUri: string;
  readonly listening: Listening;
  /**
   * Settles once, and only after every socket is closed and the port is free: with the credential,
   * or with a KnownError `signin.refused`, `.timeout`, `.network`, `.tokenRefused` or `.badAnswer`,
   * or Cancelled. Need not be awaited for `cancel` to be safe.
   */
  readonly result: Promise<SignedIn>;
  /** Called at once with the present phase (not when it is over), and with each one that follows. */
  onPhase(listener: (phase: SignInPhase) => void): void;
  /**
   * Takes what the person pasted. Does nothing once an answer has come in.
   * @throws {KnownError} `signin.badPaste`: the attempt goes on waiting. 'bareCode' means that the
   * text is only a code: `acceptBareCode` takes it, after the person has confirmed.
   */
  paste(text: string, options?: { readonly acceptBareCode?: boolean }): void;
  /**
   * Takes an address that VS Code's `UriHandler` received.
   * @returns False if it is not for this attempt (it may be another window's).
   */
  receiveUri(uri: string): boolean;
  /** Ends it with Cancelled, in any phase. Harmless when it is over. */
  cancel(): void;
}

export interface SignInOptions {
  /** Aborting it is `cancel()`. */
  readonly signal?: AbortSignal;
  /** How long to wait for the person, in milliseconds. */
  readonly limitMs?: number;
}

/** RFC 6749 4.1.2 recommends that a code lives ten minutes at most; no page is open usefully longer. */
export const SIGN_IN_LIMIT_MS = 10 * 60_000;

/**
 * Begins to sign in: draws a fresh proof key, opens the receivers and builds the address to visit.
 * Opens no browser. With every registered port busy it still starts: `listening` is 'none', the
 * redirect is that of the first port, and the person pastes where the browser ended.
 * @throws {KnownError} `signin.badEndpoint`.
 * @throws {Cancelled} if the signal aborts before it has started.
 */
export async function startSignIn(
  descriptor: SignInDescriptor,
  services: SignInServices,
  options: SignInOptions = {},
): Promise<SignInAttempt> {
  throwIfCancelled(options.signal);
  checkedEndpoint('authorizationEndpoint', descriptor.authorizationEndpoint);
  checkedEndpoint('tokenEndpoint', descriptor.tokenEndpoint);
  const proof = await newProofKey();
  let attempt: Attempt | undefined;
  const way = await openWayBack(descriptor, services, (query) =>
    // Nobody has the `state` yet before the attempt stands, so nothing can be meant for it.
    attempt ? attempt.arrive(query) : Promise.resolve('otherAttempt'),
  );
  if (options.signal?.aborted) {
    await way.close();
    throw new Cancelled();
  }
  attempt = new Attempt(descriptor, services, proof, way, options);
  return attempt;
}

type Outcome = { readonly signedIn: SignedIn } | { readonly failure: KnownError | Cancelled };

class Attempt implements SignInAttempt {
  readonly authorizationUrl: string;
  readonly redirectUri: string;
  readonly listening: Listening;
  readonly result: Promise<SignedIn>;

  readonly #descriptor: SignInDescriptor;
  readonly #services: SignInServices;
  readonly #proof: ProofKey;
  readonly #way: WayBack;
  readonly #signal: AbortSignal | undefined;
  readonly #listeners = new PhaseListeners((line) => this.#log(line));
  /** Aborts when it is over, however; ends the wait for the time limit. */
  readonly #over = new AbortController();
  /** Aborts when the person calls it off. */
  readonly #cancelled = new AbortController();
  /** Leaves 'waiting' once and never returns: this is what makes a code single use. */
  #phase: SignInPhase | 'over' = 'waiting';
  #settle: (outcome: Outcome) => void = () => {};

  constructor(
    descriptor: SignInDescriptor,
    services: SignInServices,
    proof: ProofKey,
    way: WayBack,
    options: SignInOptions,
  ) {
    this.#descriptor = descriptor;
    this.#services = services;
    this.#proof = proof;
    this.#way = way;
    this.#signal = options.signal;
    this.redirectUri = way.redirectUri;
    this.listening = way.listening;
    this.authorizationUrl = authorizationUrl(descriptor, proof, way.redirectUri);
    this.result = new Promise((resolve, reject) => {
      this.#settle = (outcome) => {
        if ('signedIn' in outcome) resolve(outcome.signedIn);
        else reject(outcome.failure);
      };
    });
    // Whoever calls it off need not look at the result.
    this.result.catch(() => {});
    this.#signal?.addEventListener('abort', this.cancel, { once: true });
    const limitMs = options.limitMs ?? SIGN_IN_LIMIT_MS;
    services.clock.sleep(limitMs, this.#over.signal).then(
      () => this.#timeOut(limitMs),
      () => {},
    );
    this.#log(`waiting, ${describeListening(way.listening)}`);
  }

  onPhase(listener: (phase: SignInPhase) => void): void {
    this.#listeners.add(listener, this.#phase === 'over' ? undefined : this.#phase);
  }

  /** A callback in the browser; tells which page the browser is to get, once that is certain. */
  async arrive(query: URLSearchParams): Promise<CallbackPageKind> {
    if (this.#phase !== 'waiting') return 'gone';
    return this.#follow(this.#judge(query), 'browser');
  }

  paste(text: string, options: { readonly acceptBareCode?: boolean } = {}): void {
    if (this.#phase !== 'waiting') return;
    const verdict = judgePaste(text, {
      state: this.#proof.state,
      issuer: this.#descriptor.issuer,
      redirectUri: this.redirectUri,
      acceptBareCode: options.acceptBareCode ?? false,
    });
    void this.#follow(verdict, 'paste');
  }

  receiveUri(uri: string): boolean {
    const query = this.#way.queryOf(uri);
    if (!query) return false;
    const verdict = this.#judge(query);
    if (verdict.kind === 'otherAttempt') return false;
    if (this.#phase === 'waiting') void this.#follow(verdict, 'uri');
    return true;
  }

  /** Bound, since people hand it on. */
  readonly cancel = (): void => {
    this.#cancelled.abort();
    // While a code is being redeemed, the exchange notices and ends it.
    if (this.#phase === 'waiting') this.#end({ failure: new Cancelled() });
  };

  #judge(query: URLSearchParams): CallbackVerdict {
    return judgeCallback(query, { state: this.#proof.state, issuer: this.#descriptor.issuer });
  }

  /** Never rejects. Runs up to the change of phase without giving way to anything else. */
  async #follow(verdict: CallbackVerdict, via: string): Promise<CallbackPageKind> {
    switch (verdict.kind) {
      case 'otherAttempt':
      case 'incomplete':
        this.#log(`${via}: ignored (${verdict.kind})`);
        return verdict.kind;
      case 'otherIssuer':
        this.#end({ failure: this.#badAnswer('iss') });
        return 'failed';
      case 'error':
        this.#end({ failure: this.#refusal(verdict.error, verdict.description) });
        return 'refused';
      case 'code':
        this.#log(`${via}: code received`);
        return this.#redeem(verdict.code);
    }
  }

  async #redeem(code: string): Promise<CallbackPageKind> {
    this.#phase = 'exchanging';
    this.#listeners.tell('exchanging');
    const outcome = await this.#exchange(code);
    this.#end(outcome);
    if ('signedIn' in outcome) return 'signedIn';
    return outcome.failure instanceof Cancelled ? 'cancelled' : 'failed';
  }

  async #exchange(code: string): Promise<Outcome> {
    const { signal } = this.#cancelled;
    const { verifier, state } = this.#proof;
    const { repeatsState } = this.#descriptor;
    try {
      const tokens = await redeemCode(
        this.#descriptor,
        { code, redirectUri: this.redirectUri, verifier, ...(repeatsState && { state }) },
        this.#services,
        signal,
      );
      throwIfCancelled(signal);
      const now = this.#services.clock.now();
      const ask = followUp(this.#services, signal);
      return { signedIn: await this.#descriptor.credentialFrom(tokens, now, ask) };
    } catch (error) {
      if (error instanceof KnownError || error instanceof Cancelled) return { failure: error };
      // A descriptor's own slip. Its error may hold anything, so it goes no further.
      return { failure: this.#badAnswer('credential') };
    }
  }

  /** A code that has come in by then is still redeemed: that has a limit of its own. */
  #timeOut(limitMs: number): void {
    const facts = { provider: this.#descriptor.provider, minutes: Math.round(limitMs / 60_000) };
    if (this.#phase === 'waiting') this.#end({ failure: new KnownError('signin.timeout', facts) });
  }

  #end(outcome: Outcome): void {
    this.#phase = 'over';
    this.#over.abort();
    this.#signal?.removeEventListener('abort', this.cancel);
    this.#listeners.clear();
    this.#log('failure' in outcome ? `ended: ${outcome.failure.message}` : 'signed in');
    const settle = (): void => this.#settle(outcome);
    // Stops listening at once, and waits for the page that is on its way to the browser.
    void this.#way.close().then(settle, settle);
  }

  #refusal(error: string, description: string | undefined): KnownError {
    const secrets = [this.#proof.verifier, this.#proof.state];
    const words = description === undefined ? undefined : providerWords(description, secrets);
    return new KnownError('signin.refused', {
      provider: this.#descriptor.provider,
      error: providerWords(error, secrets) ?? 'error',
      ...(words === undefined ? {} : { description: words }),
    });
  }

  #badAnswer(what: string): KnownError {
    const { host } = new URL(this.#descriptor.authorizationEndpoint);
    return new KnownError('signin.badAnswer', { host, what });
  }

  #log(line: string): void {
    const secrets = [this.#proof.verifier, this.#proof.state];
    this.#services.log(redact(`sign-in ${this.#descriptor.provider}: ${line}`, secrets));
  }
}
