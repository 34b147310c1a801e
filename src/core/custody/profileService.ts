import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryOf, moveFirst, removeProfile, type StoreIntent } from '../documents/storeIntents.ts';
import type { KnownError } from '../errors.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type AfterParts, afterRemoval } from './afterStore.ts';
import { type CachedCopy, copiesLeftBy } from './cache/cachesInStep.ts';
import { entryHash, loginHash } from './entryHash.ts';
import type { Journal, JournalSlot } from './journal/journal.ts';
import { dropIfPossible, openIfPossible } from './journal/noted.ts';
import type { LegacyImport } from './older/legacyImport.ts';
import { commitOrder } from './orderCommit.ts';
import type { StorePlace } from './storePlaces.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

/** The files of one agent, as the Snapshot names them. Absolute paths. */
export interface AgentFiles {
  readonly stateDir: string;
  readonly storePath: string;
  readonly configPath: string;
  /** Older files that the CLI would import into a store that does not exist yet. */
  readonly legacyPaths: readonly string[];
}

/** The store holds what was asked for. */
export interface Saved {
  /** The config was left behind, and why. */
  readonly configFault?: KnownError;
  /** A program that takes no lock undid it, again and again. */
  readonly undone?: boolean;
}

/** The store no longer has it, unless `undone`. */
export interface SignedOut extends Saved {
  /** The config was left alone, for not every store that shares it could be read. */
  readonly stillListed?: boolean;
}

export interface ProfileServiceParts {
  readonly vault: Pick<Vault, 'commitStore' | 'commitConfig' | 'withStores' | 'importLegacy'>;
  readonly clock: Clock;
  /** Lines of ids, paths and codes. */
  readonly log: (line: string) => void;
  /** Every agent of every state dir; none but the one asked about unless given. */
  readonly places?: () => Promise<readonly StorePlace[]>;
  /** Remembers removals and orders: what is meant, and is not to be undone by a careless program. */
  readonly journal?: Pick<Journal, 'open'>;
}

/**
 * What people do to profiles, as intents handed to the vault. What is decided about a
 * store is decided on the fresh document under its lock.
 */
export class ProfileService {
  readonly #parts: ProfileServiceParts;
  readonly #after: AfterParts;

  constructor(parts: ProfileServiceParts) {
    this.#parts = parts;
    this.#after = { places: async () => [], ...parts };
  }

