import type { Memento } from 'vscode';

const KEY = 'hiddenFindings';
/** More than anybody hides; the oldest go first. */
const MOST = 500;

/** What the person does not want to see any more, in all windows, until it is brought back. */
export class HiddenFindings {
  readonly #memory: Pick<Memento, 'get' | 'update'>;

  /** @param memory What windows share. */
  constructor(memory: Pick<Memento, 'get' | 'update'>) {
    this.#memory = memory;
  }

  /** @param key `findingKey` */
  has(key: string): boolean {
    return this.#keys().includes(key);
  }

  async hide(key: string): Promise<void> {
    const others = this.#keys().filter((one) => one !== key);
    await this.#memory.update(KEY, [...others, key].slice(-MOST));
  }

  async showAll(): Promise<void> {
    await this.#memory.update(KEY, undefined);
  }

  #keys(): readonly string[] {
    const kept = this.#memory.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  }
}
