import { isDeepStrictEqual } from 'node:util';
import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { moved, type OrderPlace } from './orderMove.ts';
import { normalizeProviderId } from './providerIds.ts';
import {
  entriesOf,
  entryOf,
  isJsonArray,
  type StoreIntent,
  withEntry,
  withoutEntry,
} from './storeIntents.ts';

/**
 * Intents on the order of one agent: `order[provider]` in its store.
 *
 * An agent other than main sees main's store under its own, order by order and by the spelling of the
 * provider. So each of these takes what main's store holds (`inherited`; undefined for main itself),
 * and changes the list that the agent has in force: by a list of its own, under the spelling that
 * CoderClaw finds first.
 */

/**
 * Sets this store's own order for one provider; `provider` is the key as it is, or is to be, stored.
 * An empty list removes the order, so that the config's holds again.
 */
export function setOrder(provider: string, profileIds: readonly string[]): StoreIntent {
  return {
    summary: `order ${provider}: ${profileIds.join(', ') || 'none'}`,
    entry: ['order', provider],
    apply: (document) =>
      profileIds.length === 0
        ? withoutEntry(document, 'order', provider)
        : withEntry(document, 'order', provider, [...profileIds]),
  };
}

/**
 * Moves a profile in the agent's order of a provider (in any spelling), and leaves the rest of the
 * list as it stands (`orderMove.ts`). Where no store has a list, there comes to be one: `shown`, as
 * the person saw it, with the move made. Applying throws `profile.gone` if the agent does not have the
 * profile, its own or main's.
 */
export function moveProfile(
  provider: string,
  profileId: string,
  to: OrderPlace,
  shown: readonly string[],
  inherited?: JsonObject,
): StoreIntent {
  return onOrder(provider, `${profileId} ${placeWords(to)}`, (document, storePath) => {
    assertStored(profileId, [document, inherited], storePath);
    const { key, list = shown } = listInForce(document, inherited, provider) ?? none(provider);
    const change = moved<JsonValue>(list, idOf, profileId, { profileId, to, shown });
    return { key, document: withEntry(document, 'order', key, change) };
  });
}

/** {@link moveProfile} to the start. */
export function moveFirst(
  provider: string,
  profileId: string,
  shown: readonly string[],
  inherited?: JsonObject,
): StoreIntent {
  return moveProfile(provider, profileId, { after: undefined }, shown, inherited);
}

/** How an order was before a profile was put first in it. */
export interface OrderBefore {
  /** The ids, as the person saw them. */
  readonly shown: readonly string[];
  /** It stood in the agent's own store. */
  readonly isOwn: boolean;
}

/**
 * Takes {@link moveFirst} back, on the list as it is now: what others have done to it since stays. A list
 * that came to be by it goes again, unless they did something. Where the profile is not first any more,
 * nothing is changed.
 */
export function takeBackFirst(
  provider: string,
  profileId: string,
  { shown, isOwn }: OrderBefore,
  inherited?: JsonObject,
): StoreIntent {
  return onOrder(provider, `${profileId} first no more`, (document) => {
    const { key, list } = listInForce(document, inherited, provider) ?? none(provider);
    const isFirst = list !== undefined && idOf(list[0] ?? null) === profileId;
    if (!isFirst || entryOf(document, 'order', key) === undefined) return { key, document };
    const rest = list.filter((one) => idOf(one) !== profileId);
    const below = listInForce({}, inherited, provider)?.list.map(idOf) ?? shown;
    const isAsMade = isDeepStrictEqual(
      rest.map(idOf),
      below.filter((id) => id !== profileId),
    );
    if ((!isOwn && isAsMade) || rest.length === 0) {
      return { key, document: withoutEntry(document, 'order', key) };
    }
    const place = shown.indexOf(profileId);
    const to = { after: shown[place - 1] };
    const back =
      place === -1 ? rest : moved<JsonValue>(list, idOf, profileId, { profileId, to, shown });
    return { key, document: withEntry(document, 'order', key, back) };
  });
}

/**
 * Puts a profile at the end of the order that the agent's store, or main's, has for a provider, unless
 * it stands in it. Where neither has one, nothing is changed. Applying throws `profile.gone` as
 * {@link moveProfile}.
 */
export function appendProfile(
  provider: string,
  profileId: string,
  inherited?: JsonObject,
): StoreIntent {
  return onOrder(provider, `${profileId} too`, (document, storePath) => {
    assertStored(profileId, [document, inherited], storePath);
    const { key, list } = listInForce(document, inherited, provider) ?? none(provider);
    if (list === undefined || list.some((one) => idOf(one) === profileId)) return { key, document };
    return { key, document: withEntry(document, 'order', key, [...list, profileId]) };
  });
}

/**
 * Takes the paid API keys of a provider out of the agent's order, so that CoderClaw ends with the last
 * subscription. Where no store has a list, there comes to be one: `shown` without them. Applying
 * throws `order.onlyKeys` where no subscription would be left: CoderClaw takes an empty list for none.
 */
export function leaveKeysOut(
  provider: string,
  shown: readonly string[],
  inherited?: JsonObject,
): StoreIntent {
  return onOrder(provider, 'without API keys', (document, storePath) => {
    const { key, list = shown } = listInForce(document, inherited, provider) ?? none(provider);
    const typeOf = (one: JsonValue): string | undefined =>
      typeOfStored([document, inherited], provider, idOf(one));
    const left = list.filter((one) => typeOf(one) !== 'api_key');
    const isUseful = left.some((one) => ['oauth', 'token'].includes(typeOf(one) ?? ''));
    if (!isUseful) throw new KnownError('order.onlyKeys', { provider, storePath });
    return { key, document: withEntry(document, 'order', key, left) };
  });
}