  /**
   * Removes a profile from an agent's own store, from the runtime caches that held it, and then from
   * the config if nobody needs it listed there any more.
   * @param look Reads the disk again: what stood in other stores before the removal says nothing.
   * @throws {KnownError} `profile.gone`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async signOut(
    files: AgentFiles,
    profileId: string,
    look: () => Promise<Snapshot>,
  ): Promise<SignedOut> {
    const { aftermath, was } = await this.#remove(files, profileId);
    const isUndone = async (): Promise<boolean> => (await aftermath) === 'undone';
    const done = await afterRemoval(this.#after, files, profileId, { entry: was }, async () =>
      (await isUndone()) ? undefined : await look(),
    );
    return (await isUndone()) ? { undone: true } : done;
  }

  /**
   * The runtime caches that will still hold a secret of a profile after its sign-out. Takes no lock,
   * and no value leaves it.
   * @throws {KnownError} `store.*`
   */
  copiesLeft(files: AgentFiles, profileId: string): Promise<readonly CachedCopy[]> {
    return copiesLeftBy(this.#after, files, profileId);
  }

  /**
   * Puts a profile first in the agent's own order. An agent without a store gets its older sign-ins
   * imported first.
   * @param shownOrder For an agent that has no order of its own yet.
   * @throws {KnownError} `store.*`, `legacy.unreadable`, `lock.*`, `disk.*`: nothing changed.
   */
  async useFirst(
    files: AgentFiles,
    provider: string,
    profileId: string,
    shownOrder: readonly string[],
  ): Promise<void> {
    await this.importLegacy(files);
    const intent = moveFirst(provider, profileId, shownOrder);
    await commitOrder(this.#parts, files, intent, { legacyPaths: files.legacyPaths });
  }

  /**
   * What {@link importLegacy} would store at this moment, and from where. Takes no lock.
   * @throws {KnownError} `legacy.unreadable`
   */
  async plannedImport(files: AgentFiles): Promise<PlannedImport> {
    const { planImport } = await import('./older/legacyImport.ts');
    const plan = await planImport(files.storePath, files.legacyPaths, this.#parts.clock);
    return {
      sources: plan.sources.map(({ path }) => path),
      providers: [
        ...new Set(
          plan.logins.map(({ credential }) => normalizeProviderId(String(credential['provider']))),
        ),
      ],
      leftOut: plan.leftOut.map(({ credential, path }) => ({
        provider: normalizeProviderId(String(credential['provider'])),
        path,
      })),
    };
  }

  /**
   * Stores the older sign-ins of an agent that has no store yet, and keeps the files that they stood
   * in under other names.
   * @returns undefined if there is a store, or nothing to import.
   * @throws {KnownError} `legacy.unreadable`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  importLegacy(files: AgentFiles): Promise<LegacyImport | undefined> {
    return this.#parts.vault.importLegacy(files.storePath, files.legacyPaths);
  }

  /** The removal itself, and what stood there. The journal is told before it happens. */
  async #remove(files: AgentFiles, profileId: string) {
    const { storePath } = files;
    let was: JsonValue | undefined;
    const remove = removeProfile(profileId);
    const noting: StoreIntent = {
      ...remove,
      apply: (document, path) => {
        was = entryOf(document, 'profiles', profileId);
        return remove.apply(document, path);
      },
    };
    const promise = await this.#promise(files, profileId);
    let late: PromisedRemoval | undefined;
    try {
      const { aftermath } = await this.#parts.vault.commitStore(storePath, noting, {
        made: async () => {
          // Somebody refreshed it meanwhile: what must not come back is the newer login. And where
          // there was no room to note it before, there may be now.
          const isNoted = promise !== undefined && isDeepStrictEqual(promise.was, was);
          if (!isNoted) late = await this.#open(files, profileId, was);
          await (isNoted ? promise : late)?.slot.made();
        },
      });
      if (promise !== undefined && late !== undefined) {
        await dropIfPossible(promise.slot, this.#parts.log);
      }
      return { aftermath, was };
    } catch (error) {
      if (promise !== undefined) await dropIfPossible(promise.slot, this.#parts.log);
      throw error;
    }
  }

  async #promise(files: AgentFiles, profileId: string): Promise<PromisedRemoval | undefined> {
    if (this.#parts.journal === undefined) return undefined;
    const store = await readKnownStore(files.storePath, this.#parts.clock);
    const now = store.kind === 'whole' ? entryOf(store.document, 'profiles', profileId) : undefined;
    return await this.#open(files, profileId, now);
  }

  async #open(
    files: AgentFiles,
    profileId: string,
    was: JsonValue | undefined,
  ): Promise<PromisedRemoval | undefined> {
    const { stateDir, storePath, configPath } = files;
    const { journal, log } = this.#parts;
    if (journal === undefined) return undefined;
    const login = loginHash(was);
    const seen = was === undefined ? null : entryHash(was);
    const draft = { kind: 'removal', storePath, profileId, login, seen, configPath } as const;
    const about = { what: `removing ${profileId}`, log };
    const slot = await openIfPossible(journal, stateDir, draft, about);
    return slot && { slot, was };
  }
}

/** A removal that is noted in the journal, and what it is for. */
interface PromisedRemoval {
  readonly slot: JournalSlot;
  readonly was: JsonValue | undefined;
}

/** An import before it is made, for asking. */
export interface PlannedImport {
  /** Absolute paths; none where nothing is to be imported. */
  readonly sources: readonly string[];
  /** Normalized ids. */
  readonly providers: readonly string[];
  /** What will not be stored, since a file before it has another login for that provider. */
  readonly leftOut: readonly { readonly provider: string; readonly path: string }[];
}
