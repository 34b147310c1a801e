/**
 * Edits of `auth.order` in the text of `coderclaw.json`: the order for all agents that have none of
 * their own. Pure, and as careful as `configEdits.ts`. Of a provider that is spelled in several ways,
 * the first list is the one that CoderClaw finds, so that is the one that is changed.
 */
import { EditableConfig, isText, type ListItem } from './editableConfig.ts';
import { memberOf } from './editableJson5.ts';
import { keyOf } from './json5.ts';
import { moved, type OrderPlace } from './orderMove.ts';
import { normalizeProviderId } from './providerIds.ts';

const DEFAULT_PATH = 'coderclaw.json';

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
  const config = new EditableConfig(text, path);
  if (ids === undefined) {
    config.removeIn(['auth', 'order'], (key) => isSame(key, provider));
    return config.written;
  }
  const key = keyInForce(config, provider);
  if (key === undefined || config.orderList(key) === undefined) makeOrder(config, provider, ids);
  else config.setList(() => config.orderList(key), ids);
  return config.written;
}

/**
 * Moves a profile in `auth.order[provider]`, and leaves the rest of the list as it stands
 * (`orderMove.ts`), comments included. Where there is no list, there comes to be one: `shown`, as the
 * person saw it, then what else `auth.profiles` lists of the provider, with the move made.
 * @throws {KnownError} `config.invalid`; `config.notEditable`, also where the list may be in an
 * `$include`.
 */
export function moveInOrder(
  text: string | undefined,
  provider: string,
  profileId: string,
  to: OrderPlace,
  shown: readonly string[],
  path: string = DEFAULT_PATH,
): string {
  const move = { profileId, to, shown };
  const inNewList = (ids: readonly string[]) => moved(ids, (id) => id, profileId, move);
  if (text === undefined) return setOrder(undefined, provider, inNewList(shown), path);
  const config = new EditableConfig(text, path);
  const key = keyInForce(config, provider);
  const list = key === undefined ? undefined : config.orderList(key);
  if (key === undefined || list === undefined) {
    const ids = new Set([...shown, ...listedOf(config, provider)]);
    makeOrder(config, provider, inNewList([...ids]));
    return config.written;
  }
  const items = config.itemsOf(list);
  const itself: ListItem = items.find(({ id }) => id === profileId) ?? newItem(profileId);
  const raws = moved(items, ({ id }) => id, itself, move).map(({ raw }) => raw);
  config.setItems(() => config.orderList(key), raws);
  return config.written;
}

/**
 * Puts a profile at the end of `auth.order[provider]`, unless it stands in it.
 * @returns undefined where there is nothing to change; also where there is no list.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function appendToOrder(
  text: string | undefined,
  provider: string,
  profileId: string,
  path: string = DEFAULT_PATH,
): string | undefined {
  if (text === undefined) return undefined;
  const config = new EditableConfig(text, path);
  const key = keyInForce(config, provider);
  const list = key === undefined ? undefined : config.orderList(key);
  if (list === undefined) {
    config.refuseMadeElsewhere(['auth', 'order']);
    return undefined;
  }
  if (config.itemsOf(list).some(({ id }) => id === profileId)) return undefined;
  config.edit.addItem(list, newItem(profileId).raw);
  return config.written;
}

/**
 * Takes ids out of the list under exactly this key of `auth.order`. A list of which nothing is left goes with
 * them: CoderClaw would take it for an order in which no profile stands.
 * @returns undefined where there is nothing to change.
 * @throws {KnownError} `config.invalid`; `config.notEditable`, also where the list may be in an `$include`.
 */
export function removeFromOrder(
  text: string | undefined,
  key: string,
  ids: readonly string[],
  path: string = DEFAULT_PATH,
): string | undefined {
  if (text === undefined) return undefined;
  const config = new EditableConfig(text, path);
  const list = config.orderList(key);
  if (list === undefined) {
    config.refuseMadeElsewhere(['auth', 'order']);
    return undefined;
  }
  const items = config.itemsOf(list).map(({ id }) => id);
  if (items.every((id) => id !== undefined && ids.includes(id))) {
    config.removeIn(['auth', 'order'], (one) => one === key);
  } else {
    for (const id of ids) config.removeFromList(() => config.orderList(key), id);
  }
  return config.written === text ? undefined : config.written;
}

function makeOrder(config: EditableConfig, provider: string, ids: readonly string[]): void {
  config.refuseMadeElsewhere(['auth', 'order']);
  config.setIn(['auth', 'order'], provider, ids);
}

function newItem(id: string): ListItem {
  return { id, raw: JSON.stringify(id) };
}

/** The first key that means the provider. */
function keyInForce(config: EditableConfig, provider: string): string | undefined {
  const keys = config.find(['auth', 'order'])?.members.map(({ name }) => keyOf(name)) ?? [];
  return keys.find((key) => isSame(key, provider));
}

/**
 * The profiles of a provider that CoderClaw uses by this text where no store has an order: those of its
 * list in `auth.order`, else those that `auth.profiles` lists; undefined where neither says any.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function usedBy(
  text: string | undefined,
  provider: string,
  path: string = DEFAULT_PATH,
): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const config = new EditableConfig(text, path);
  const key = keyInForce(config, provider);
  const list = key === undefined ? undefined : config.orderList(key);
  if (list !== undefined) return config.itemsOf(list).flatMap(({ id }) => id ?? []);
  const listed = listedOf(config, provider);
  return listed.length > 0 ? listed : undefined;
}

/** The ids that `auth.profiles` lists of a provider. */
function listedOf(config: EditableConfig, provider: string): readonly string[] {
  const entries = config.find(['auth', 'profiles'])?.members ?? [];
  return entries.flatMap(({ name, value }) => {
    const named = value.type === 'Object' ? memberOf(value, 'provider')?.value : undefined;
    return named !== undefined && isText(named) && isSame(named.value, provider)
      ? [keyOf(name)]
      : [];
  });
}

function isSame(key: string, provider: string): boolean {
  return normalizeProviderId(key) === normalizeProviderId(provider);
}
