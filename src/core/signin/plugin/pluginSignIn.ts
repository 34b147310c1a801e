import type { OAuthLoginCallbacks } from '../../../api.ts';
import { Cancelled, type Clock, throwIfCancelled } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { AddedProvider } from '../addedSignIns.ts';
import type { SignedIn } from '../descriptor.ts';
import { openableLink } from '../endpoints.ts';
import { signedInWith } from './pluginCredentials.ts';
import { pluginFailure } from './pluginFailure.ts';
import { outcomeOf } from './pluginOutcome.ts';
import type { ListQuestion, TextQuestion } from './pluginQuestions.ts';
import { chosenFrom, linesIn, questionOf, secretsTyped } from './pluginQuestions.ts';

/** What a login shows at one moment. Texts are the provider's, to be made plain before they are shown. */
export interface PluginSignInState {
  /** Where the person signs in: https, or http on loopback. */
  readonly link?: string;
  readonly instructions?: string;
  /** What is going on, in one line. */
  readonly progress?: string;
  /** Whether it waits for a code or an address to be pasted, beside whatever else it waits for. */
  readonly takesPaste: boolean;
}

/** The person, as a login sees them. What is asked ends when `signal` aborts. */
export interface PluginPerson {
  show(state: PluginSignInState): void;
  /** To be opened by itself; the person can do it again from what is shown. */
  openPage(link: string): void;
  /** Resolves with what was typed; undefined if the question was closed. */
  ask(question: TextQuestion, signal: AbortSignal): Promise<string | undefined>;
  /** Resolves with an id; undefined if the list was closed. */
  choose(question: ListQuestion, signal: AbortSignal): Promise<string | undefined>;
}

export interface PluginSignInServices {
  readonly clock: Clock;
  /** Lines without secrets. */
  log(line: string): void;
}

/** One login under way in the code of another extension. */
export interface PluginSignInAttempt {
  /**
   * Settles once: with the credential, or with a KnownError `plugin.failed`, `.badLink`,
   * `.badCredentials` or `signin.timeout`, or Cancelled. Need not be awaited for `cancel` to be safe.
   */
  readonly result: Promise<SignedIn>;
  /** Answers what waits for it (`takesPaste`); does nothing where nothing does. */
  paste(text: string): void;
  /** Ends it with Cancelled at once, whether the foreign code heeds that or not. */
  cancel(): void;
}

/** No login is waited for any longer, whatever it does. */
export const PLUGIN_SIGN_IN_LIMIT_MS = 30 * 60_000;
/** So many pages are opened by themselves, so that no code can cover the screen with them. */
const MOST_PAGES = 5;

/**
 * Begins a login of a provider that another extension added, and answers what it asks by `person`.
 * Opens nothing but what {@link openableLink} lets through. Nothing that the foreign code throws or
 * answers gets out unchecked.
 * @throws {Cancelled} if the signal has been aborted.
 */
export function startPluginSignIn(
  added: AddedProvider,
  person: PluginPerson,
  services: PluginSignInServices,
  signal?: AbortSignal,
): PluginSignInAttempt {
  throwIfCancelled(signal);
  const attempt = new PluginAttempt(added, person, services);
  signal?.addEventListener('abort', attempt.cancel, { once: true });
  const ended = (): void => signal?.removeEventListener('abort', attempt.cancel);
  // Whoever calls it off need not look at the result: here it is looked at.
  attempt.result.then(ended, ended);
  return attempt;
}

class PluginAttempt implements PluginSignInAttempt {
  readonly result: Promise<SignedIn>;
  readonly #added: AddedProvider;
  readonly #person: PluginPerson;
  readonly #services: PluginSignInServices;
  /** Aborts when it is over, however: ends what is asked, and tells the foreign code. */
  readonly #over = new AbortController();
  readonly #secrets = new Set<string>();
  /** Those of them that nobody is to read, however short they are. */
  readonly #typedInSecret = new Set<string>();
  #state: PluginSignInState = { takesPaste: false };
  #pasted: ((text: string) => void)[] = [];
  /** One question at a time. */
  #asking: Promise<unknown> = Promise.resolve();
  #opened = 0;
  /** The person closed a list. What fails after that was called off. */
  #isCalledOff = false;
  #stop: (reason: KnownError | Cancelled) => void = () => {};

  constructor(added: AddedProvider, person: PluginPerson, services: PluginSignInServices) {
    this.#added = added;
    this.#person = person;
    this.#services = services;
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    this.#log('begun');
    this.result = this.#run(stopped);
  }

