import { dirname } from 'node:path';
import { strictRead } from '../disk/strictRead.ts';
import { parseAuthStore } from '../documents/authStore.ts';
import { removeProfile as removeFromConfig } from '../documents/configEdits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
import { moveFirst, removeProfile } from '../documents/storeIntents.ts';
import type { KnownError } from '../errors.ts';
import { listingUse } from '../model/listingUse.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { editConfig } from './editConfig.ts';
import type { Vault } from './vault.ts';

/** The files of one agent, as the Snapshot names them. Absolute paths. */
export interface AgentFiles {
  readonly storePath: string;
  readonly configPath: string;
  /** Older files that the CLI would import into a store that does not exist yet. */
  readonly legacyPaths: readonly string[];
}

/** The store holds what was asked for. */
export interface Saved {
  /** The config was left behind, and why. */
  readonly configFault?: KnownError;
  /** A program that takes no lock undid it at once, and again after one repair. */
  readonly undone?: boolean;
}

/** The store no longer has it, unless `undone`. */
export interface SignedOut extends Saved {
  /** The config was left alone, for not every store that shares it could be read. */
  readonly stillListed?: boolean;
}

/** A file that keeps a secret of a profile beside the store. */
export interface CachedCopy {
  readonly path: string;
  /** False: it could not be read, so that it may or may not. */
  readonly certain: boolean;
}

/**
 * What people do to profiles, as intents handed to the vault. What is decided about a
 * store is decided on the fresh document under its lock.
 */
export class ProfileService {
  readonly #vault: Pick<Vault, 'commitStore' | 'commitConfig'>;

  constructor(vault: Pick<Vault, 'commitStore' | 'commitConfig'>) {
    this.#vault = vault;
  }

  /**
   * Removes a profile from an agent's own store, and then from the config if nobody needs it listed
   * there any more.
   * @param look Reads the disk again: what stood in other stores before the removal says nothing.
   * @throws {KnownError} `profile.gone`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async signOut(
    files: AgentFiles,
    profileId: string,
    look: () => Promise<Snapshot>,
  ): Promise<SignedOut> {
    const { storePath, configPath } = files;
    const { aftermath } = await this.#vault.commitStore(storePath, removeProfile(profileId));
    if ((await aftermath) === 'undone') return { undone: true };
    const use = listingUse(await look(), configPath, profileId);
    if (use === 'used') return {};
    if (use === 'unknown') return { stillListed: true };
    return editConfig(this.#vault, configPath, (text) =>
      text === undefined ? undefined : removeFromConfig(text, profileId, configPath),
    );
  }

  /**
   * What the runtime cache beside a store (`auth.json`) keeps of a profile that is stored there;
   * undefined where it keeps nothing of it. Takes no lock, and no value leaves it.
   */
  async cachedCopy(files: AgentFiles, profileId: string): Promise<CachedCopy | undefined> {
    const path = runtimeCachePath(dirname(files.storePath));
    const [store, cache] = await Promise.all([strictRead(files.storePath), strictRead(path)]);
    if (store.kind !== 'bytes' || cache.kind === 'absent') return undefined;
    const parsed = parseAuthStore(store.bytes.toString());
    const credential = parsed.kind === 'whole' ? parsed.store.profiles.get(profileId) : undefined;
    if (credential === undefined) return undefined;
    const cached = cache.kind === 'bytes' ? secretsInCache(cache.bytes.toString()) : undefined;
    if (cached === undefined) return { path, certain: false };
    return secretsOf(credential.raw).some((secret) => cached.has(secret))
      ? { path, certain: true }
      : undefined;
  }

  /**
   * Puts a profile first in the agent's own order.
   * @param shownOrder For an agent that has no order of its own yet.
   * @throws {KnownError} `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async useFirst(
    files: AgentFiles,
    provider: string,
    profileId: string,
    shownOrder: readonly string[],
  ): Promise<void> {
    await this.#vault.commitStore(files.storePath, moveFirst(provider, profileId, shownOrder), {
      legacyPaths: files.legacyPaths,
    });
  }
}

/** The fields of a credential that let somebody in, in the store and in the runtime cache alike. */
const SECRET_FIELDS = ['access', 'refresh', 'token', 'key'] as const;

function secretsOf(credential: JsonObject): readonly string[] {
  return SECRET_FIELDS.flatMap((field) => {
    const secret = credential[field];
    return typeof secret === 'string' && secret.trim() !== '' ? [secret.trim()] : [];
  });
}

/** Of all providers; undefined where the text is not a JSON object. */
function secretsInCache(text: string): ReadonlySet<string> | undefined {
  try {
    const document = JSON.parse(text) as JsonValue;
    if (!isJsonObject(document)) return undefined;
    return new Set(Object.values(document).filter(isJsonObject).flatMap(secretsOf));
  } catch {
    // The parser's message quotes the file.
    return undefined;
  }
}
