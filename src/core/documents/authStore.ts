import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { DEEPEST, isNestedWithin } from './jsonDepth.ts';
import { shownKey } from './shownText.ts';

/** A checked `auth-profiles.json`. Keys are as stored; provider ids are *not* normalized here. */
export interface AuthStore {
  readonly profiles: ReadonlyMap<string, Credential>;
  readonly order: ReadonlyMap<string, readonly string[]>;
  readonly lastGood: ReadonlyMap<string, string>;
  readonly usageStats: ReadonlyMap<string, UsageStats>;
}

/** `raw` is the stored object, unknown fields included. */
export type Credential = OAuthCredential | TokenCredential | ApiKeyCredential;

export interface OAuthCredential {
  readonly type: 'oauth';
  readonly provider: string;
  readonly access?: string;
  readonly refresh?: string;
  /** Milliseconds since the epoch; any finite number that was stored, also 0 and negative. */
  readonly expires?: number;
  readonly accountId?: string;
  readonly email?: string;
  readonly raw: JsonObject;
}

export interface TokenCredential {
  readonly type: 'token';
  readonly provider: string;
  readonly token?: string;
  readonly expires?: number;
  readonly email?: string;
  readonly raw: JsonObject;
}

export interface ApiKeyCredential {
  readonly type: 'api_key';
  readonly provider: string;
  readonly key?: string;
  readonly email?: string;
  readonly raw: JsonObject;
}

/** All times in milliseconds since the epoch. */
export interface UsageStats {
  readonly lastUsed?: number;
  readonly cooldownUntil?: number;
  readonly disabledUntil?: number;
  readonly disabledReason?: string;
  readonly errorCount?: number;
  /** By CoderClaw's words for what failed. */
  readonly failureCounts?: ReadonlyMap<string, number>;
  readonly lastFailureAt?: number;
}

/** The text of a store as JSON; or why nobody may write on top of it. */
export type DocumentParse =
  | { readonly kind: 'whole'; readonly document: JsonObject }
  | { readonly kind: 'torn'; readonly detail: string }
  | { readonly kind: 'unknownVersion'; readonly version: string };

/** What one text of a store means. `document` is the JSON as read, for intents to work on. */
export type StoreParse =
  | {
      readonly kind: 'whole';
      readonly document: JsonObject;
      readonly store: AuthStore;
      /** What CoderClaw would drop or misread, in plain words without secrets. */
      readonly problems: readonly string[];
    }
  | Exclude<DocumentParse, { kind: 'whole' }>;

/**
 * Reads the text of `auth-profiles.json`. Never throws; says nothing of the file's content but ids.
 *
 * - `torn`, `unknownVersion`: see {@link parseStoreDocument}.
 * - `whole`: `store` holds what CoderClaw would see: profiles with an unknown `type` or without a
 *   `provider` are left out, as are blank order entries and empty orders. A field of the wrong type
 *   counts as absent. All of that is named in `problems`, and all of it is still in `document`.
 */
export function parseAuthStore(text: string): StoreParse {
  const parsed = parseStoreDocument(text);
  if (parsed.kind !== 'whole') return parsed;
  const { profiles, order, lastGood, usageStats } = parsed.document;
  const problems = new ProblemList();
  const store: AuthStore = {
    profiles: readProfiles(isJsonObject(profiles) ? profiles : {}, problems),
    order: readOrder(order, problems),
    lastGood: readLastGood(lastGood, problems),
    usageStats: readUsageStats(usageStats, problems),
  };
  return { ...parsed, store, problems: problems.all() };
}

/**
 * Reads the text of `auth-profiles.json` no further than a change to it needs. Never throws; says
 * nothing of the file's content.
 *
 * - `torn`: not one JSON object with an object `profiles` in it. CoderClaw 2026.3.21 takes that for
 *   "no profiles" (and may then import older files or copy the main store over it); we take it for
 *   "not known", and nobody may write on top of it. A byte order mark counts: `JSON.parse`, and so
 *   CoderClaw, refuses it.
 * - `unknownVersion`: `version` is there and is neither 1 nor a string that reads as 1. CoderClaw
 *   computes `Number(version ?? 1)`, so a missing version, `null` and `"1"` are 1 here too.
 */
