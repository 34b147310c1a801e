import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../clock.ts';
import { asDiskError, errnoOf } from '../../disk/diskError.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { entryOf, type StoreIntent } from '../../documents/storeIntents.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { readRuntimeCache } from '../cache/cacheRead.ts';
import type { StorePlace } from '../storePlaces.ts';
import { readKnownStore } from '../storeRead.ts';

/** The stores as they are at one moment, read without their locks and each once. */
export class StoreRounds {
  readonly #places: readonly StorePlace[];
  readonly #clock: Clock;
  readonly #read = new Map<string, Promise<JsonObject | undefined>>();

  constructor(places: readonly StorePlace[], clock: Clock) {
    this.#places = places;
    this.#clock = clock;
  }

  /**
   * What stands under a profile id; undefined for nothing.
   * @throws {KnownError} `store.*`: unreadable is not empty.
   */
  profile(storePath: string, profileId: string): Promise<JsonValue | undefined> {
    return this.entry(storePath, ['profiles', profileId]);
  }

  /**
   * What stands in one place of a store; undefined for nothing.
   * @throws {KnownError} `store.*`: unreadable is not empty.
   */
  async entry(storePath: string, place: StoreIntent['entry']): Promise<JsonValue | undefined> {
    const document = await this.#document(storePath);
    return document && entryOf(document, ...place);
  }

  /** @throws {KnownError} `store.*`: unreadable is not absent. */
  async hasStore(storePath: string): Promise<boolean> {
    return (await this.#document(storePath)) !== undefined;
  }

  /**
   * The logins in all stores and runtime caches whose refresh token (by its `tokenHash`) `isMeant`, each
   * as it stands. What cannot be read holds none that could be changed. They hold secrets.
   */
  async holdersOf(isMeant: (hash: string) => boolean): Promise<readonly JsonObject[]> {
    const logins: (JsonValue | undefined)[] = [];
    for (const { storePath } of this.#places) {
      const [document, cache] = await Promise.all([
        this.#document(storePath).catch(() => undefined),
        readRuntimeCache(runtimeCachePath(dirname(storePath)), this.#clock),
      ]);
      const profiles = document?.['profiles'];
      if (isJsonObject(profiles)) logins.push(...Object.values(profiles));
      if (cache.kind === 'whole') logins.push(...Object.values(cache.document));
    }
    return logins.filter((login): login is JsonObject => {
      if (!isJsonObject(login) || login['type'] !== 'oauth') return false;
      const { refresh } = login;
      return typeof refresh === 'string' && refresh !== '' && isMeant(tokenHash(refresh));
    });
  }

  /** Older files beside a store that would be hidden if it came into being without their import. */
  legacyPathsOf(storePath: string): readonly string[] {
    return this.#places.find((place) => place.storePath === storePath)?.legacyPaths ?? [];
  }

  /** @throws {KnownError} `disk.*` where that cannot be seen: what is not seen has not gone. */
  async hasFolder(storePath: string): Promise<boolean> {
    try {
      return (await stat(dirname(storePath))).isDirectory();
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return false;
      throw asDiskError(error, storePath);
    }
  }

  #document(storePath: string): Promise<JsonObject | undefined> {
    let read = this.#read.get(storePath);
    if (read === undefined) {
      read = readKnownStore(storePath, this.#clock).then((store) =>
        store.kind === 'whole' ? store.document : undefined,
      );
      // Whoever asks gets the failure; nobody may ask any more.
      read.catch(() => {});
      this.#read.set(storePath, read);
    }
    return read;
  }
}
