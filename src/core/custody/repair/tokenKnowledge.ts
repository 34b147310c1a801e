import { isJsonObject, type JsonValue } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { loginHash } from '../entryHash.ts';
import type { Journal } from '../journal/journal.ts';
import type { RefreshMemory } from '../refresh/refreshMemory.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import { isSure, promisesFor, type StorePromise } from './lineage.ts';
import { StoreNames } from './storeNames.ts';

/** What other parts know that helps to tell a careless write from one on purpose. */
export interface Knowledge {
  /** Whether a refresh token (its `tokenHash`) is known to be spent. */
  readonly isSpent?: (tokenHash: string) => boolean | Promise<boolean>;
  /**
   * Whether a program of ours has removed a profile: this very value, or whatever stood there since
   * (milliseconds since the epoch).
   */
  /**
   * What programs of ours have put into a store (absolute path) and still promise: of each entry the last.
   */
  readonly promised?: (storePath: string) => Promise<readonly StorePromise[]>;
  readonly removedByUs?: (
    storePath: string,
    profileId: string,
    value: JsonValue | undefined,
    since: number,
  ) => Promise<boolean>;
}

/**
 * What the memory and the journals of all state dirs know, as far as they can be read: a commit of a
 * person does not fail for what only helps to look after it. What cannot be read is not known.
 */
export function knowledgeOf(
  journal: Pick<Journal, 'entries'>,
  memory: Pick<RefreshMemory, 'read'>,
  places: () => Promise<readonly StorePlace[]>,
): Required<Knowledge> {
  /** All entries, and the name by which they call a store. */
  const about = async (storePath: string) => {
    const stateDirs = stateDirsOf(await places());
    const read = await asFarAsReadable(stateDirs, (dirs) => journal.entries(dirs));
    const entries = read.flat();
    const paths = entries.map(({ draft }) => draft.storePath);
    const names = await StoreNames.of([...paths, storePath]);
    return { entries: names.renamed(entries), name: names.nameOf(storePath) };
  };
  return {
    isSpent: async (token) => {
      const stateDirs = stateDirsOf(await places());
      const records = await asFarAsReadable(stateDirs, (dirs) => memory.read(dirs));
      return records.some((some) => some.get(token)?.kind === 'spent');
    },
    promised: async (storePath) => {
      const { entries, name } = await about(storePath);
      return promisesFor(name, entries);
    },
    removedByUs: async (storePath, profileId, value, since) => {
      const login = loginHash(value);
      const { entries, name } = await about(storePath);
      const ofProfile = entries.filter(
        ({ draft }) =>
          draft.kind !== 'order' && draft.storePath === name && draft.profileId === profileId,
      );
      // What has been stored since it was noted down came after any removal that did not see it.
      const isNoted = ofProfile.some(
        ({ draft, isMade, answer }) =>
          draft.kind === 'store' && isMade && login !== null && loginHash(answer) === login,
      );
      return ofProfile.some((one) => {
        const { draft, at } = one;
        if (draft.kind !== 'removal') return false;
        const later = ofProfile.filter((one) => one.draft.kind === 'store' && one.at > at);
        // By the login, whatever has been done to clocks; unless it was stored again after that.
        if (login !== null && draft.login !== null && login.startsWith(draft.login)) {
          return !later.some(({ answer }) => loginHash(answer) === login);
        }
        return !isNoted && isSure(one) && later.length === 0 && at >= since;
      });
    },
  };
}

/** All of it in one, or each dir by itself where one of them cannot be read, without that one. */
async function asFarAsReadable<T>(
  stateDirs: readonly string[],
  read: (stateDirs: readonly string[]) => Promise<T>,
): Promise<readonly T[]> {
  try {
    return [await read(stateDirs)];
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
  }
  const results = await Promise.allSettled(stateDirs.map((dir) => read([dir])));
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
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
