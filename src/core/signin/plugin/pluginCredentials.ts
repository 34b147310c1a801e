import type { OAuthCredentials } from '../../../api.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { isNestedWithin } from '../../documents/jsonDepth.ts';
import { shownKey } from '../../documents/shownText.ts';
import { type BadCredentials, KnownError } from '../../errors.ts';
import type { AddedProvider } from '../addedSignIns.ts';
import type { Identity, SignedIn } from '../descriptor.ts';
import { identityOfStored, TOLD_IDENTITY } from '../identity.ts';
import type { RenewedTokens } from '../refreshGrant.ts';
import { refreshTokenOf, UNTOLD_LIFETIME_MS } from '../renewal.ts';

/** Nobody's login is larger than so many characters of JSON. */
const LARGEST = 256 * 1024;
const DEEPEST = 20;
/** In milliseconds, March 1973; in seconds, the year 5138. Nothing that ends is on the wrong side. */
const EARLIEST_MS = 100_000_000_000;
/** The end of 9999. Microseconds of today lie beyond it. */
const LATEST_MS = 253_402_300_799_999;
/** From the last moment that a `Date` can be, a number is none: `Number.MAX_SAFE_INTEGER` says never. */
const NEVER = 8_640_000_000_000_000;
const LONGEST_LABEL = 320;

/** What is ours to say in a stored credential, and what no object may be given. */
const RESERVED: ReadonlySet<string> = new Set(['type', 'provider', TOLD_IDENTITY, '__proto__']);

/**
 * What a login of a provider of another extension ended with, as it is stored.
 * @param answer As it came: anything at all.
 * @throws {KnownError} `plugin.badCredentials`, naming the field; no value is in it.
 */
export function signedInWith(added: AddedProvider, answer: unknown): SignedIn {
  const fields = jsonFields(added, answer);
  const { access, refresh } = fields;
  if (!isText(access)) throw bad(added, 'access', 'malformed');
  if (!isText(refresh)) throw bad(added, 'refresh', 'malformed');
  if (typeof fields['expires'] !== 'number') throw bad(added, 'expires', 'malformed');
  const expires = endOf(fields['expires']);
  if (expires === undefined) throw bad(added, 'expires', 'notMilliseconds');
  const known = identityIn(added, fields);
  return {
    credential: { type: 'oauth', provider: added.id, ...fields, expires, ...beside(fields, known) },
    identity: { provider: added.id, ...known },
  };
}

/**
 * What its provider wrote into a stored credential, and nothing else. A copy, free to be changed, as pi
 * hands credentials over.
 */
export function writtenIn(credential: JsonObject): JsonObject {
  const { type: _type, provider: _provider, [TOLD_IDENTITY]: told, ...fields } = credential;
  const ours = isJsonObject(told) ? told : {};
  const written = Object.entries(fields).filter(([key, value]) => ours[key] !== value);
  return structuredClone(Object.fromEntries(written));
}

/**
 * What a refresh brought. The old token may be spent, so that only what is wrong with the tokens
 * themselves is a reason not to take them: a missing `refresh` means that the old one stays good (RFC
 * 6749 6), an end that is none becomes an hour, and what is no JSON is left out.
 * @param credential As it is stored.
 * @throws {KnownError} `plugin.badCredentials`
 */
export function renewedWith(
  added: AddedProvider,
  answer: unknown,
  credential: JsonObject,
  now: number,
): RenewedTokens {
  const fields = jsonFields(added, answer, true);
  const { access, refresh = null, expires } = fields;
  if (!isText(access)) throw bad(added, 'access', 'malformed');
  if (refresh !== null && typeof refresh !== 'string') throw bad(added, 'refresh', 'malformed');
  const accountId = renewedAccount(added, credential, fields);
  return {
    fields: {
      ...fields,
      access,
      refresh: isText(refresh) ? refresh : refreshTokenOf(credential),
      expires: endOf(expires) ?? now + UNTOLD_LIFETIME_MS,
    },
    identity: { provider: added.id, ...(accountId && { accountId }) },
  };
}