export function parseStoreDocument(text: string): DocumentParse {
  if (text.trim() === '') return { kind: 'torn', detail: 'the file is empty' };
  if (text.charCodeAt(0) === 0xfeff) {
    return { kind: 'torn', detail: 'the file starts with a byte order mark' };
  }
  let document: JsonValue;
  try {
    document = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's own message quotes the file, so it is not passed on.
    const detail = text.includes('\0')
      ? 'the file has null bytes in it'
      : 'not one whole JSON document';
    return { kind: 'torn', detail };
  }
  if (!isJsonObject(document)) return { kind: 'torn', detail: 'not a JSON object' };
  const version = document['version'] ?? 1;
  if (!readsAsOne(version)) return { kind: 'unknownVersion', version: shownVersion(version) };
  if (!isJsonObject(document['profiles'])) {
    return { kind: 'torn', detail: 'it has no "profiles" object' };
  }
  if (!isNestedWithin(document, DEEPEST)) return { kind: 'torn', detail: 'it is nested too deep' };
  return { kind: 'whole', document };
}

/**
 * What an agent other than the default one sees: the default agent's store under its own, part by
 * part and key by key (an entry of `own` replaces the whole entry of `main`).
 */
export function mergeStores(main: AuthStore, own: AuthStore): AuthStore {
  return {
    profiles: new Map([...main.profiles, ...own.profiles]),
    order: new Map([...main.order, ...own.order]),
    lastGood: new Map([...main.lastGood, ...own.lastGood]),
    usageStats: new Map([...main.usageStats, ...own.usageStats]),
  };
}

/** What is odd about one stored credential, in plain words without its values. */
export function credentialProblems(credential: Credential): readonly string[] {
  const problems: string[] = [];
  const { raw, type } = credential;
  for (const field of TEXT_FIELDS[type]) {
    const value = raw[field];
    if (value !== undefined && typeof value !== 'string') problems.push(`${field} is not a text`);
  }
  if (type === 'api_key') return problems;
  const { expires } = raw;
  if (credential.expires === undefined) {
    if (expires !== undefined) problems.push('expires is not a number');
  } else if (looksLikeSeconds(expires)) {
    problems.push('expires looks like seconds; CoderClaw reads it as milliseconds');
  }
  return problems;
}

/**
 * Whether a stored end was written in seconds: as milliseconds it would be a time between 1970 and 1973, in
 * seconds it is one between 2001 and 5138.
 */
export function looksLikeSeconds(expires: JsonValue | undefined): expires is number {
  return typeof expires === 'number' && expires > 1e9 && expires < 1e11;
}

const TEXT_FIELDS = {
  oauth: ['access', 'refresh', 'accountId', 'email'],
  token: ['token', 'email'],
  api_key: ['key', 'email'],
} as const;

const STATS_NUMBERS = [
  'lastUsed',
  'cooldownUntil',
  'disabledUntil',
  'errorCount',
  'lastFailureAt',
] as const;

/** Gathers problems; after the first hundred it only counts. */
class ProblemList {
  readonly #first: string[] = [];
  #more = 0;

