import { looksLikeSeconds } from './authStore.ts';
import { isJsonObject } from './json.ts';
import { entryOf, type StoreIntent, withEntry } from './storeIntents.ts';

/**
 * Writes the end of a profile in milliseconds where it still stands there in seconds. Anything else was
 * written since, and stays.
 */
export function expiryInMilliseconds(profileId: string): StoreIntent {
  return {
    summary: `end of ${profileId} in milliseconds`,
    entry: ['profiles', profileId],
    apply(document) {
      const stored = entryOf(document, 'profiles', profileId);
      if (!isJsonObject(stored)) return document;
      const { expires } = stored;
      if (!looksLikeSeconds(expires)) return document;
      const meant = { ...stored, expires: expires * 1000 };
      return withEntry(document, 'profiles', profileId, meant);
    },
  };
}
