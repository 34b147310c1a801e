import { dirname } from 'node:path';
import type { Clock } from '../../clock.ts';
import { strictRead } from '../../disk/strictRead.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { isKnown, KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { parseStoreBytes } from '../storeBytes.ts';
import type { StorePlace } from '../storePlaces.ts';
import { readKnownStore } from '../storeRead.ts';

/** An OAuth credential with a refresh token, where it stands. Holds secrets. */
export interface HeldLogin {
  readonly storePath: string;
  /** Normalized. */
  readonly provider: string;
  /** Undefined for an entry of the runtime cache beside the store. */
  readonly profileId: string | undefined;
  readonly credential: JsonObject;
  /** `tokenHash` of its refresh token. */
  readonly hash: string;
  /** Milliseconds since the epoch; undefined where no usable end is stored. */
  readonly expires: number | undefined;
}

export interface ReadOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** The refresh token that must not stand in a store of a format that nobody here can write. */
  readonly token: string;
  /** Waits up to a second for a torn store to become whole. */
  readonly patient: boolean;
}

/**
 * Every login in all of these places: in the stores, and in the runtime caches beside them. A store
 * that is torn or unreadable holds no profiles for CoderClaw either, and is left out with a line in
 * the log.
 * @throws {KnownError} `store.unknownVersion` for one with `token` in it: it cannot be moved on.
 */
export async function readLogins(
  places: readonly StorePlace[],
  options: ReadOptions,
): Promise<readonly HeldLogin[]> {
  const paths = [...new Set(places.map(({ storePath }) => storePath))].sort();
  const logins = await Promise.all(
    paths.map(async (path) => [
      ...(await storedLogins(path, options)),
      ...(await cachedLogins(path)),
    ]),
  );
  return logins.flat();
}

/** Of one profile; undefined if there is none, or nothing to refresh in it. */
export function loginOf(
  logins: readonly HeldLogin[],
  storePath: string,
  profileId: string,
): HeldLogin | undefined {
  return logins.find((one) => one.storePath === storePath && one.profileId === profileId);
}

/**
 * The stores that have to be held while a login is refreshed, sorted: those that hold a token of its
 * family, in the store or in the cache beside it, and those that have a profile of the same name, which
 * may have moved on.
 */
export function storesToHold(
  logins: readonly HeldLogin[],
  { storePath, provider, profileId }: Pick<HeldLogin, 'storePath' | 'provider' | 'profileId'>,
  family: ReadonlySet<string>,
): readonly string[] {
  const others = logins.filter(
    (one) =>
      one.provider === provider &&
      (family.has(one.hash) || (profileId !== undefined && one.profileId === profileId)),
  );
  return [...new Set([storePath, ...others.map((one) => one.storePath)])].sort();
}

async function storedLogins(path: string, options: ReadOptions): Promise<HeldLogin[]> {
  const document = await readStore(path, options);
  const profiles = document?.['profiles'];
  return Object.entries(isJsonObject(profiles) ? profiles : {}).flatMap(([profileId, entry]) =>
    loginsIn(path, profileId, entry),
  );
}

async function readStore(path: string, options: ReadOptions): Promise<JsonObject | undefined> {
  try {
    if (options.patient) {
      const store = await readKnownStore(path, options.clock);
      return store.kind === 'whole' ? store.document : undefined;
    }
    const read = await strictRead(path);
    if (read.kind === 'absent') return undefined;
    if (read.kind === 'unreadable') {
      throw new KnownError('store.unreadable', { path, errno: read.errno });
    }
    const parsed = parseStoreBytes(read.bytes);
    if (parsed.kind === 'whole') return parsed.document;
    throw parsed.kind === 'torn'
      ? new KnownError('store.torn', { path, detail: parsed.detail })
      : new KnownError('store.unknownVersion', { path, version: parsed.version });
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    if (isKnown(error, 'store.unknownVersion') && (await contains(path, options.token))) {
      throw error;
    }
    options.log(`${path}: left out of a refresh: ${error.code}`);
    return undefined;
  }
}

async function contains(path: string, token: string): Promise<boolean> {
  const read = await strictRead(path);
  return read.kind === 'bytes' && read.bytes.includes(JSON.stringify(token).slice(1, -1));
}

async function cachedLogins(storePath: string): Promise<HeldLogin[]> {
  const read = await strictRead(runtimeCachePath(dirname(storePath)));
  const cache = read.kind === 'bytes' ? parsedObject(read.bytes) : undefined;
  return Object.entries(cache ?? {}).flatMap(([provider, entry]) =>
    // Its key says whose it is; what CoderClaw writes has no provider inside.
    isJsonObject(entry) ? loginsIn(storePath, undefined, { ...entry, provider }) : [],
  );
}

/** The login in one entry of a store or a cache; none if there is nothing to refresh in it. */
export function loginsIn(
  storePath: string,
  profileId: string | undefined,
  credential: JsonValue,
): HeldLogin[] {
  if (!isJsonObject(credential) || credential['type'] !== 'oauth') return [];
  const { provider, refresh, expires } = credential;
  if (typeof provider !== 'string' || typeof refresh !== 'string' || refresh.trim() === '') {
    return [];
  }
  const hasEnd = typeof expires === 'number' && Number.isFinite(expires) && expires > 0;
  return [
    {
      storePath,
      provider: normalizeProviderId(provider),
      profileId,
      credential,
      hash: tokenHash(refresh),
      expires: hasEnd ? expires : undefined,
    },
  ];
}

function parsedObject(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    // The parser's message quotes the file.
    return undefined;
  }
}
