import { strictRead } from '../disk/strictRead.ts';
import { parseAuthStore } from '../documents/authStore.ts';
import { addProfile, removeProfile as removeFromConfig } from '../documents/configEdits.ts';
import { isJsonObject, type JsonObject } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { removeProfile, setOrder, upsertProfile } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { Identity, SignedIn } from '../signin/descriptor.ts';
import { identityOfStored, sameIdentity } from '../signin/identity.ts';
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

/**
 * What people do to profiles, as intents handed to the vault. Each method reads nothing from the
 * Snapshot but paths: what it decides, it decides on the fresh document under the lock.
 */
export class ProfileService {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /**
   * The identities stored in an agent's own file, for naming a new profile. Empty where there is no
   * store.
   * @throws {KnownError} `store.*` for a store that is not whole, or cannot be created.
   */
  async identities(
    files: AgentFiles,
    provider: string,
  ): Promise<readonly { readonly id: string; readonly identity: Identity }[]> {
    const path = files.storePath;
    const document = await readDocument(path);
    const profiles = document?.['profiles'];
    if (!isJsonObject(profiles)) return [];
    return Object.entries(profiles).flatMap(([id, stored]) => {
      const identity = isJsonObject(stored) ? identityOfStored(stored) : undefined;
      return identity?.provider === provider ? [{ id, identity }] : [];
    });
  }

  /**
   * Stores a finished sign-in under `profileId`, then lists it in the config as the CLI's login
   * does. Durable once resolved. A config that cannot be edited does not undo the sign-in.
   * @param replaceOther The person agreed to replace a profile of another identity.
   * @throws {KnownError} `profile.otherIdentity`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async saveSignIn(
    files: AgentFiles,
    profileId: string,
    signedIn: SignedIn,
    replaceOther: boolean,
    signal?: AbortSignal,
  ): Promise<Saved> {
    const { credential, identity } = signedIn;
    const same = (stored: JsonObject): boolean => {
      const before = identityOfStored(stored);
      // Unknown is not the same: a profile is never replaced on a guess.
      return replaceOther || (before !== undefined && sameIdentity(before, identity) === 'same');
    };
    const { aftermath } = await this.#vault.commitStore(
      files.storePath,
      upsertProfile(profileId, credential, { sameIdentity: same }),
      { legacyPaths: files.legacyPaths, ...(signal ? { signal } : {}) },
    );
    const saved = await this.#editConfig(files.configPath, (text) =>
      addProfile(
        text,
        {
          profileId,
          provider: identity.provider,
          mode: 'oauth',
          ...(identity.email === undefined ? {} : { email: identity.email }),
        },
        files.configPath,
      ),
    );
    return (await aftermath) === 'undone' ? { ...saved, undone: true } : saved;
  }

  /**
   * Removes a profile from an agent's own store and, with `alsoFromConfig`, from the config.
   * @throws {KnownError} `profile.gone`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async signOut(files: AgentFiles, profileId: string, alsoFromConfig: boolean): Promise<Saved> {
    await this.#vault.commitStore(files.storePath, removeProfile(profileId));
    if (!alsoFromConfig) return {};
    return this.#editConfig(files.configPath, (text) =>
      text === undefined ? undefined : removeFromConfig(text, profileId, files.configPath),
    );
  }

  /**
   * Puts a profile first in the agent's own order.
   * @param order The effective order as shown; the rest keeps its sequence.
   */
  async useFirst(
    files: AgentFiles,
    provider: string,
    profileId: string,
    order: readonly string[],
  ): Promise<void> {
    const stored = (await readDocument(files.storePath))?.['order'];
    // An order under another spelling of the provider is the one in force: no second one beside it.
    const key = isJsonObject(stored)
      ? Object.keys(stored).find((spelling) => normalizeProviderId(spelling) === provider)
      : undefined;
    await this.#vault.commitStore(
      files.storePath,
      setOrder(key ?? provider, [profileId, ...order.filter((id) => id !== profileId)]),
    );
  }

  async #editConfig(
    path: string,
    edit: (text: string | undefined) => string | undefined,
  ): Promise<Saved> {
    try {
      await this.#vault.commitConfig(path, edit);
      return {};
    } catch (error) {
      if (error instanceof KnownError) return { configFault: error };
      throw error;
    }
  }
}

async function readDocument(path: string): Promise<JsonObject | undefined> {
  const read = await strictRead(path);
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'unreadable') {
    throw new KnownError('store.unreadable', { path, errno: read.errno });
  }
  const parsed = parseAuthStore(read.bytes.toString('utf8'));
  if (parsed.kind === 'torn') throw new KnownError('store.torn', { path, detail: parsed.detail });
  if (parsed.kind === 'unknownVersion') {
    throw new KnownError('store.unknownVersion', { path, version: parsed.version });
  }
  return parsed.document;
}
