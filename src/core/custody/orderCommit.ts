import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import type { StoreIntent } from '../documents/storeIntents.ts';
import { entryHash } from './entryHash.ts';
import type { Journal, JournalDraft, JournalSlot } from './journal/journal.ts';
import { dropIfPossible, openIfPossible } from './journal/noted.ts';
import { changedEntries } from './repair/changedEntries.ts';
import type { CommitOptions } from './storeCommit.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

export interface OrderParts {
  readonly vault: Pick<Vault, 'commitStore'>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Without one an order is looked after by this process alone. */
  readonly journal?: Pick<Journal, 'open'>;
}

type OrderDraft = Extract<JournalDraft, { kind: 'order' }>;

/**
 * Commits a change of a store's own orders. The journal is told before it happens, so that a careless
 * program cannot undo it once we are gone.
 *
 * @param intent It changes nothing but `order`.
 * @returns whether anything had to be changed.
 * @throws {KnownError} as `Vault.commitStore`: nothing changed.
 */
export async function commitOrder(
  { vault, clock, log, journal }: OrderParts,
  { stateDir, storePath }: { readonly stateDir: string; readonly storePath: string },
  intent: StoreIntent,
  options: CommitOptions = {},
): Promise<boolean> {
  if (journal === undefined) return (await vault.commitStore(storePath, intent, options)).changed;
  const open = (draft: OrderDraft) =>
    openIfPossible(journal, stateDir, draft, { what: intent.summary, log });
  const store = await readKnownStore(storePath, clock);
  const document = store.kind === 'whole' ? store.document : {};
  const noted: Noted[] = [];
  for (const draft of draftsOf(storePath, document, intent.apply(document, storePath))) {
    noted.push({ draft, slot: await open(draft) });
  }
  let done: readonly OrderDraft[] = [];
  const noting: StoreIntent = {
    summary: intent.summary,
    ...(intent.action && { action: intent.action }),
    get entry() {
      return intent.entry;
    },
    apply(before, path) {
      const after = intent.apply(before, path);
      done = draftsOf(storePath, before, after);
      return after;
    },
  };
  const slotOf = (draft: OrderDraft): JournalSlot | undefined =>
    noted.find((one) => isDeepStrictEqual(one.draft, draft))?.slot;
  const drop = async (isToGo: (one: Noted) => boolean): Promise<void> => {
    for (const one of noted) {
      if (one.slot !== undefined && isToGo(one)) await dropIfPossible(one.slot, log);
    }
  };
  const made = async (): Promise<void> => {
    for (const draft of done) {
      // Else somebody changed it before we had the lock, or there was no room to note it.
      const slot = slotOf(draft) ?? (await open(draft));
      await slot?.made();
    }
  };
  let changed: boolean;
  try {
    ({ changed } = await vault.commitStore(storePath, noting, { ...options, made }));
  } catch (error) {
    await drop(() => true);
    throw error;
  }
  await drop(({ draft }) => !done.some((one) => isDeepStrictEqual(one, draft)));
  return changed;
}

/** What was noted before it happened; without a slot where there was no room for it. */
interface Noted {
  readonly draft: OrderDraft;
  readonly slot: JournalSlot | undefined;
}

/** What a change promises, list by list. */
function draftsOf(storePath: string, before: JsonObject, after: JsonObject): OrderDraft[] {
  return changedEntries(before, after).flatMap(({ entry: [part, provider], before, after }) => {
    if (part !== 'order') return [];
    const list = after === undefined ? null : after;
    // What else may stand in such a list means nothing to CoderClaw, and is no business of the journal.
    if (list !== null && !isListOfTexts(list)) return [];
    const seen = before === undefined ? null : entryHash(before);
    const profileId = list?.[0] ?? '';
    return [{ kind: 'order', storePath, provider, profileId, list: list && [...list], seen }];
  });
}

function isListOfTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