/** Every text in it, at any depth: what must not stand in a message. */
export function textsIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * A copy of what is JSON in an object of foreign code: what JSON leaves out (undefined, functions) is
 * left out.
 * @param salvages Leaves out too what cannot be written, where that would be an error.
 */
function jsonFields(added: AddedProvider, answer: unknown, salvages = false): JsonObject {
  if (typeof answer !== 'object' || answer === null) throw bad(added, 'access', 'malformed');
  const fields: Record<string, JsonValue> = {};
  let size = 0;
  for (const key of keysOf(answer)) {
    if (RESERVED.has(key)) continue;
    const text = jsonOf(answer, key);
    if (text === undefined) continue;
    const isLarge = text !== false && size + text.length > LARGEST;
    const value = text === false || isLarge ? undefined : (JSON.parse(text) as JsonValue);
    if (text === false || isLarge || !isNestedWithin(value, DEEPEST)) {
      if (salvages) continue;
      throw bad(added, key, isLarge ? 'tooLarge' : 'notJson');
    }
    size += text.length;
    if (value !== undefined) fields[key] = value;
  }
  return fields;
}

function keysOf(answer: object): readonly string[] {
  try {
    return Object.keys(answer);
  } catch {
    return [];
  }
}

/** Undefined for what JSON leaves out, false for what cannot be written. Runs getters and `toJSON`. */
function jsonOf(answer: object, key: string): string | undefined | false {
  try {
    return JSON.stringify((answer as Record<string, unknown>)[key]);
  } catch {
    return false;
  }
}

/**
 * Whose it is has to be known again when it is replaced or refreshed, so it is stored: under the names
 * that CoderClaw knows where the provider uses them for nothing else. What is not of the provider is
 * marked, since it gets back what it wrote and no more.
 */
function beside(fields: JsonObject, known: ReturnType<typeof identityIn>): JsonObject {
  const told = Object.fromEntries(
    Object.entries(known).filter(([key, value]) => fields[key] !== value),
  );
  if (Object.keys(told).length === 0) return {};
  const free = Object.entries(told).filter(([key]) => fields[key] === undefined);
  return { ...Object.fromEntries(free), [TOLD_IDENTITY]: told };
}

/**
 * The account after a refresh, in the words of the stored credential if it is the same: what the
 * provider wrote before and what it has written now are asked about by the same function. An e-mail
 * can change while the account stays: here it would end the login.
 */
function renewedAccount(
  added: AddedProvider,
  credential: JsonObject,
  fields: JsonObject,
): string | undefined {
  const before = writtenIn(credential);
  const { accountId } = identityIn(added, { ...before, ...fields });
  const isSame = accountId !== undefined && identityIn(added, before).accountId === accountId;
  return isSame ? (identityOfStored(credential).accountId ?? accountId) : accountId;
}

function identityIn(
  { identity }: AddedProvider,
  fields: JsonObject,
): Pick<Identity, 'accountId' | 'email'> {
  let said = fields;
  try {
    said = (identity?.(structuredClone(fields) as OAuthCredentials) ?? fields) as JsonObject;
    // Nobody waits for one.
    if (said instanceof Promise) said.catch(() => {});
  } catch {
    // A slip of foreign code must not cost the person the tokens; its message may quote them.
  }
  return { ...labelled('accountId', said), ...labelled('email', said) };
}

function labelled<K extends string>(key: K, from: JsonObject): { readonly [L in K]?: string } {
  const { [key]: value } = from;
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '' || text.length > LONGEST_LABEL) return {};
  return { [key]: text } as { readonly [L in K]: string };
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** An end as it is stored; undefined for what is no time in milliseconds. */
function endOf(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'number') return undefined;
  if (value >= NEVER && value <= Number.MAX_SAFE_INTEGER) return LATEST_MS;
  return value >= EARLIEST_MS && value <= LATEST_MS ? value : undefined;
}

function bad({ id: provider, label }: AddedProvider, key: string, why: BadCredentials): KnownError {
  return new KnownError('plugin.badCredentials', { provider, label, field: shownKey(key), why });
}
