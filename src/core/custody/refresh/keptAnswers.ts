import type { Clock } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';
import type { JournalDraft, JournalEntry, JournalSlot } from '../journal/journal.ts';
import { toAnswer } from './refreshAnswer.ts';

/** An answer that could be written nowhere. Holds secrets. */
export interface KeptAnswer {
  /** Its entry in the journal, without the answer. */
  readonly slot: JournalSlot;
  readonly stateDir: string;
  readonly draft: JournalDraft & { readonly kind: 'refresh' };
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  readonly renewed: RenewedTokens;
  /** Brings it to the stores; comes to its end soon. */
  readonly store: () => Promise<void>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Answers that neither the journal nor the stores would take: kept in memory and tried again until one
 * of the two does, the journal first.
 */
export class KeptAnswers {
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #kept = new Map<string, KeptAnswer>();
  readonly #saving = new Map<string, Promise<boolean>>();
  readonly #disposed = new AbortController();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: (line: string) => void }) {
    this.#clock = clock;
    this.#log = log;
  }

  keep(answer: KeptAnswer): void {
    this.#kept.set(answer.slot.path, answer);
    this.#say(answer, 'can be written nowhere, and is kept in memory');
    void this.#retry(answer);
  }

  /** Journal entries, with the answers that belong in them and are not there yet. */
  among(entries: readonly JournalEntry[]): readonly JournalEntry[] {
    if (this.#kept.size === 0) return entries;
    const kept = [...this.#kept.values()].map(
      ({ slot: { id, path }, stateDir, draft, at, renewed }): JournalEntry => {
        const answer = toAnswer(renewed);
        return { id, path, stateDir, draft, at, owner: 'alive', mine: true, isMade: false, answer };
      },
    );
    return [...entries.filter(({ path }) => !this.#kept.has(path)), ...kept];
  }

  /** Ends the waiting, after one last try for each. */
  async dispose(): Promise<void> {
    this.#disposed.abort();
    await Promise.all([...this.#kept.values()].map((answer) => this.#save(answer)));
  }

  async #retry(answer: KeptAnswer): Promise<void> {
    let waitMs = FIRST_RETRY_MS;
    do {
      try {
        await this.#clock.sleep(waitMs, this.#disposed.signal);
      } catch {
        // Disposed.
        return;
      }
      waitMs = Math.min(LONGEST_RETRY_MS, waitMs * 2);
    } while (!(await this.#save(answer)));
  }

  /** One try at a time. @returns whether it is safe now. */
  #save(answer: KeptAnswer): Promise<boolean> {
    const { path } = answer.slot;
    if (!this.#kept.has(path)) return Promise.resolve(true);
    const saving =
      this.#saving.get(path) ?? this.#saveOnce(answer).finally(() => this.#saving.delete(path));
    this.#saving.set(path, saving);
    return saving;
  }

  async #saveOnce(answer: KeptAnswer): Promise<boolean> {
    const { slot, renewed, store } = answer;
    let failure: unknown;
    try {
      await slot.answer(toAnswer(renewed));
      this.#kept.delete(slot.path);
      this.#say(answer, 'is in the journal now');
      return true;
    } catch (error) {
      failure = error;
    }
    try {
      await store();
      this.#kept.delete(slot.path);
      // Without its answer it would count as lost on the way.
      await slot.drop().catch(() => {});
      this.#say(answer, 'is stored now');
      return true;
    } catch {
      const code = failure instanceof KnownError ? failure.code : 'unexpected failure';
      this.#say(answer, `can still be written nowhere: ${code}`);
      return false;
    }
  }

  #say({ draft: { storePath, profileId } }: KeptAnswer, what: string): void {
    this.#log(`${storePath}: ${profileId}: the answer to its refresh ${what}`);
  }
}
