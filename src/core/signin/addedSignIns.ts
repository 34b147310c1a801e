import type { OAuthProviderInterface, ProviderOptions, Registration } from '../../api.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { shownKey } from '../documents/shownText.ts';
import type { SignInDescriptor } from './descriptor.ts';

/**
 * The providers of `registry.ts`, by normalized id: people can sign in to each of them from here. Stands apart from it, since an activation loads
 * this and no descriptor.
 */
export const builtInProviders: ReadonlySet<string> = new Set([
  'openai-codex',
  'anthropic',
  'github-copilot',
  'google-gemini-cli',
  'qwen-portal',
  'minimax-portal',
  'chutes',
]);

/** Those of them that a browser can sign in to. */
export const browserSignIns: ReadonlySet<string> = new Set([
  'openai-codex',
  'anthropic',
  'google-gemini-cli',
  'chutes',
]);

/** Those that give out codes to enter elsewhere. */
export const codeSignIns: ReadonlySet<string> = new Set([
  'openai-codex',
  'github-copilot',
  'qwen-portal',
  'minimax-portal',
]);

/** The providers of `refreshGrants.ts`, by normalized id: their logins can be renewed from here. */
export const renewableProviders = builtInProviders;

/** A provider of another extension, whose shape has been checked. */
export interface AddedProvider {
  /** Normalized provider id. */
  readonly id: string;
  readonly label: string;
  /** Foreign code: what it gives is not to be believed unchecked. */
  readonly provider: OAuthProviderInterface;
  readonly rotates: boolean;
  readonly identity: ProviderOptions['identity'];
}

/** One way in that another extension added: its own code, or a description of it. */
export type AddedSignIn =
  | { readonly kind: 'provider'; readonly label: string; readonly added: AddedProvider }
  | { readonly kind: 'descriptor'; readonly label: string; readonly descriptor: SignInDescriptor };

/** Ways to sign in that other extensions add. None of them can stand for a built-in provider. */
export class AddedSignIns {
  readonly #byProvider = new Map<string, AddedSignIn>();
  readonly #changed: () => void;

  /** @param changed Told after one was added or taken away. */
  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  /**
   * Adds one until disposed. Ids are compared as CoderClaw compares them.
   * @throws {TypeError} Provider id or label is malformed.
   * @throws {Error} The provider is built in, or taken by another.
   */
  add(descriptor: SignInDescriptor): Registration {
    must(isId(descriptor?.provider), 'provider');
    must(isText(descriptor.label), 'label');
    const label = shownKey(descriptor.label.trim());
    const id = normalizeProviderId(descriptor.provider);
    if (label === descriptor.label)
      return this.#take(id, { kind: 'descriptor', label, descriptor });
    // Its label is shown from there too. A method of a class is not in a copy.
    const credentialFrom: SignInDescriptor['credentialFrom'] = (...tokens) =>
      descriptor.credentialFrom(...tokens);
    const shown = { ...descriptor, label, credentialFrom };
    return this.#take(id, { kind: 'descriptor', label, descriptor: shown });
  }

  /**
   * Adds a provider that signs in by itself, until disposed.
   * @throws {TypeError} A part of it has the wrong shape; the message names it.
   * @throws {Error} It is built in, or taken by another.
   */
  addProvider(provider: OAuthProviderInterface, options: ProviderOptions = {}): Registration {
    must(isId(provider?.id), 'provider.id');
    must(isText(provider.name), 'provider.name');
    for (const method of ['login', 'refreshToken', 'getApiKey'] as const) {
      must(typeof provider[method] === 'function', `provider.${method}`);
    }
    const { label = provider.name, rotatesRefreshTokens: rotates = true, identity } = options;
    must(isText(label), 'options.label');
    must(typeof rotates === 'boolean', 'options.rotatesRefreshTokens');
    must(identity === undefined || typeof identity === 'function', 'options.identity');
    const id = normalizeProviderId(provider.id);
    const added = { id, label: shownKey(label.trim()), provider, rotates, identity };
    return this.#take(id, { kind: 'provider', label: added.label, added });
  }

  /** In the order in which they were added; ids are normalized. */
  all(): readonly { readonly id: string; readonly label: string }[] {
    return [...this.#byProvider].map(([id, { label }]) => ({ id, label }));
  }

  get(provider: string): AddedSignIn | undefined {
    return this.#byProvider.get(normalizeProviderId(provider));
  }

  #take(id: string, one: AddedSignIn): Registration {
    if (builtInProviders.has(id)) throw new Error(`${id} is built in`);
    if (this.#byProvider.has(id)) throw new Error(`${id} is taken`);
    this.#byProvider.set(id, one);
    this.#changed();
    return {
      dispose: () => {
        // Disposing twice must not remove who came after.
        if (this.#byProvider.get(id) !== one) return;
        this.#byProvider.delete(id);
        this.#changed();
      },
    };
  }
}

/** What CoderClaw writes before the colon of a profile id. */
const ID = /^[a-z\d][\w.-]{0,63}$/i;

function isId(value: unknown): boolean {
  return isText(value) && ID.test(value.trim());
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function must(isSo: boolean, part: string): void {
  if (!isSo) throw new TypeError(`${part} is missing or malformed`);
}
