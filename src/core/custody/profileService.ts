import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { JsonValue } from '../documents/json.ts';
import type { OrderBefore } from '../documents/orderIntents.ts';
import type { OrderPlace } from '../documents/orderMove.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryOf, removeProfile, type StoreIntent } from '../documents/storeIntents.ts';
import type { KnownError } from '../errors.ts';
import type { HiddenReason } from '../model/profileState.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type AfterParts, afterRemoval } from './afterStore.ts';
import { type CachedCopy, copiesLeftBy } from './cache/cachesInStep.ts';
import { entryHash, loginHash } from './entryHash.ts';
import type { Journal, JournalSlot } from './journal/journal.ts';
import { dropIfPossible, openIfPossible } from './journal/noted.ts';
import type { LegacyImport } from './older/legacyImport.ts';
import { clearPauseOf, type PauseCleared } from './pauseCommit.ts';
import {
  leaveKeysOutOf,
  moveInScope,
  type OrderChanged,
  type OrderScope,
  orderForAllIn,
  resetInScope,
  takeBackFirstOf,
} from './profileOrder.ts';
import { showProfile } from './showProfile.ts';
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
  readonly #parts: ProfileServiceParts & Required<Pick<ProfileServiceParts, 'places'>>;
  readonly #after: AfterParts;

  constructor(parts: ProfileServiceParts) {
    this.#parts = { places: async () => [], ...parts };
    this.#after = this.#parts;
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
    await this.moveProfile(files, provider, profileId, { after: undefined }, 'agent', shownOrder);
  }

  /**
   * Takes {@link useFirst} back, and nothing that was done to the order since. Nothing is changed where
   * the profile is not first any more.
   * @throws {KnownError} as {@link useFirst}.
   */
  takeBackFirst(
    files: AgentFiles,
    provider: string,
    profileId: string,
    before: OrderBefore,
  ): Promise<void> {
    return takeBackFirstOf(this.#parts, files, provider, profileId, before);
  }

  /**
   * Moves a profile in the order of a provider, and leaves the rest as it stands on the disk
   * (`orderMove.ts`): for the agent, or in the config for all that have no order of their own. Also one
   * that the agent inherits, and one that the order left out. An agent without a store gets its
   * older sign-ins imported first.
   *
   * A list that is new in the config holds what every agent of the state folder uses of the provider, as
   * far as their stores can be read: what a list does not name is hidden.
   *
   * @param shownOrder As the person saw it; it becomes the list where there is none yet.
   * @throws {KnownError} `profile.gone`, `store.*`, `legacy.unreadable`, `config.*`, `lock.*`, `disk.*`:
   * nothing changed.
   */
  moveProfile(
    files: AgentFiles,
    provider: string,
    profileId: string,
    to: OrderPlace,
    scope: OrderScope,
    shownOrder: readonly string[],
  ): Promise<OrderChanged> {
    const request = { provider, profileId, to, scope, shown: shownOrder };
    return moveInScope(this.#parts, files, request);
  }

  /**
   * Removes the order of a provider, in whatever spelling: the agent's own, so that main's or the
   * config's holds again; or that of the config.
   * @throws {KnownError} as {@link moveProfile}: nothing changed.
   */
  resetOrder(files: AgentFiles, provider: string, scope: OrderScope): Promise<OrderChanged> {
    return resetInScope(this.#parts, files, provider, scope);
  }

  /**
   * Makes an order that of all agents that have none of their own. What else they use now comes behind it.
   * @throws {KnownError} `config.*`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  orderForAll(files: AgentFiles, provider: string, ids: readonly string[]): Promise<OrderChanged> {
    return orderForAllIn(this.#parts, files, provider, ids);
  }

  /**
   * Writes an order for the agent in which the paid API keys of a provider do not stand, so that
   * CoderClaw ends with its last subscription.
   * @param shownOrder as of {@link moveProfile}.
   * @throws {KnownError} `order.onlyKeys` if nothing would be left; else as {@link moveProfile}.
   */
  leaveKeysOut(files: AgentFiles, provider: string, shownOrder: readonly string[]): Promise<void> {
    return leaveKeysOutOf(this.#parts, files, provider, shownOrder);
  }

  /**
   * Has a stored profile used that is hidden from the agent, its own or an inherited one:
   * - `notInConfig`: it is listed in the config, in the mode that is its type.
   * - `configDisagrees`: its entry in the config says what is stored, and keeps its e-mail.
   * - `notInOrder`: it comes last in the order in force. One of main's becomes the agent's own for that;
   *   the config's stays that of all.
   *
   * Where the documents do not hide it any more in this way, nothing is changed.
   * @param provider Normalized id, as stored.
   * @throws {KnownError} as {@link moveProfile}: nothing changed.
   */
  showProfile(
    files: AgentFiles,
    provider: string,
    profileId: string,
    why: HiddenReason,
  ): Promise<void> {
    return showProfile(this.#parts, files, provider, profileId, why);
  }

  /**
   * Ends the pause of a profile, as the agent sees it, and forgets the failures that led to it
   * (`pauseCommit.ts` says in which store). What CoderClaw writes of a later use or failure stands.
   * @throws {KnownError} `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  clearPause(files: AgentFiles, profileId: string): Promise<PauseCleared> {
    return clearPauseOf(this.#parts, files, profileId);
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
