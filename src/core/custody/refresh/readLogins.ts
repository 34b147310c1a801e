import { dirname } from 'node:path';
import type { Clock } from '../../clock.ts';
import { callsIn } from '../../disk/callsIn.ts';
import { strictRead } from '../../disk/strictRead.ts';
import { parseStoreDocument } from '../../documents/authStore.ts';
import { isJsonObject, type JsonObject } from '../../documents/json.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { KnownError } from '../../errors.ts';
import { parseStoreBytes } from '../storeBytes.ts';
import type { StorePlace } from '../storePlaces.ts';
import { type HeldLogin, loginsIn } from './holders.ts';

export interface ReadOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** The refresh token that must not stand in a store of a format that nobody here can write. */
  readonly token: string;
  /** Paths that an earlier look has waited for in vain: they are not waited for again. */
  readonly givenUp: ReadonlySet<string>;
}

/** A store or a runtime cache that is there, and could not be understood: logins may stand in it. */
export interface Damaged {
  readonly path: string;
  readonly stateDir: string;
  readonly error: KnownError;
}

export interface LoginsRead {
  readonly logins: readonly HeldLogin[];
  readonly damaged: readonly Damaged[];
}

/** Unlocked writers truncate, then write; what is torn is given this long to become whole. */
const TORN_MS = 1_000;
const TORN_RETRY_MS = 20;

/** The trouble of a moment, or of this process; it says nothing about what stands there. */
const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EIO', 'EBUSY']);

/**
 * Every login in all of these places: in the stores, and in the runtime caches beside them. One that
 * is torn is waited for, up to a second. One that stays torn, or may not be read, holds no profiles
 * for CoderClaw either, and is left out, with a line in the log.
 * @throws {KnownError} `store.unknownVersion` for one with `token` in it: it cannot be moved on;
 * `store.unreadable` where reading failed for a reason that passes.
 */
export async function readLogins(
  places: readonly StorePlace[],
  options: ReadOptions,
): Promise<LoginsRead> {
  const byPath = new Map(places.map((place) => [place.storePath, place]));
  const damaged: Damaged[] = [];
  const read = async (
    path: string,
    { stateDir }: StorePlace,
    parse: (bytes: Buffer) => JsonObject | KnownError,
  ): Promise<JsonObject> => {
    const found = await readWhole(path, parse, options);
    if (!(found instanceof KnownError)) return found;
    damaged.push({ path, stateDir, error: found });
    if (!options.givenUp.has(path)) options.log(`${path}: left out of a refresh: ${found.code}`);
    return {};
  };
  const logins = await Promise.all(
    [...byPath.values()].map(async (place) => {
      const path = place.storePath;
      const cachePath = runtimeCachePath(dirname(path));
      const [store, cache] = await Promise.all([
        read(path, place, (bytes) => storeIn(bytes, path, options.token)),
        read(cachePath, place, (bytes) => cacheIn(bytes, cachePath)),
      ]);
      return [...storedLogins(place, store), ...cachedLogins(place, cache)];
    }),
  );
  return { logins: logins.flat(), damaged };
}

/** Whether a failure to read is one that passes. */
export function isPassing(error: KnownError): boolean {
  const { facts } = error;
  return 'errno' in facts && PASSING.has(String(facts.errno));
}

/** What stands at a path; {} for nothing. Returns why it cannot be understood. */
async function readWhole(
  path: string,
  parse: (bytes: Buffer) => JsonObject | KnownError,
  { clock, givenUp }: ReadOptions,
): Promise<JsonObject | KnownError> {
  const deadline = performance.now() + (givenUp.has(path) ? 0 : TORN_MS);
  for (;;) {
    const read = await strictRead(path, await callsIn(dirname(path)));
    if (read.kind === 'absent') return {};
    const found =
      read.kind === 'bytes'
        ? parse(read.bytes)
        : new KnownError('store.unreadable', { path, errno: read.errno });
    if (!(found instanceof KnownError)) return found;
    const passes = isPassing(found);
    if ((found.code !== 'store.torn' && !passes) || performance.now() >= deadline) {
      if (passes) throw found;
      return found;
    }
    await clock.sleep(TORN_RETRY_MS);
  }
}

function storeIn(bytes: Buffer, path: string, token: string): JsonObject | KnownError {
  const parsed = parseStoreBytes(bytes, parseStoreDocument);
  if (parsed.kind === 'whole') return parsed.document;
  if (parsed.kind === 'torn') return new KnownError('store.torn', { path, detail: parsed.detail });
  const error = new KnownError('store.unknownVersion', { path, version: parsed.version });
  if (bytes.includes(JSON.stringify(token).slice(1, -1))) throw error;
  return error;
}

function cacheIn(bytes: Buffer, path: string): JsonObject | KnownError {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isJsonObject(value) ? value : {};
  } catch {
    // The parser's message quotes the file.
    return new KnownError('store.torn', { path, detail: 'not JSON' });
  }
}

function storedLogins(place: StorePlace, { profiles }: JsonObject): HeldLogin[] {
  return Object.entries(isJsonObject(profiles) ? profiles : {}).flatMap(([profileId, entry]) =>
    loginsIn(place, profileId, entry),
  );
}

function cachedLogins(place: StorePlace, cache: JsonObject): HeldLogin[] {
  return Object.entries(cache).flatMap(([provider, entry]) =>
    // Its key says whose it is; what CoderClaw writes has no provider inside.
    isJsonObject(entry) ? loginsIn(place, undefined, { ...entry, provider }) : [],
  );
}
