import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryOf, type StoreIntent, upsertProfile } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { Journal, JournalSlot } from './journal/journal.ts';
import { dropIfPossible, openIfPossible } from './journal/noted.ts';
import type { AgentFiles } from './profileService.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

export interface CopyParts {
  readonly vault: Pick<Vault, 'commitStore'>;
  readonly clock: Clock;
  /** Lines of ids, paths and codes. */
  readonly log: (line: string) => void;
  /** Without one a copy is looked after by this process alone. */
  readonly journal?: Pick<Journal, 'open'>;
}

/**
 * Stores a key or token of one agent under the same id for another of the same state folder. What is
 * copied is decided on the source as it is now, and the copy is looked after like a sign-in: no careless
 * program undoes it. The config need not hear of it, as it lists profiles by their id.
 *
 * A login is never copied: CoderClaw refreshes each copy by itself, and the first to do so leaves the
 * others with a refresh token that is spent. `waysToShare` says what there is in place of it.
 *
 * @throws {KnownError} `profile.gone`, `profile.notCopyable`, `profile.taken`, `store.*`, `lock.*`,
 * `disk.*`: nothing changed.
 */
export async function copyProfile(
  parts: CopyParts,
  from: Pick<AgentFiles, 'storePath'>,
  to: Pick<AgentFiles, 'stateDir' | 'storePath' | 'legacyPaths'>,
  profileId: string,
): Promise<void> {
  const { vault, clock } = parts;
  const source = await readKnownStore(from.storePath, clock);
  const stored =
    source.kind === 'whole' ? entryOf(source.document, 'profiles', profileId) : undefined;
  if (stored === undefined) {
    throw new KnownError('profile.gone', { profileId, storePath: from.storePath });
  }
  if (!isStatic(stored)) {
    throw new KnownError('profile.notCopyable', { profileId, storePath: from.storePath });
  }
  const intent = ifFree(profileId, stored);
  const before = await readKnownStore(to.storePath, clock);
  // What is there already needs no promise, and what is taken gets none.
  const change = intent.apply(before.kind === 'whole' ? before.document : {}, to.storePath);
  if (before.kind === 'whole' && isDeepStrictEqual(change, before.document)) return;
  const slot = await noted(parts, to, profileId, stored);
  try {
    await vault.commitStore(to.storePath, intent, {
      legacyPaths: to.legacyPaths,
      made: async () => {
        await slot?.made();
      },
    });
  } catch (error) {
    if (slot !== undefined) await dropIfPossible(slot, parts.log);
    throw error;
  }
}

/** Neither a login nor anything with a refresh token in it, whatever it calls itself. */
function isStatic(stored: JsonValue): stored is JsonObject {
  if (!isJsonObject(stored) || Object.hasOwn(stored, 'refresh')) return false;
  return stored['type'] === 'api_key' || stored['type'] === 'token';
}

function ifFree(profileId: string, credential: JsonObject): StoreIntent {
  const store = upsertProfile(profileId, credential);
  return {
    ...store,
    summary: `copy ${profileId}`,
    apply(document, storePath) {
      const there = entryOf(document, 'profiles', profileId);
      if (there !== undefined && !isDeepStrictEqual(there, credential)) {
        throw new KnownError('profile.taken', { profileId, storePath });
      }
      return store.apply(document, storePath);
    },
  };
}

/** A promise like that of a sign-in, without a config that would have to list it. */
async function noted(
  { journal, log }: CopyParts,
  { stateDir, storePath }: Pick<AgentFiles, 'stateDir' | 'storePath'>,
  profileId: string,
  credential: JsonObject,
): Promise<JournalSlot | undefined> {
  if (journal === undefined) return undefined;
  const about = { what: `copying ${profileId}`, log };
  const provider = normalizeProviderId(String(credential['provider']));
  const place = { kind: 'store', provider, storePath, profileId } as const;
  const draft = { ...place, seen: null, was: null, agreed: true } as const;
  const slot = await openIfPossible(journal, stateDir, draft, about);
  try {
    await slot?.answer(credential);
    return slot;
  } catch (error) {
    if (slot !== undefined) await dropIfPossible(slot, log);
    if (!(error instanceof KnownError)) throw error;
    log(`${about.what}: not kept in the journal: ${error.code}`);
    return undefined;
  }
}
