import { KnownError } from '../../errors.ts';
import type { Journal, JournalDraft, JournalSlot } from './journal.ts';

/**
 * Opens an entry for something that is done with or without it: then it is only less well looked
 * after. `what` is for the log.
 */
export async function openIfPossible(
  journal: Pick<Journal, 'open'>,
  stateDir: string,
  draft: JournalDraft,
  { what, log }: { readonly what: string; readonly log: (line: string) => void },
): Promise<JournalSlot | undefined> {
  try {
    return await journal.open(stateDir, draft);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    log(`${what}: not noted in the journal: ${error.code}`);
    return undefined;
  }
}

/** Drops an entry; one that stays is settled by the upkeep. */
export async function dropIfPossible(
  slot: JournalSlot,
  log: (line: string) => void,
): Promise<void> {
  try {
    await slot.drop();
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    log(`${slot.path}: not dropped: ${error.code}`);
  }
}