  add(problem: string): void {
    if (this.#first.length < 100) this.#first.push(problem);
    else this.#more += 1;
  }

  all(): readonly string[] {
    return this.#more === 0 ? this.#first : [...this.#first, `and ${this.#more} more`];
  }
}

function readProfiles(profiles: JsonObject, problems: ProblemList): Map<string, Credential> {
  const read = new Map<string, Credential>();
  for (const id of Object.keys(profiles)) {
    const credential = readCredential(profiles[id]);
    if (typeof credential === 'string') {
      problems.add(`profile ${shownKey(id)}: ${credential}; CoderClaw drops it`);
      continue;
    }
    read.set(id, credential);
    for (const problem of credentialProblems(credential)) {
      problems.add(`profile ${shownKey(id)}: ${problem}`);
    }
  }
  return read;
}

/**
 * An entry of `profiles` as {@link parseAuthStore} reads it: the credential, or in plain words why there
 * is none.
 */
export function readCredential(raw: JsonValue | undefined): Credential | string {
  if (!isJsonObject(raw)) return 'not an object';
  // Fields are set one by one: this runs for every profile.
  const { provider, type, email } = raw;
  if (type !== 'oauth' && type !== 'token' && type !== 'api_key') return 'unknown type';
  if (typeof provider !== 'string' || provider === '') return 'no provider';
  switch (type) {
    case 'oauth': {
      const oauth: Draft<OAuthCredential> = { type, provider, raw };
      const { access, refresh, expires, accountId } = raw;
      if (typeof access === 'string') oauth.access = access;
      if (typeof refresh === 'string') oauth.refresh = refresh;
      if (isFiniteNumber(expires)) oauth.expires = expires;
      if (typeof accountId === 'string') oauth.accountId = accountId;
      if (typeof email === 'string') oauth.email = email;
      return oauth;
    }
    case 'token': {
      const token: Draft<TokenCredential> = { type, provider, raw };
      const { token: secret, expires } = raw;
      if (typeof secret === 'string') token.token = secret;
      if (isFiniteNumber(expires)) token.expires = expires;
      if (typeof email === 'string') token.email = email;
      return token;
    }
    case 'api_key': {
      const apiKey: Draft<ApiKeyCredential> = { type, provider, raw };
      const { key } = raw;
      if (typeof key === 'string') apiKey.key = key;
      if (typeof email === 'string') apiKey.email = email;
      return apiKey;
    }
  }
}

/** Entries are trimmed, blank ones dropped, and a list of which nothing is left is no list. */
function readOrder(order: JsonValue | undefined, problems: ProblemList): Map<string, string[]> {
  const read = new Map<string, string[]>();
  for (const [provider, list] of entriesOf(order, 'order', problems)) {
    if (!Array.isArray(list)) {
      problems.add(`order of ${shownKey(provider)}: not a list; CoderClaw drops it`);
      continue;
    }
    const ids: string[] = [];
    for (const entry of list as readonly JsonValue[]) {
      const id = typeof entry === 'string' ? entry.trim() : '';
      if (id !== '') ids.push(id);
    }
    if (ids.length < list.length) {
      problems.add(`order of ${shownKey(provider)}: entries that name no profile`);
    }
    if (ids.length > 0) read.set(provider, ids);
  }
  return read;
}

function readLastGood(lastGood: JsonValue | undefined, problems: ProblemList): Map<string, string> {
  const read = new Map<string, string>();
  for (const [provider, id] of entriesOf(lastGood, 'lastGood', problems)) {
    if (typeof id === 'string') read.set(provider, id);
    else problems.add(`lastGood of ${shownKey(provider)}: not a text`);
  }
  return read;
}

function readUsageStats(
  usageStats: JsonValue | undefined,
  problems: ProblemList,
): Map<string, UsageStats> {
  const read = new Map<string, UsageStats>();
  for (const [id, raw] of entriesOf(usageStats, 'usageStats', problems)) {
    if (!isJsonObject(raw)) {
      problems.add(`usageStats of ${shownKey(id)}: not an object`);
      continue;
    }
    const stats: Draft<UsageStats> = {};
    for (const field of STATS_NUMBERS) {
      const value = raw[field];
      if (isFiniteNumber(value)) stats[field] = value;
      else if (value !== undefined)
        problems.add(`usageStats of ${shownKey(id)}: ${field} is not a number`);
    }
    const { disabledReason, failureCounts } = raw;
    if (typeof disabledReason === 'string') stats.disabledReason = disabledReason;
    else if (disabledReason !== undefined) {
      problems.add(`usageStats of ${shownKey(id)}: disabledReason is not a text`);
    }
    if (isJsonObject(failureCounts)) {
      stats.failureCounts = new Map(
        Object.entries(failureCounts).filter((entry): entry is [string, number] =>
          isFiniteNumber(entry[1]),
        ),
      );
    } else if (failureCounts !== undefined) {
      problems.add(`usageStats of ${shownKey(id)}: failureCounts is not an object`);
    }
    read.set(id, stats);
  }
  return read;
}

function entriesOf(
  part: JsonValue | undefined,
  name: string,
  problems: ProblemList,
): [string, JsonValue][] {
  if (part === undefined) return [];
  if (isJsonObject(part)) return Object.entries(part);
  problems.add(`${name} is not an object`);
  return [];
}

function readsAsOne(version: JsonValue): boolean {
  return (typeof version === 'number' || typeof version === 'string') && Number(version) === 1;
}

function shownVersion(version: JsonValue): string {
  if (typeof version === 'number' || typeof version === 'boolean') return String(version);
  if (typeof version === 'string') return JSON.stringify(shownKey(version, 24));
  return Array.isArray(version) ? 'a list' : 'an object';
}

function isFiniteNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
