import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { clearPause, entryOf, type InheritedStats } from '../documents/storeIntents.ts';
import { type MainStoreParts, mainStoreUnder } from './mainStore.ts';
import type { StorePlace } from './storePlaces.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

export interface PauseParts extends MainStoreParts {
  readonly vault: Pick<Vault, 'commitStore'>;
}

/** Where a pause was ended. */
export interface PauseCleared {
  /** False: there was none, or CoderClaw has used the profile since. */
  readonly changed: boolean;
  /** It was main's, and has ended for main too, and for everybody who has no stats of its own. */
  readonly inMain: boolean;
}

type Place = Pick<StorePlace, 'stateDir' | 'storePath'>;

/**
 * `ProfileService.clearPause`. Where the pause is that the agent sees: an agent other than main sees
 * main's stats of a profile under its own, entry by entry.
 *
 * - It has stats of its own: these.
 * - It has none, and the profile is main's: main's stats, since it is that credential that pauses.
 * - It has none, but a profile of its own of that name: main's pause is not of this credential, and
 *   stays. The agent gets stats of its own, without it.
 *
 * The guard looks after it, but no journal: a pause that comes back once we are gone is no loss.
 */
export async function clearPauseOf(
  parts: PauseParts,
  place: Place,
  profileId: string,
): Promise<PauseCleared> {
  const { storePath } = place;
  const [store, main] = await Promise.all([
    readKnownStore(storePath, parts.clock),
    mainStoreUnder(parts, place),
  ]);
  const own: JsonObject = store.kind === 'whole' ? store.document : {};
  const isOwn = ['usageStats', 'profiles'].some((part) => entryOf(own, part, profileId));
  const inMain = main !== undefined && !isOwn;
  const intent = clearPause(profileId, { inherited: statsIn(main?.document, profileId) });
  if (store.kind === 'absent' && !inMain) return { changed: false, inMain };
  const { changed } = await parts.vault.commitStore(inMain ? main.storePath : storePath, intent);
  return { changed, inMain };
}

/** Main's stats of a profile, for a sign-in of another agent. Takes no lock. */
export async function statsUnder(
  parts: MainStoreParts,
  place: Place,
  profileId: string,
): Promise<InheritedStats> {
  const main = await mainStoreUnder(parts, place);
  return { inherited: statsIn(main?.document, profileId) };
}

function statsIn(document: JsonObject | undefined, profileId: string): JsonValue | undefined {
  const stats = document && entryOf(document, 'usageStats', profileId);
  return isJsonObject(stats ?? null) ? stats : undefined;
}
