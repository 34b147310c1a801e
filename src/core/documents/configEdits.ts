/**
 * Edits of the text of `coderclaw.json`, which people write by hand. Pure: text in, text out.
 * Comments, quotes, key order and layout of everything that an edit does not name stay as they are.
 * `$include` and `${ENV}` are never followed here, so nothing resolved is ever written; what may
 * come from them cannot be edited (`config.notEditable`). `path` is only for the error's facts.
 */
import type { ArrayNode } from '@humanwhocodes/momoa';
import { EditableConfig, isText } from './editableConfig.ts';
import { memberOf } from './editableJson5.ts';
import { hasEnvironmentReference } from './environmentReferences.ts';
import type { JsonObject } from './json.ts';
import { keyOf } from './json5.ts';
import { normalizeProviderId } from './providerIds.ts';

export interface NewConfigProfile {
  readonly profileId: string;
  readonly provider: string;
  readonly mode: 'api_key' | 'oauth' | 'token';
  readonly email?: string;
}

/** Where the models of a login are: an entry of `models.providers`. */
export interface ModelProvider {
  /** Normalized provider id. */
  readonly provider: string;
  /** An absolute URL of https (http only on loopback). */
  readonly baseUrl: string;
  /**
   * What CoderClaw's own sign-in puts beside it. Where the config has an entry, it stays as it is but for
   * the address: an entry without its models makes CoderClaw refuse the whole file.
   */
  readonly whenNew: JsonObject;
}

const DEFAULT_PATH = 'coderclaw.json';

/**
 * Lists a profile in `auth.profiles` (an entry of that id is replaced) and, if `auth.order` has a
 * list under exactly this provider, puts it first there; as CoderClaw does after a login. `text` is
 * undefined where there is no config yet.
 *
 * An order that may come from an `$include` is left alone: the profile is listed all the same.
 *
 * @param place `kept`: in a list that has it, it stays where it is.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function addProfile(
  text: string | undefined,
  profile: NewConfigProfile,
  path: string = DEFAULT_PATH,
  place: 'first' | 'kept' = 'first',
): string {
  const { profileId, provider, mode, email } = profile;
  const entry: JsonObject = { provider, mode, ...(email === undefined ? {} : { email }) };
  if (text === undefined) {
    const document = { auth: { profiles: Object.fromEntries([[profileId, entry]]) } };
    return `${JSON.stringify(document, null, 2)}\n`;
  }
  const config = new EditableConfig(text, path);
  config.setIn(['auth', 'profiles'], profileId, entry);
  const list = config.orderList(provider);
  if (list === undefined) return config.written;
  const at = valuesOf(list).lastIndexOf(profileId);
  const isInPlace = place === 'kept' ? at >= 0 : at === 0;
  if (isInPlace) return config.written;
  config.removeFromList(() => config.orderList(provider), profileId);
  const rest = config.orderList(provider);
  if (rest !== undefined) config.edit.addFirstItem(rest, JSON.stringify(profileId));
  return config.written;
}

/**
 * Whether this text already decides which profiles of a provider are used: by an entry of
 * `auth.profiles` or a key of `auth.order`, in any spelling. Where it does not, CoderClaw uses all
 * that are stored.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function listsProvider(
  text: string | undefined,
  provider: string,
  path: string = DEFAULT_PATH,
): boolean {
  if (text === undefined) return false;
  const config = new EditableConfig(text, path);
  const same = (spelling: string): boolean => normalizeProviderId(spelling) === provider;
  const ordered = config.find(['auth', 'order'])?.members ?? [];
  if (ordered.some(({ name }) => same(keyOf(name)))) return true;
  return (config.find(['auth', 'profiles'])?.members ?? []).some(({ value }) => {
    const named = value.type === 'Object' ? memberOf(value, 'provider')?.value : undefined;
    return named?.type === 'String' && same(named.value);
  });
}

/**
 * Whether `auth.profiles` of this text has an entry for a profile, whatever else is in it; but not one
 * that says another provider or mode, for which CoderClaw would leave the profile out.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function listsProfile(
  text: string | undefined,
  { profileId, provider, mode }: Omit<NewConfigProfile, 'email'>,
  path: string = DEFAULT_PATH,
): boolean {
  if (text === undefined) return false;
  const listed = new EditableConfig(text, path).find(['auth', 'profiles']);
  const entry = listed && memberOf(listed, profileId)?.value;
  if (entry?.type !== 'Object') return entry !== undefined;
  const says = (key: string, isSo: (value: string) => boolean): boolean => {
    const value = memberOf(entry, key)?.value;
    if (value === undefined || !isText(value)) return true;
    return hasEnvironmentReference(value.value) || isSo(value.value);
  };
  return (
    says('provider', (one) => normalizeProviderId(one) === normalizeProviderId(provider)) &&
    // CoderClaw lets `oauth` stand for a token too.
    says('mode', (one) => one === mode || (one === 'oauth' && mode === 'token'))
  );
}

/**
 * Makes `auth.profiles` say of a profile what is stored of it: an entry that names another provider or
 * mode is corrected and keeps the rest; where there is none, it is listed, with its e-mail. The orders
 * stay as they are.
 *
 * @param siblings The stored profiles of its provider: a first entry would hide them, so they are
 * listed along with it, unless something is said of them already.
 * @returns undefined where all that is said already; also where nothing is said of the provider at all,
 * as CoderClaw then uses what is stored.
 * @throws {KnownError} `config.invalid`; `config.notEditable`, also where an `$include` may say it.
 */
