import { normalizeProviderId } from '../documents/providerIds.ts';
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

/** Ways to sign in that other extensions add. None of them can stand for a built-in provider. */
export class AddedSignIns {
  readonly #byProvider = new Map<string, SignInDescriptor>();

  /**
   * Adds one until disposed. Ids are compared as CoderClaw compares them.
   * @throws {Error} The provider is built in, or taken by another.
   */
  add(descriptor: SignInDescriptor): { dispose(): void } {
    const id = normalizeProviderId(descriptor.provider);
    if (builtInProviders.has(id)) throw new Error(`${id} is built in`);
    if (this.#byProvider.has(id)) throw new Error(`${id} is taken`);
    this.#byProvider.set(id, descriptor);
    return {
      dispose: () => {
        // Disposing twice must not remove who came after.
        if (this.#byProvider.get(id) === descriptor) this.#byProvider.delete(id);
      },
    };
  }

  /** In the order in which they were added; ids are normalized. */
  all(): readonly { readonly id: string; readonly label: string }[] {
    return [...this.#byProvider].map(([id, { label }]) => ({ id, label }));
  }

  get(provider: string): SignInDescriptor | undefined {
    return this.#byProvider.get(normalizeProviderId(provider));
  }
}
