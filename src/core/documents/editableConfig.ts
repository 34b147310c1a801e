import type { ArrayNode, ObjectNode, StringNode, ValueNode } from '@humanwhocodes/momoa';
import { KnownError } from '../errors.ts';
import { EditableJson5, memberOf } from './editableJson5.ts';
import { hasEnvironmentReference } from './environmentReferences.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { keyOf } from './json5.ts';

/** One entry of a list of ids, and how it stands in the file. */
export interface ListItem {
  readonly id: string | undefined;
  readonly raw: string;
}

/**
 * The text of a config, with the ways in which it is changed: what is not named stays as it is, and what
 * may come from an `$include` or the environment is refused (`config.notEditable`).
 */
export class EditableConfig {
  readonly edit: EditableJson5;
  readonly #path: string;

  constructor(text: string, path: string) {
    this.#path = path;
    this.edit = new EditableJson5(text, path);
  }

  get written(): string {
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
    return this.list(['auth', 'order'], key);
  }

  /**
   * The list under a key of an object; undefined if there is none in this file.
   * @throws {KnownError} `config.invalid` where something else stands in its place,
   * `config.notEditable` where it may come from elsewhere.
   */
  list(keys: readonly string[], key: string): ArrayNode | undefined {
    const holder = this.find(keys);
    const value = holder && memberOf(holder, key)?.value;
    if (value === undefined || value.type === 'Array') return value;
    const path = [...keys, key].join('.');
    if (value.type === 'Object' && memberOf(value, '$include')) this.#refuse(path);
    return this.#wrongType(value, path, 'a list');
  }

  /**
   * The objects of a list, in their sequence.
   * @throws {KnownError} as {@link list}; `config.notEditable` too where one of them comes from elsewhere.
   */
  objectsOf(list: ArrayNode, path: string): readonly ObjectNode[] {
    return list.elements.map(({ value }) => {
      const object = this.#object(value, path);
      if (memberOf(object, '$include')) this.#refuse(path);
      return object;
    });
  }

  /**
   * A text under a key of an object; undefined for none.
   * @throws {KnownError} `config.notEditable` where it comes from the environment: it could be any.
   */
  text(object: ObjectNode, key: string, path: string): string | undefined {
    const value = memberOf(object, key)?.value;
    if (value === undefined || !isText(value)) return undefined;
    this.#refuseReference(value, path);
    return value.value;
  }

  /** Sets a member of an object that was found. */
  setMember(object: ObjectNode, key: string, value: JsonValue, path: string): void {
    const member = memberOf(object, key);
    if (member === undefined) {
      this.edit.addMember(object, key, value);
      return;
    }
    if (isText(member.value) && member.value.value === value) return;
    this.#refuseReference(member.value, path);
    this.edit.replace(member.value, value);
  }

  /** Removes the entries of a list that match; the list too if nothing is left in it. */
  removeItems(keys: readonly string[], key: string, matches: (value: ValueNode) => boolean): void {
    while (this.removeItem(keys, key, matches)) {
      // The nodes are new ones each time.
    }
  }

  /**
   * Removes the first entry of a list that matches; the list too if nothing is left in it.
   * @returns whether there was one.
   */
  removeItem(
    keys: readonly string[],
    key: string,
    matches: (value: ValueNode) => boolean,
  ): boolean {
    const list = this.list(keys, key);
    const item = list?.elements.find(({ value }) => matches(value));
    if (list === undefined || item === undefined) return false;
    if (list.elements.length === 1) this.removeIn(keys, (name) => name === key);
    else this.edit.remove(list, item);
    return true;
  }

  /**
   * Refuses where the list under a key may have more entries than stand in this text.
   * @throws {KnownError} `config.notEditable`
   */
  refuseHidden(keys: readonly string[], key: string): void {
    const path = [...keys, key].join('.');
    for (let depth = 0; depth <= keys.length; depth += 1) {
      const object = this.find(keys.slice(0, depth));
      if (object !== undefined && memberOf(object, '$include')) this.#refuse(path);
    }
    const list = this.list(keys, key);
    if (list !== undefined) this.objectsOf(list, path);
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
    const rawOf = new Map(this.itemsOf(list).map(({ id, raw }) => [id, raw]));
    this.setItems(
      find,
      ids.map((id) => rawOf.get(id) ?? JSON.stringify(id)),
    );
  }

  /**
   * The entries of a list of ids as they stand in the file; without an `id` for what is no text.
   * @throws {KnownError} `config.notEditable` where one comes from the environment: it could be any.
   */
  itemsOf(list: ArrayNode): readonly ListItem[] {
    return list.elements.map(({ value }) => {
      const raw = this.edit.rawOf(value);
      if (!isText(value)) return { id: undefined, raw };
      if (hasEnvironmentReference(value.value)) this.#refuse('auth.order');
      return { id: value.value, raw };
    });
  }

  /** Makes a list hold these entries, each given as it is to stand in the file. Comments stay in place. */
  setItems(find: () => ArrayNode | undefined, raws: readonly string[]): void {
    const list = find();
    if (list === undefined) return;
    this.edit.replaceRaw(
      list.elements.flatMap(({ value }, index) => {
        const raw = raws[index];
        return raw === undefined || raw === this.edit.rawOf(value) ? [] : [{ node: value, raw }];
      }),
    );
    for (let now = find(); now && now.elements.length > raws.length; now = find()) {
      const last = now.elements.at(-1);
      if (last !== undefined) this.edit.remove(now, last);
    }
    for (const raw of raws.slice(list.elements.length)) {
      const now = find();
      if (now !== undefined) this.edit.addItem(now, raw);
    }
  }

  /**
   * Refuses to make what is not in this file, where an `$include` on the way to it may bring it: CoderClaw
   * would put the two together.
   */
  refuseMadeElsewhere(keys: readonly string[]): void {
    for (let depth = 0; depth <= keys.length; depth += 1) {
      const object = this.find(keys.slice(0, depth));
      if (object !== undefined && memberOf(object, '$include')) this.#refuse(keys.join('.'));
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

export function isText(node: ValueNode): node is StringNode {
  return node.type === 'String';
}
