import { isJsonObject, type JsonValue } from '../../documents/json.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import type { Journal } from '../journal/journal.ts';
import type { RefreshMemory } from '../refresh/refreshMemory.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';

/** What other parts know that helps to tell a careless write from one on purpose. */
export interface Knowledge {
  /** Whether a refresh token (its `tokenHash`) is known to be spent. */
  readonly isSpent?: (tokenHash: string) => boolean | Promise<boolean>;
  /** Whether a program of ours has removed a profile since (milliseconds since the epoch). */
  readonly removedByUs?: (storePath: string, profileId: string, since: number) => Promise<boolean>;
}

/** What the memory and the journals of all state dirs know. */
export function knowledgeOf(
  journal: Pick<Journal, 'entries'>,
  memory: Pick<RefreshMemory, 'read'>,
  places: () => Promise<readonly StorePlace[]>,
): Required<Knowledge> {
  return {
    isSpent: async (token) => {
      const records = await memory.read(stateDirsOf(await places()));
      return records.get(token)?.kind === 'spent';
    },
    removedByUs: async (storePath, profileId, since) => {
      const entries = await journal.entries(stateDirsOf(await places()));
      return entries.some(({ draft, at }) => {
        if (draft.kind !== 'removal' || at < since) return false;
        return draft.storePath === storePath && draft.profileId === profileId;
      });
    },
  };
}

/** Whether the refresh token in a stored profile is known to be spent. */
export async function holdsSpentToken(
  profile: JsonValue | undefined,
  { isSpent }: Knowledge,
): Promise<boolean> {
  if (isSpent === undefined || !isJsonObject(profile)) return false;
  const { refresh } = profile;
  return typeof refresh === 'string' && refresh !== '' && (await isSpent(tokenHash(refresh)));
}