/**
 * Removes this store's own orders of a provider, in every spelling, so that what is below holds again:
 * main's order, for another agent; else the config's.
 */
export function resetOrder(provider: string): StoreIntent {
  return onOrder(provider, 'none', (document) => {
    const keys = entriesOf(document, 'order')
      .map(([key]) => key)
      .filter((key) => isSame(key, provider));
    return {
      key: keys[0] ?? provider,
      document: keys.reduce((left, key) => withoutEntry(left, 'order', key), document),
    };
  });
}

/**
 * Takes entries out of the order under exactly this key, those that name nothing that is stored for its
 * provider: neither in this store nor in `others` (documents of stores for which the order counts too). An
 * order of which nothing is left goes with them. Everything else in the list stays as it stands.
 */
export function dropGhosts(
  key: string,
  ghosts: readonly string[],
  others: readonly JsonObject[],
): StoreIntent {
  return {
    summary: `order ${key}: without ${ghosts.join(', ')}`,
    entry: ['order', key],
    apply(document) {
      const list = entryOf(document, 'order', key);
      if (list === undefined || !isJsonArray(list)) return document;
      const isGhost = (id: string | undefined): boolean =>
        id !== undefined &&
        ghosts.includes(id) &&
        [document, ...others].every((one) => !isStoredFor([one, undefined], key, id));
      const left = list.filter((entry) => !isGhost(idOf(entry)));
      if (left.length === list.length) return document;
      return left.some((entry) => idOf(entry) !== undefined)
        ? withEntry(document, 'order', key, left)
        : withoutEntry(document, 'order', key);
    },
  };
}

/** Whether CoderClaw finds a profile under this provider in a store. */
export function isStoredFor(stores: Stores, provider: string, profileId: string): boolean {
  return typeOfStored(stores, provider, profileId) !== undefined;
}

/** Whether an order of a provider (in any spelling) is in force that stands in a store. */
export function hasStoredOrder(
  document: JsonObject,
  inherited: JsonObject | undefined,
  provider: string,
): boolean {
  return listInForce(document, inherited, provider) !== undefined;
}

/** An intent whose entry only the document tells, as it says how the provider is spelled. */
function onOrder(
  provider: string,
  what: string,
  change: (
    document: JsonObject,
    storePath: string,
  ) => { readonly key: string; readonly document: JsonObject },
): StoreIntent {
  let key = provider;
  return {
    summary: `order ${provider}: ${what}`,
    get entry() {
      return ['order', key] as const;
    },
    apply(before, storePath) {
      const { key: found, document } = change(before, storePath);
      key = found;
      return document;
    },
  };
}

interface ListInForce {
  readonly key: string;
  readonly list: readonly JsonValue[];
}

/** What CoderClaw finds: of the merged orders the first whose key means the provider. */
function listInForce(
  document: JsonObject,
  inherited: JsonObject | undefined,
  provider: string,
): ListInForce | undefined {
  const merged = new Map([...listsIn(inherited, provider), ...listsIn(document, provider)]);
  for (const [key, list] of merged) return { key, list };
  return undefined;
}

const none = (provider: string) => ({ key: provider, list: undefined });

/** CoderClaw takes a list without a profile in it for no list. */
function listsIn(
  document: JsonObject | undefined,
  provider: string,
): [string, readonly JsonValue[]][] {
  if (document === undefined) return [];
  return entriesOf(document, 'order').flatMap(([key, list]) =>
    isSame(key, provider) && isJsonArray(list) && list.some((one) => idOf(one) !== undefined)
      ? [[key, list]]
      : [],
  );
}

/** CoderClaw trims entries when it reads them. */
function idOf(entry: JsonValue): string | undefined {
  const id = typeof entry === 'string' ? entry.trim() : '';
  return id === '' ? undefined : id;
}

function isSame(key: string, provider: string): boolean {
  return normalizeProviderId(key) === normalizeProviderId(provider);
}

/** The agent's own store, and main's under it. */
export type Stores = readonly [own: JsonObject, inherited: JsonObject | undefined];

function stored([own, inherited]: Stores, profileId: string): JsonValue | undefined {
  return entryOf(own, 'profiles', profileId) ?? entryOf(inherited ?? {}, 'profiles', profileId);
}

function assertStored(profileId: string, stores: Stores, storePath: string): void {
  if (stored(stores, profileId) !== undefined) return;
  throw new KnownError('profile.gone', { profileId, storePath });
}

/** Undefined for what CoderClaw would not find under this provider. */
function typeOfStored(
  stores: Stores,
  provider: string,
  profileId: string | undefined,
): string | undefined {
  const credential = profileId === undefined ? undefined : stored(stores, profileId);
  if (!isJsonObject(credential) || typeof credential['provider'] !== 'string') return undefined;
  const { type } = credential;
  return isSame(credential['provider'], provider) && typeof type === 'string' ? type : undefined;
}

function placeWords(to: OrderPlace): string {
  if ('before' in to) return to.before === undefined ? 'last' : `before ${to.before}`;
  return to.after === undefined ? 'first' : `after ${to.after}`;
}
