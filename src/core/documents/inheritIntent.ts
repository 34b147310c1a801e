import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { normalizeProviderId } from './providerIds.ts';
import { entryOf, type StoreIntent, withoutEntry } from './storeIntents.ts';

/**
 * Takes an agent's own copy of a login out of its store, so that the agent sees that of main's store under
 * the same id. Its orders and usage of the profile stay: they are about what it inherits then. Nothing to do
 * where it has no copy; applying throws `profile.changed` where its own is not the login of `inherited`.
 * @param inherited What main's store holds under this id, read under its lock.
 */
export function inheritProfile(profileId: string, inherited: JsonValue | undefined): StoreIntent {
  return {
    summary: `inherit ${profileId}`,
    entry: ['profiles', profileId],
    apply(document, storePath) {
      const own = entryOf(document, 'profiles', profileId);
      if (own === undefined) return document;
      if (!isSameLogin(own, inherited)) {
        throw new KnownError('profile.changed', { profileId, storePath });
      }
      return withoutEntry(document, 'profiles', profileId);
    },
  };
}

/** One refresh token of one provider, so that the one renews the other. */
function isSameLogin(a: JsonValue, b: JsonValue | undefined): boolean {
  const [one, other] = [loginIn(a), loginIn(b)];
  return one !== undefined && one.refresh === other?.refresh && one.provider === other.provider;
}

function loginIn(value: JsonValue | undefined) {
  if (!isJsonObject(value) || value['type'] !== 'oauth') return undefined;
  const { provider, refresh } = value;
  if (typeof provider !== 'string' || typeof refresh !== 'string') return undefined;
  return refresh.trim() === '' ? undefined : { provider: normalizeProviderId(provider), refresh };
}
