import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { DEEPEST, isNestedWithin } from './jsonDepth.ts';

/**
 * Which of the two older files: `auth.json` beside the store (provider to credential with a `type`),
 * or `credentials/oauth.json` (provider to the tokens of a sign-in).
 */
export type LegacyKind = 'auth' | 'oauth';

/** One older login, as it would be stored. Holds secrets. */
export interface LegacyLogin {
  readonly profileId: string;
  readonly credential: JsonObject;
}

export type LegacyParse =
  | { readonly kind: 'whole'; readonly logins: readonly LegacyLogin[] }
  /** Torn, or of a shape that nobody wrote: what is in it is not known. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * Reads the text of an older file, as CoderClaw 2026.3.21 does when it imports one: an entry becomes
 * `<provider>:default`, of the provider that it names or else the one that it stands under; in
 * `auth.json` entries without a known `type` are none. Two things are kept that CoderClaw drops:
 * fields that it does not know, and an entry with an empty `provider`. Never throws; `detail` says
 * nothing of the content.
 */
export function parseLegacy(kind: LegacyKind, text: string): LegacyParse {
  if (text.trim() === '') return { kind: 'unknown', detail: 'the file is empty' };
  let document: JsonValue;
  try {
    document = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's own message quotes the file.
    return { kind: 'unknown', detail: 'not one whole JSON document' };
  }
  if (!isJsonObject(document)) return { kind: 'unknown', detail: 'not a JSON object' };
  if (!isNestedWithin(document, DEEPEST - 2)) {
    return { kind: 'unknown', detail: 'it is nested too deep' };
  }
  // With "profiles" in it, it is a store of today under the old name: CoderClaw does not import it.
  if (kind === 'auth' && Object.hasOwn(document, 'profiles')) return { kind: 'whole', logins: [] };
  const logins = Object.entries(document).flatMap(([key, entry]) => {
    const credential = credentialOf(kind, key, entry);
    return credential === undefined ? [] : [{ profileId: `${key}:default`, credential }];
  });
  return { kind: 'whole', logins };
}

/**
 * The store that several older files make together (those of `auth.json` first): of two logins with
 * one id the first stays.
 */
export function storeOfLegacy(logins: readonly LegacyLogin[]): JsonObject {
  const profiles = new Map<string, JsonObject>();
  for (const { profileId, credential } of logins) {
    if (!profiles.has(profileId)) profiles.set(profileId, credential);
  }
  return { version: 1, profiles: Object.fromEntries(profiles) };
}

function isKnownType(type: JsonValue | undefined): type is string {
  return type === 'oauth' || type === 'token' || type === 'api_key';
}

function credentialOf(kind: LegacyKind, key: string, entry: JsonValue): JsonObject | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { type, provider: named, ...fields } = entry;
  const provider = typeof named === 'string' && named.trim() !== '' ? named : key;
  // CoderClaw drops a profile without a provider at its next write.
  if (provider.trim() === '') return undefined;
  if (isKnownType(type)) return { type, provider, ...fields };
  return kind === 'oauth' ? { type: 'oauth', provider, ...fields } : undefined;
}
