import type { CommandId } from '../../commandIds.ts';
import type { ProfileTarget, Target } from '../target.ts';

/** What a person can act on in the page. */
export type Opening =
  | { readonly kind: 'profile'; readonly target: ProfileTarget }
  | { readonly kind: 'provider'; readonly target: Required<Pick<Target, ProviderPart>> }
  | { readonly kind: 'command'; readonly command: CommandId; readonly target?: Target }
  | { readonly kind: 'usage' }
  | { readonly kind: 'usageSetting' };

type ProviderPart = 'stateDir' | 'agentId' | 'provider';

/**
 * Names what can be opened by ids that mean nothing outside of one panel, so that the page knows no path
 * and can ask for nothing else. The same thing keeps its id while the panel is there, and focus with it.
 */
export class Openings {
  readonly #ids = new Map<string, string>();
  #shown = new Map<string, Opening>();

  /** Forgets what was shown; to be called before a new model is made. */
  begin(): void {
    this.#shown = new Map();
  }

  /** The id of something that the model shows. */
  readonly idOf = (opening: Opening): string => {
    const key = JSON.stringify(opening);
    const id = this.#ids.get(key) ?? `o${this.#ids.size + 1}`;
    this.#ids.set(key, id);
    this.#shown.set(id, opening);
    return id;
  };

  /** What an id of the page means; undefined if it is not shown any more, or never was. */
  find(id: string): Opening | undefined {
    return this.#shown.get(id);
  }
}
