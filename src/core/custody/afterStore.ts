import { dirname } from 'node:path';
import {
  addProfile,
  listsProfile,
  listsProvider,
  type ModelProvider,
  type NewConfigProfile,
  removeProfile,
  setModelProvider,
} from '../documents/configEdits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
import type { KnownError } from '../errors.ts';
import { listingUse } from '../model/listingUse.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readRuntimeCache } from './cache/cacheRead.ts';
import { type CacheParts, keepCachesInStep } from './cache/cachesInStep.ts';
import { editConfig } from './editConfig.ts';
import { loginHash } from './entryHash.ts';
import { isMode, storedOf, storesIn } from './storedProfiles.ts';
import type { StorePlace } from './storePlaces.ts';
import type { TokenEndFiles } from './tokenEnds.ts';
import type { Vault } from './vault.ts';

/**
 * What belongs to a change of a store and is done after it: the runtime caches come in step, the config
 * lists the profile, or need not any more; and when a pasted token is expected to end is noted. Whoever finishes the change of a process that is gone does
 * it too, so all of it may be done again.
 */
export interface AfterParts extends CacheParts {
  readonly vault: Pick<Vault, 'withStores' | 'commitConfig'>;
  /** Without one, nobody is reminded of the ends of tokens that carry none. */
  readonly tokenEnds?: Pick<TokenEndFiles, 'stored'>;
}

/** Where the store was changed. Absolute paths. */
export interface AfterFiles extends Pick<StorePlace, 'stateDir' | 'storePath'> {
  /** Undefined where it is not known: then there is nothing to be done in it. */
  readonly configPath: string | undefined;
}

/** What stood in the store before: as it was, or the `loginHash` of it (or the beginning of it). */
export type Was = { readonly entry: JsonValue | undefined } | { readonly login: string | null };

export interface StoredSignIn {
  readonly profile: Omit<NewConfigProfile, 'mode'>;
  /** What stands in the store: by its type the config tells in which mode it is used. */
  readonly credential: JsonObject;
  readonly was: Was;
  /**
   * Stored profiles of the provider that a first entry in the config would hide; asked for if they are
   * not known.
   */
  readonly siblings?: readonly NewConfigProfile[];
  /** A config that lists the profile as it is stored stays as it is, its order included. */
  readonly isLate?: boolean;
  /** Where its models are, if the provider said so. */
  readonly modelProvider?: ModelProvider | undefined;
}

/**
 * After a sign-in is in the store.
 * @returns why the config was left behind, if it was.
 */
export async function afterSignIn(
  parts: AfterParts,
  files: AfterFiles,
  { profile: named, credential, was, siblings, isLate = false, modelProvider }: StoredSignIn,
): Promise<{ readonly configFault?: KnownError }> {
  await parts.tokenEnds?.stored(files.stateDir, credential);
  await cachesInStep(parts, files, was);
  const { configPath } = files;
  if (configPath === undefined) return {};
  const { profileId, provider } = named;
  const profile = { ...named, mode: modeOf(credential) };
  const others = siblings ?? (await storedOf(parts, files, provider));
  const listed = await editConfig(parts.vault, configPath, (text) => {
    if (isLate && listsProfile(text, profile, configPath)) return undefined;
    const hidden = listsProvider(text, provider, configPath) ? [] : others;
    const place = isOfNothing(was) ? 'first' : 'kept';
    return [...hidden.filter((one) => one.profileId !== profileId), profile].reduce<
      string | undefined
    >((edited, one) => addProfile(edited, one, configPath, place), text);
  });
  if (modelProvider === undefined) return listed;
  // Not in one edit: what keeps the one from being written may not keep the other.
  const addressed = await editConfig(parts.vault, configPath, (text) =>
    setModelProvider(text, modelProvider, configPath),
  );
  return { ...addressed, ...listed };
}

/**
 * After a profile has gone from the store.
 * @param look The disk as it is since then; undefined: the config is left alone.
 * @returns `stillListed`: not every store that shares the config could be read.
 */
export async function afterRemoval(
  parts: AfterParts,
  files: AfterFiles,
  profileId: string,
  was: Was,
  look: () => Promise<Snapshot | undefined>,
): Promise<{ readonly configFault?: KnownError; readonly stillListed?: boolean }> {
  await cachesInStep(parts, files, was);
  const { configPath } = files;
  const snapshot = await look();
  if (configPath === undefined || snapshot === undefined) return {};
  const use = listingUse(snapshot, configPath, profileId);
  if (use === 'used') return {};
  if (use === 'unknown') return { stillListed: true };
  return await editConfig(parts.vault, configPath, (text) =>
    text === undefined ? undefined : removeProfile(text, profileId, configPath),
  );
}

async function cachesInStep(parts: AfterParts, files: AfterFiles, was: Was): Promise<void> {
  const entries = 'entry' in was ? [was.entry] : await cachedLogins(parts, files, was.login);
  for (const entry of entries) await keepCachesInStep(parts, files, entry);
}

/** The copies of a login in the runtime caches of a state dir, by its hash. They hold secrets. */
async function cachedLogins(
  { places, clock }: AfterParts,
  { stateDir, storePath }: AfterFiles,
  login: string | null,
): Promise<readonly JsonObject[]> {
  if (login === null) return [];
  const found: JsonObject[] = [];
  for (const path of await storesIn(places, stateDir, storePath)) {
    const cache = await readRuntimeCache(runtimeCachePath(dirname(path)), clock);
    if (cache.kind !== 'whole') continue;
    for (const entry of Object.values(cache.document)) {
      if (isJsonObject(entry) && loginHash(entry)?.startsWith(login)) found.push(entry);
    }
  }
  return found;
}

/** Nothing was replaced. What was keeps its place: CoderClaw would move it to the front. */
function isOfNothing(was: Was): boolean {
  return 'entry' in was ? was.entry === undefined : was.login === null;
}

/** As the CLI: `api_key` and `token` for those types, `oauth` for whatever a sign-in brought. */
function modeOf({ type }: JsonObject): NewConfigProfile['mode'] {
  return isMode(type) ? type : 'oauth';
}
