import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';
import { entryHash } from './entryHash.ts';
import type { Journal, JournalDraft, JournalSlot } from './journal/journal.ts';
import { dropIfPossible, openIfPossible } from './journal/noted.ts';
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
 * Commits a change of a store's own order. The journal is told before it happens, so that a careless
 * program cannot undo it once we are gone.
 *
 * @param intent Its `entry` is in `order`.
 * @throws {KnownError} as `Vault.commitStore`: nothing changed.
 */
export async function commitOrder(
  { vault, clock, log, journal }: OrderParts,
  { stateDir, storePath }: { readonly stateDir: string; readonly storePath: string },
  intent: StoreIntent,
  options: CommitOptions = {},
): Promise<void> {
  if (journal === undefined) {
    await vault.commitStore(storePath, intent, options);
    return;
  }
  const about = { what: intent.summary, log };
  const store = await readKnownStore(storePath, clock);
  const document = store.kind === 'whole' ? store.document : {};
  const expected = draftOf(storePath, intent, document, intent.apply(document, storePath));
  const slot = expected && (await openIfPossible(journal, stateDir, expected, about));
  let done: OrderDraft | undefined;
  let late: JournalSlot | undefined;
  const noting: StoreIntent = {
    summary: intent.summary,
    ...(intent.action && { action: intent.action }),
    get entry() {
      return intent.entry;
    },
    apply(before, path) {
      const after = intent.apply(before, path);
      done = draftOf(storePath, intent, before, after);
      return after;
    },
  };
  try {
    await vault.commitStore(storePath, noting, {
      ...options,
      made: async () => {
        const isNoted = slot !== undefined && isDeepStrictEqual(done, expected);
        // Else somebody changed it before we had the lock, or there was no room to note it.
        if (!isNoted && done !== undefined) {
          late = await openIfPossible(journal, stateDir, done, about);
        }
        await (isNoted ? slot : late)?.made();
      },
    });
  } catch (error) {
    if (slot !== undefined) await dropIfPossible(slot, log);
    throw error;
  }
  if (slot !== undefined && !isDeepStrictEqual(done, expected)) await dropIfPossible(slot, log);
}

/** What an intent, already applied, promises; undefined where it changes nothing. */
function draftOf(
  storePath: string,
  { entry: [part, provider] }: StoreIntent,
  before: JsonObject,
  after: JsonObject,
): OrderDraft | undefined {
  const [was, is] = [entryOf(before, part, provider), entryOf(after, part, provider)];
  if (isDeepStrictEqual(was, is)) return undefined;
  const list = is === undefined ? null : is;
  // What else may stand in such a list means nothing to CoderClaw, and is no business of the journal.
  if (list !== null && !isListOfTexts(list)) return undefined;
  const seen = was === undefined ? null : entryHash(was);
  const profileId = list?.[0] ?? '';
  return { kind: 'order', storePath, provider, profileId, list: list && [...list], seen };
}

function isListOfTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
