import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Cancelled, type Clock } from '../../clock.ts';
import { errnoOf } from '../../disk/diskError.ts';
import { MAIN_AGENT_ID } from '../../documents/agentIds.ts';
import { type AuthStore, mergeStores, parseAuthStore } from '../../documents/authStore.ts';
import type { JsonObject, JsonValue } from '../../documents/json.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { holdsSecretOf, inStep } from '../../documents/runtimeCache.ts';
import { putEntry } from '../../documents/storeIntents.ts';
import { KnownError } from '../../errors.ts';
import type { StorePlace } from '../storePlaces.ts';
import { type KnownStore, readKnownStore } from '../storeRead.ts';
import type { Vault } from '../vault.ts';
import { type RuntimeCacheRead, readRuntimeCache } from './cacheRead.ts';

export interface CacheParts {
  readonly vault: Pick<Vault, 'withStores'>;
  readonly clock: Clock;
  /** Every agent of every state dir. */
  readonly places: () => Promise<readonly StorePlace[]>;
  /** Lines of paths and codes. */
  readonly log: (line: string) => void;
}

/** A runtime cache that keeps a secret of a profile beside its store. */
export interface CachedCopy {
  readonly path: string;
  /** False: it could not be read, so that it may or may not. */
  readonly certain: boolean;
}

/** The agent whose store was changed. */
type Changed = Pick<StorePlace, 'stateDir' | 'storePath'>;

/**
 * Brings the runtime caches of a state dir in step after a profile in one of its stores was replaced
 * or removed: of all its agents, for they inherit from main and may have copies. Under the locks of
 * each agent's store and of main's, one agent after the other. What goes wrong with one is a line in
 * the log and no reason to leave the others. No cache is created.
 *
 * @param was The stored entry before the change.
 */
export async function keepCachesInStep(
  parts: CacheParts,
  changed: Changed,
  was: JsonValue | undefined,
): Promise<void> {
  if (was === undefined) return;
  for (const { own, main, path, cache } of await firstLooks(parts, changed)) {
    try {
      // Most hold nothing of it: no lock is taken for those.
      if (cache.kind === 'absent') continue;
      if (cache.kind === 'unknown') {
        parts.log(`${path}: not understood, so not kept in step`);
        continue;
      }
      if (!holdsSecretOf(cache.document, was)) continue;
      if (main === undefined) {
        parts.log(`${path}: not kept in step: where main's store lies is not known`);
        continue;
      }
      const held = await existing([own, main]);
      const isChanged = await parts.vault.withStores(held, {}, async (stores) => {
        const read = async (store: string): Promise<AuthStore> =>
          held.includes(store) ? storeIn(await stores.read(store)) : NO_PROFILES;
        const seen = await asSeen(own, main, read);
        const now = parts.clock.now();
        return await stores.commitCache(own, (document) => inStep(document, was, seen, now));
      });
      if (isChanged) parts.log(`${path}: brought in step`);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      parts.log(`${path}: could not be brought in step: ${code}`);
    }
  }
}

/**
 * The runtime caches of a state dir that will still hold a secret of a profile after it has been
 * removed from a store: since another profile or store keeps the same, or nobody knows. Takes no lock.
 */
export async function copiesLeftBy(
  parts: Pick<CacheParts, 'clock' | 'places'>,
  changed: Changed,
  profileId: string,
): Promise<readonly CachedCopy[]> {
  const { clock } = parts;
  const removed = await documentOf(changed.storePath, clock);
  const profiles = removed?.['profiles'] as JsonObject | undefined;
  const was = profiles && Object.hasOwn(profiles, profileId) ? profiles[profileId] : undefined;
  if (removed === undefined || was === undefined) return [];
  const after = putEntry(removed, ['profiles', profileId], undefined);
  const read = async (store: string): Promise<AuthStore> => {
    const document = store === changed.storePath ? after : await documentOf(store, clock);
    return document === undefined ? NO_PROFILES : storeOf(document);
  };
  const copies: CachedCopy[] = [];
  for (const { own, main, path, cache } of await firstLooks(parts, changed)) {
    if (cache.kind === 'absent') continue;
    if (cache.kind === 'unknown') {
      copies.push({ path, certain: false });
      continue;
    }
    if (!holdsSecretOf(cache.document, was)) continue;
    if (main === undefined) {
      copies.push({ path, certain: true });
      continue;
    }
    try {
      const left = inStep(cache.document, was, await asSeen(own, main, read), clock.now());
      if (holdsSecretOf(left, was)) copies.push({ path, certain: true });
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      // Its store cannot be read, so its cache will be left alone.
      copies.push({ path, certain: true });
    }
  }
  return copies;
}

interface CachePlace {
  readonly own: string;
  /** Undefined where it is not known: then neither is what the agent inherits. */
  readonly main: string | undefined;
}

/** The caches of the state dir, without a lock; read side by side, as a torn one is waited for. */
async function firstLooks(
  parts: Pick<CacheParts, 'clock' | 'places'>,
  changed: Changed,
): Promise<readonly (CachePlace & { readonly path: string; readonly cache: RuntimeCacheRead })[]> {
  return await Promise.all(
    (await placesOf(parts, changed)).map(async (place) => {
      const path = runtimeCachePath(dirname(place.own));
      return { ...place, path, cache: await readRuntimeCache(path, parts.clock) };
    }),
  );
}

/**
 * The agents of the state dir, the changed one first and certainly among them. Where nothing is known
 * of any other, it inherits from none.
 */
async function placesOf(
  { places }: Pick<CacheParts, 'places'>,
  { stateDir, storePath }: Changed,
): Promise<readonly CachePlace[]> {
  const all = (await places()).filter((place) => place.stateDir === stateDir);
  if (all.length === 0) return [{ own: storePath, main: storePath }];
  const main = all.find(({ agentId }) => agentId === MAIN_AGENT_ID)?.storePath;
  const stores = new Set([storePath, ...all.map((place) => place.storePath)]);
  return [...stores].map((own) => ({ own, main }));
}

/** What an agent sees: main's profiles with its own on top. */
async function asSeen(
  own: string,
  main: string,
  read: (storePath: string) => Promise<AuthStore>,
): Promise<AuthStore> {
  const ownStore = await read(own);
  return own === main ? ownStore : mergeStores(await read(main), ownStore);
}

const NO_PROFILES = storeOf({ version: 1, profiles: {} });

function storeIn(store: KnownStore): AuthStore {
  return store.kind === 'whole' ? storeOf(store.document) : NO_PROFILES;
}

function storeOf(document: JsonObject): AuthStore {
  const parsed = parseAuthStore(JSON.stringify(document));
  if (parsed.kind !== 'whole') throw new Error('a store that was whole is not');
  return parsed.store;
}

/** Undefined for a store that is not there. @throws {KnownError} `store.*` */
async function documentOf(storePath: string, clock: Clock): Promise<JsonObject | undefined> {
  const store = await readKnownStore(storePath, clock);
  return store.kind === 'whole' ? store.document : undefined;
}

/** Locks are taken in folders that are there; where there is none, there is no store either. */
async function existing(storePaths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of new Set(storePaths)) {
    try {
      await access(dirname(path));
    } catch (error) {
      // Any other failure comes back, with words, when its lock is taken.
      if (errnoOf(error) === 'ENOENT') continue;
    }
    found.push(path);
  }
  return found;
}
