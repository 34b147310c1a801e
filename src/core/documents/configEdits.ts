/**
 * Edits of the text of `coderclaw.json`, which people write by hand. Pure: text in, text out.
 * Comments, quotes, key order and layout of everything that an edit does not name stay as they are.
 * `$include` and `${ENV}` are never followed here, so nothing resolved is ever written; what may
 * come from them cannot be edited (`config.notEditable`). `path` is only for the error's facts.
 */
import type { ArrayNode, ObjectNode, StringNode, ValueNode } from '@humanwhocodes/momoa';
import { KnownError } from '../errors.ts';
import { EditableJson5, memberOf } from './editableJson5.ts';
import { hasEnvironmentReference } from './environmentReferences.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { keyOf } from './json5.ts';
import { normalizeProviderId } from './providerIds.ts';

export interface NewConfigProfile {
  readonly profileId: string;
  readonly provider: string;
  readonly mode: 'api_key' | 'oauth' | 'token';
  readonly email?: string;
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
  const config = new ConfigText(text, path);
  config.setIn(['auth', 'profiles'], profileId, entry);
  const list = config.orderList(provider);
  if (list === undefined) return config.text;
  const at = valuesOf(list).lastIndexOf(profileId);
  const isInPlace = place === 'kept' ? at >= 0 : at === 0;
  if (isInPlace) return config.text;
  config.removeFromList(() => config.orderList(provider), profileId);
  const rest = config.orderList(provider);
  if (rest !== undefined) config.edit.addFirstItem(rest, JSON.stringify(profileId));
  return config.text;
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
  const config = new ConfigText(text, path);
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
  const listed = new ConfigText(text, path).find(['auth', 'profiles']);
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
  const config = new ConfigText(text, path);
  config.removeIn(['auth', 'profiles'], (key) => key === profileId);
  const orders = config.find(['auth', 'order']);
  const count = orders?.members.length ?? 0;
  for (let index = 0; index < count; index += 1) {
    config.removeFromList(() => {
      const list = config.find(['auth', 'order'])?.members[index]?.value;
      return list?.type === 'Array' ? list : undefined;
    }, profileId);
  }
  return config.text === text ? undefined : config.text;
}

/**
 * Sets `auth.order[provider]`, or removes it (`ids` undefined). A list that stands there under
 * another spelling of the provider is the one that is changed. Comments in a list stay in place.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function setOrder(
  text: string | undefined,
  provider: string,
  ids: readonly string[] | undefined,
  path: string = DEFAULT_PATH,
): string {
  if (text === undefined) {
    const order =
      ids === undefined ? {} : { auth: { order: Object.fromEntries([[provider, ids]]) } };
    return `${JSON.stringify(order, null, 2)}\n`;
  }
  const config = new ConfigText(text, path);
  const same = (key: string): boolean => normalizeProviderId(key) === normalizeProviderId(provider);
  if (ids === undefined) {
    config.removeIn(['auth', 'order'], same);
    return config.text;
  }
  const keys = config.find(['auth', 'order'])?.members.map(({ name }) => keyOf(name)) ?? [];
  const key = keys.includes(provider) ? provider : (keys.find(same) ?? provider);
  const list = config.orderList(key);
  if (list === undefined) config.setIn(['auth', 'order'], key, ids);
  else config.setList(() => config.orderList(key), ids);
  return config.text;
}

/** The text of a config, with the ways in which its auth part is changed. */
class ConfigText {
  readonly edit: EditableJson5;
  readonly #path: string;

  constructor(text: string, path: string) {
    this.#path = path;
    this.edit = new EditableJson5(text, path);
  }

  get text(): string {
    return this.edit.text;
  }

  /**
   * The object under `keys`, or undefined if a step is missing.
   * @throws {KnownError} `config.invalid` where something else stands in its place,
   * `config.notEditable` where `${ENV}` does.
   */
  find(keys: readonly string[]): ObjectNode | undefined {
    let object = this.#object(this.edit.root, '');
    for (const [index, key] of keys.entries()) {
      const member = memberOf(object, key);
      if (member === undefined) return undefined;
      object = this.#object(member.value, keys.slice(0, index + 1).join('.'));
    }
    return object;
  }

  /** The list `auth.order[key]`; undefined if there is none in this file. */
  orderList(key: string): ArrayNode | undefined {
    const orders = this.find(['auth', 'order']);
    const value = orders && memberOf(orders, key)?.value;
    if (value === undefined || value.type === 'Array') return value;
    if (value.type === 'Object' && memberOf(value, '$include')) this.#refuse(`auth.order.${key}`);
    return this.#wrongType(value, `auth.order.${key}`, 'a list');
  }