  paste(text: string): void {
    if (text.trim() === '') return;
    this.#remember(text, true);
    for (const answer of this.#pasted.splice(0)) answer(text.trim());
    this.#show({ takesPaste: false });
  }

  /** Bound, since people hand it on. */
  readonly cancel = (): void => this.#stop(new Cancelled());

  async #run(stopped: Promise<never>): Promise<SignedIn> {
    const { clock } = this.#services;
    const { id, provider } = this.#added;
    const limit = clock.sleep(PLUGIN_SIGN_IN_LIMIT_MS, this.#over.signal).then(
      () => this.#stop(new KnownError('signin.timeout', { provider: id, minutes: 30 })),
      () => {},
    );
    try {
      // Not yet: whoever begins it has to have it in hand before anything is asked.
      const ended = Promise.resolve().then(() =>
        outcomeOf(() => provider.login(this.#callbacks())),
      );
      const outcome = await Promise.race([ended, stopped]);
      if ('thrown' in outcome) {
        if (this.#isCalledOff) throw new Cancelled();
        throw pluginFailure(this.#added, outcome.thrown, this.#secrets, this.#typedInSecret);
      }
      const signedIn = signedInWith(this.#added, outcome.value);
      this.#log('signed in');
      return signedIn;
    } catch (error) {
      this.#log(`ended: ${error instanceof Error ? error.message : 'unexpected failure'}`);
      throw error;
    } finally {
      this.#over.abort();
      await limit;
    }
  }

  /** Bound functions, since providers hand them on. None of them does anything once it is over. */
  #callbacks(): OAuthLoginCallbacks {
    return {
      onAuth: (info) => this.#auth(info),
      onProgress: (message) => this.#show({ progress: linesIn(message) }),
      onPrompt: (prompt) => quiet(this.#prompt(prompt)),
      onSelect: (prompt) => quiet(this.#select(prompt)),
      onManualCodeInput: () => quiet(this.#manualCode()),
      signal: this.#over.signal,
    };
  }

  #auth(info: unknown): void {
    if (this.#over.signal.aborted) return;
    const { url, instructions } = (info ?? {}) as Record<string, unknown>;
    const link = typeof url === 'string' ? openableLink(url) : undefined;
    if (link === undefined) {
      const { id: provider, label } = this.#added;
      this.#stop(new KnownError('plugin.badLink', { provider, label }));
      return;
    }
    // What went before has led to this.
    this.#show({ link, instructions: linesIn(instructions), progress: undefined });
    this.#opened += 1;
    if (this.#opened <= MOST_PAGES) this.#tell(() => this.#person.openPage(link));
  }

  async #prompt(prompt: unknown): Promise<string> {
    const question = questionOf(prompt);
    const answer = await this.#ask((signal) => this.#person.ask(question, signal));
    if (answer === undefined) {
      this.cancel();
      throw new Cancelled();
    }
    this.#remember(answer, question.isSecret);
    return answer;
  }

  async #select(prompt: unknown): Promise<string | undefined> {
    const question = chosenFrom(prompt);
    const id = await this.#ask((signal) => this.#person.choose(question, signal));
    this.#isCalledOff = id === undefined;
    return id;
  }

  #manualCode(): Promise<string> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#over;
      const onOver = (): void => reject(new Cancelled());
      if (signal.aborted) {
        onOver();
        return;
      }
      signal.addEventListener('abort', onOver, { once: true });
      this.#pasted.push(resolve);
      this.#show({ takesPaste: true });
    });
  }

  /** @throws {Cancelled} once it is over. */
  #ask<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#over;
    const asked = this.#asking.then(async () => {
      throwIfCancelled(signal);
      const answer = await ask(signal);
      throwIfCancelled(signal);
      return answer;
    });
    this.#asking = asked.catch(() => {});
    return asked;
  }

  #show(
    change: { readonly [K in keyof PluginSignInState]?: PluginSignInState[K] | undefined },
  ): void {
    if (this.#over.signal.aborted) return;
    const next = { ...this.#state, ...change };
    const { link, instructions, progress, takesPaste } = next;
    this.#state = {
      ...(link !== undefined && { link }),
      ...(instructions !== undefined && { instructions }),
      ...(progress !== undefined && { progress }),
      takesPaste: takesPaste ?? false,
    };
    this.#tell(() => this.#person.show(this.#state));
  }

  /** A view that slips must not cost the person the sign-in. */
  #tell(tell: () => void): void {
    try {
      tell();
    } catch {
      this.#log('showing it failed');
    }
  }

  #remember(typed: string, isSecret: boolean): void {
    for (const secret of secretsTyped(typed)) {
      this.#secrets.add(secret);
      if (isSecret) this.#typedInSecret.add(secret);
    }
  }

  #log(line: string): void {
    this.#services.log(
      redact(`sign-in ${this.#added.id} by its extension: ${line}`, this.#secrets),
    );
  }
}

/** Foreign code may not look at it: its rejection is nobody's fault then. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