export function listAsStored(
  text: string | undefined,
  profile: NewConfigProfile,
  siblings: readonly NewConfigProfile[],
  path: string = DEFAULT_PATH,
): string | undefined {
  if (text === undefined || listsProfile(text, profile, path)) return undefined;
  const isDecided = listsProvider(text, profile.provider, path);
  const config = new EditableConfig(text, path);
  const hasEntry = (id: string): boolean => {
    const listed = config.find(['auth', 'profiles']);
    return listed !== undefined && memberOf(listed, id) !== undefined;
  };
  const list = ({ profileId, provider, mode, email }: NewConfigProfile): void =>
    config.setIn(['auth', 'profiles'], profileId, {
      ...{ provider, mode },
      ...(email !== undefined && { email }),
    });
  if (!hasEntry(profile.profileId)) {
    if (!isDecided) {
      config.refuseMadeElsewhere(['auth', 'profiles']);
      return undefined;
    }
    list(profile);
    return config.written;
  }
  const said = ['auth', 'profiles', profile.profileId];
  config.setIn(said, 'provider', profile.provider);
  config.setIn(said, 'mode', profile.mode);
  const others = siblings.filter(({ profileId }) => !isDecided && !hasEntry(profileId));
  for (const one of others) list(one);
  return config.written;
}

/**
 * Takes a profile out of `auth.profiles` and out of every list of `auth.order`. Objects and lists
 * that it leaves empty stay.
 * @returns undefined where the text does not name the profile: there is nothing to change.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function removeProfile(
  text: string,
  profileId: string,
  path: string = DEFAULT_PATH,
): string | undefined {
  const config = new EditableConfig(text, path);
  config.removeIn(['auth', 'profiles'], (key) => key === profileId);
  const orders = config.find(['auth', 'order']);
  const count = orders?.members.length ?? 0;
  for (let index = 0; index < count; index += 1) {
    config.removeFromList(() => {
      const list = config.find(['auth', 'order'])?.members[index]?.value;
      return list?.type === 'Array' ? list : undefined;
    }, profileId);
  }
  return config.written === text ? undefined : config.written;
}

/**
 * Says in `models.providers` where the models of a provider are. An entry that is there keeps everything
 * but its address; `whenNew` is what a new one has besides.
 * @returns undefined where it is said already.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function setModelProvider(
  text: string | undefined,
  { provider, baseUrl, whenNew }: ModelProvider,
  path: string = DEFAULT_PATH,
): string | undefined {
  if (text === undefined) {
    const providers = Object.fromEntries([[provider, { baseUrl, ...whenNew }]]);
    return `${JSON.stringify({ models: { providers } }, null, 2)}\n`;
  }
  const config = new EditableConfig(text, path);
  const entry = config.find(['models', 'providers', provider]);
  if (entry === undefined) config.setIn(['models', 'providers'], provider, { baseUrl, ...whenNew });
  else config.setIn(['models', 'providers', provider], 'baseUrl', baseUrl);
  return config.written === text ? undefined : config.written;
}

function valuesOf(list: ArrayNode): readonly (string | undefined)[] {
  return list.elements.map(({ value }) => (isText(value) ? value.value : undefined));
}
