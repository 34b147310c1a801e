import { tokenHash } from '../model/loginFingerprint.ts';
import { isBlank, usableEnd } from '../model/order.ts';
import type { AuthStore, Credential } from './authStore.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { DEEPEST, isNestedWithin } from './jsonDepth.ts';
import { normalizeProviderId } from './providerIds.ts';

/**
 * The runtime cache, `auth.json` beside a store: a record of provider to credential that CoderClaw
 * 2026.3.21 fills from the store for another program, which refreshes from it too. All of this is
 * pure; keys and entries that nobody knows stay.
 */

/** What a refresh brought; `expires` in milliseconds since the epoch. */
export interface MovedLogin {
  readonly access: string;
  readonly refresh: string;
  readonly expires: number;
}

/** The text of a runtime cache; undefined where it is torn, or not an object. Never throws. */
export function parseRuntimeCache(text: string): JsonObject | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isJsonObject(document) && isNestedWithin(document, DEEPEST) ? document : undefined;
  } catch {
    // The parser's message quotes the file.
    return undefined;
  }
}

/**
 * What CoderClaw would write for each provider (normalized id): the first stored profile that can be
 * used as it stands. A token goes in as an API key, an expired one not at all; a sign-in needs both
 * its tokens and an end, which may have passed.
 *
 * @param store as the agent sees it: main's profiles with its own on top.
 * @param now milliseconds since the epoch.
 */
export function runtimeCacheEntries(
  store: AuthStore,
  now: number,
): ReadonlyMap<string, JsonObject> {
  const entries = new Map<string, JsonObject>();
  for (const credential of store.profiles.values()) {
    const provider = normalizeProviderId(credential.provider);
    if (provider === '' || entries.has(provider)) continue;
    const entry = entryOf(credential, now);
    if (entry !== undefined) entries.set(provider, entry);
  }
  return entries;
}

/**
 * After a refresh: every sign-in that holds the old refresh token gets the new tokens.
 *
 * @param from `tokenHash` of the old refresh token.
 */
export function movedOn(cache: JsonObject, from: string, login: MovedLogin): JsonObject {
  const { access, refresh, expires } = login;
  return mapEntries(cache, (_provider, entry) => {
    const isOld =
      entry['type'] === 'oauth' &&
      typeof entry['refresh'] === 'string' &&
      tokenHash(entry['refresh']) === from;
    return isOld ? { ...entry, access, refresh, expires } : entry;
  });
}

/**
 * After a profile was replaced or removed: an entry that holds a secret of what it was becomes what
 * CoderClaw would write for that provider now, and goes where that is nothing. It is replaced as a
 * whole, as CoderClaw does: the fields of one login say nothing of another. Any other entry may be
 * newer than the store, and stays.
 *
 * @param was The stored entry before the change; undefined where there was none.
 * @param store As the agent sees it now: main's profiles with its own on top.
 */
export function inStep(
  cache: JsonObject,
  was: JsonValue | undefined,
  store: AuthStore,
  now: number,
): JsonObject {
  const secrets = new Set(secretsOf(was));
  if (secrets.size === 0) return cache;
  const wanted = runtimeCacheEntries(store, now);
  return mapEntries(cache, (provider, entry) =>
    secretsOf(entry).some((secret) => secrets.has(secret))
      ? wanted.get(normalizeProviderId(provider))
      : entry,
  );
}

/** Whether any entry holds a secret of a credential. */
export function holdsSecretOf(cache: JsonObject, credential: JsonValue | undefined): boolean {
  const secrets = new Set(secretsOf(credential));
  return Object.values(cache).some((entry) => secretsOf(entry).some((one) => secrets.has(one)));
}

/** The fields of a credential that let somebody in, in the store and in the cache alike. */
const SECRET_FIELDS = ['access', 'refresh', 'token', 'key'] as const;

/** Trimmed, as CoderClaw copies them. */
function secretsOf(credential: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(credential)) return [];
  return SECRET_FIELDS.flatMap((field) => {
    const secret = credential[field];
    return typeof secret === 'string' && !isBlank(secret) ? [secret.trim()] : [];
  });
}

function entryOf(credential: Credential, now: number): JsonObject | undefined {
  switch (credential.type) {
    case 'api_key':
      return apiKey(credential.key);
    case 'token': {
      const end = usableEnd(credential.expires);
      return end !== undefined && end <= now ? undefined : apiKey(credential.token);
    }
    case 'oauth': {
      const access = credential.access?.trim() ?? '';
      const refresh = credential.refresh?.trim() ?? '';
      const expires = usableEnd(credential.expires);
      if (access === '' || refresh === '' || expires === undefined) return undefined;
      return { type: 'oauth', access, refresh, expires };
    }
  }
}

function apiKey(secret: string | undefined): JsonObject | undefined {
  const key = secret?.trim() ?? '';
  return key === '' ? undefined : { type: 'api_key', key };
}

/** Entries that are no objects stay; those for which `map` gives nothing go. */
function mapEntries(
  cache: JsonObject,
  map: (provider: string, entry: JsonObject) => JsonObject | undefined,
): JsonObject {
  const entries = Object.entries(cache).flatMap(([provider, entry]): [string, JsonValue][] => {
    const mapped = isJsonObject(entry) ? map(provider, entry) : entry;
    return mapped === undefined ? [] : [[provider, mapped]];
  });
  return Object.fromEntries(entries);
}