  /** Sets a member of the object under `keys`, making the objects on the way. */
  setIn(keys: readonly string[], key: string, value: JsonValue): void {
    this.#refuseIncluded(keys);
    for (let depth = 1; depth <= keys.length; depth += 1) {
      if (this.find(keys.slice(0, depth)) !== undefined) continue;
      // The rest of the way in one piece, the new member in it.
      const rest = [...keys.slice(depth), key].reduceRight<JsonValue>(
        (inner, name) => Object.fromEntries([[name, inner]]),
        value,
      );
      const parent = this.find(keys.slice(0, depth - 1));
      const name = keys[depth - 1];
      if (parent !== undefined && name !== undefined) this.edit.addMember(parent, name, rest);
      return;
    }
    const object = this.find(keys);
    if (object === undefined) return;
    const member = memberOf(object, key);
    if (member === undefined) this.edit.addMember(object, key, value);
    else this.#setValue([...keys, key], member.value, value);
  }

  /** Removes the members that `matches` names from the object under `keys`. */
  removeIn(keys: readonly string[], matches: (key: string) => boolean): void {
    this.#refuseIncluded(keys);
    for (;;) {
      const object = this.find(keys);
      const member = object?.members.find(({ name }) => matches(keyOf(name)));
      if (object === undefined || member === undefined) return;
      this.edit.remove(object, member);
    }
  }

  /** Removes every entry `id` from a list. */
  removeFromList(find: () => ArrayNode | undefined, id: string): void {
    for (;;) {
      const list = find();
      const item = list?.elements.find(({ value }) => isText(value) && value.value === id);
      if (list === undefined || item === undefined) return;
      this.edit.remove(list, item);
    }
  }

  /** Makes a list hold `ids`, entry by entry, each as it stood where it stood in the list before. */
  setList(find: () => ArrayNode | undefined, ids: readonly string[]): void {
    const list = find();
    if (list === undefined) return;
    const rawOf = new Map<string, string>();
    for (const { value } of list.elements) {
      if (!isText(value)) continue;
      if (hasEnvironmentReference(value.value)) this.#refuse('auth.order');
      rawOf.set(value.value, this.edit.rawOf(value));
    }
    const raw = (id: string): string => rawOf.get(id) ?? JSON.stringify(id);
    this.edit.replaceRaw(
      list.elements.flatMap(({ value }, index) => {
        const id = ids[index];
        if (id === undefined || (isText(value) && value.value === id)) return [];
        return [{ node: value, raw: raw(id) }];
      }),
    );
    for (let now = find(); now && now.elements.length > ids.length; now = find()) {
      const last = now.elements.at(-1);
      if (last !== undefined) this.edit.remove(now, last);
    }
    for (const id of ids.slice(list.elements.length)) {
      const now = find();
      if (now !== undefined) this.edit.addItem(now, raw(id));
    }
  }

  /** An object keeps its members that stay equal, and the comments in it; the rest is replaced. */
  #setValue(keys: readonly string[], node: ValueNode, value: JsonValue): void {
    const object = value as JsonObject;
    if (node.type !== 'Object' || Array.isArray(value) || typeof value !== 'object') {
      this.#refuseReference(node, keys.join('.'));
      this.edit.replace(node, value);
      return;
    }
    if (memberOf(node, '$include')) this.#refuse(keys.join('.'));
    for (const { name, value: old } of node.members) {
      if (object[keyOf(name)] !== (isText(old) ? old.value : undefined)) {
        this.#refuseReference(old, [...keys, keyOf(name)].join('.'));
      }
    }
    this.removeIn(keys, (key) => !Object.hasOwn(object, key));
    for (const [key, item] of Object.entries(object)) {
      const holder = this.find(keys);
      const member = holder && memberOf(holder, key);
      if (holder === undefined) return;
      if (member === undefined) this.edit.addMember(holder, key, item);
      else if (!isText(member.value) || member.value.value !== item) {
        this.edit.replace(member.value, item);
      }
    }
  }

  /** Refuses where a part of the way, or what would be beside it, may come from an `$include`. */
  #refuseIncluded(keys: readonly string[]): void {
    for (let depth = 0; depth <= keys.length; depth += 1) {
      const object = this.find(keys.slice(0, depth));
      if (object === undefined) return;
      if (memberOf(object, '$include') === undefined) continue;
      const next = keys[depth];
      if (next === undefined || memberOf(object, next) === undefined) this.#refuse(keys.join('.'));
    }
  }

  #object(node: ValueNode, key: string): ObjectNode {
    return node.type === 'Object' ? node : this.#wrongType(node, key, 'an object');
  }

  #wrongType(node: ValueNode, key: string, wanted: string): never {
    this.#refuseReference(node, key);
    return this.edit.refuse(node, `${key === '' ? 'the config' : key} is not ${wanted}`);
  }

  #refuseReference(node: ValueNode, key: string): void {
    if (isText(node) && hasEnvironmentReference(node.value)) this.#refuse(key);
  }

  #refuse(key: string): never {
    throw new KnownError('config.notEditable', { path: this.#path, key });
  }
}

function isText(node: ValueNode): node is StringNode {
  return node.type === 'String';
}

function valuesOf(list: ArrayNode): readonly (string | undefined)[] {
  return list.elements.map(({ value }) => (isText(value) ? value.value : undefined));
}
