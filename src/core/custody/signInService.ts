import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { NewConfigProfile } from '../documents/configEdits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { upsertProfile } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { Identity, SignedIn } from '../signin/descriptor.ts';
import { personOf, sameIdentity } from '../signin/identity.ts';
import { type AfterParts, afterSignIn } from './afterStore.ts';
import { entryHash, loginHash } from './entryHash.ts';
import type { Journal, JournalSlot } from './journal/journal.ts';
import { dropIfPossible } from './journal/noted.ts';
import { statsUnder } from './pauseCommit.ts';
import type { AgentFiles, Saved } from './profileService.ts';
import type { StorePlace } from './storePlaces.ts';
import { readWritableStore } from './storeRead.ts';
import type { TokenEndFiles } from './tokenEnds.ts';
import type { Vault } from './vault.ts';

/** What stands under one id of a provider in an agent's own store. */
export interface StoredProfile {
  readonly id: string;
  /** As it stands, to compare with: it holds secrets and goes nowhere else. */
  readonly entry: JsonValue;
  /** Without user, account and e-mail where the entry does not tell them; a key or token never does. */
  readonly identity: Identity;
}

/** A profile of the same account, of another agent. */
export interface ProfileElsewhere extends StoredProfile {
  readonly agentId: string;
  readonly files: AgentFiles;
}

export interface SignInServiceParts {
  readonly vault: Pick<Vault, 'commitStore' | 'commitConfig' | 'withStores' | 'importLegacy'>;
  readonly clock: Clock;
  /** Lines of ids, paths and codes. */
  readonly log: (line: string) => void;
  /** Every agent of every state dir; none but the one asked about unless given. */
  readonly places?: () => Promise<readonly StorePlace[]>;
  /** Keeps finished sign-ins until they are seen stored; without one they are in memory only. */
  readonly journal?: Pick<Journal, 'open'>;
  /** Remembers when tokens were pasted that carry no end; without one, nobody is reminded of it. */
  readonly tokenEnds?: Pick<TokenEndFiles, 'stored'>;
}

/**
 * Brings finished sign-ins into the store and the config of an agent: of any kind, pasted tokens and
 * API keys too (`signin/secrets/secretCredential.ts`).
 */
export class SignInService {
  readonly #parts: SignInServiceParts;
  readonly #after: AfterParts;
  /** By the sign-in: the one entry that keeps it. */
  readonly #kept = new WeakMap<SignedIn, { readonly slot: JournalSlot; readonly about: string }>();
  /** By hashes, what stood under an id when it was last read. */
  readonly #seen = new Map<string, Seen>();

  constructor(parts: SignInServiceParts) {
    this.#parts = parts;
    this.#after = { places: async () => [], ...parts };
  }

  /**
   * All that stands under an id of `provider`, in whatever spelling or shape, in the agent's own
   * store; where there is none, what the import of its older files will put there. Resolving means
   * that a sign-in could be stored there now; asked before a browser opens. Changes nothing.
   * @throws {KnownError} `store.*`, `legacy.unreadable`
   */
  readonly stored = async (
    files: AgentFiles,
    provider: string,
  ): Promise<readonly StoredProfile[]> => {
    const { clock } = this.#parts;
    const store = await readWritableStore(files.storePath, clock);
    const profiles =
      store.kind === 'whole' ? store.document['profiles'] : await this.#waiting(files);
    const found = Object.entries(isJsonObject(profiles) ? profiles : {}).flatMap(([id, entry]) => {
      const identity = identityIn(entry, provider);
      return identity !== undefined || id.startsWith(`${provider}:`)
        ? [{ id, entry, identity: identity ?? { provider } }]
        : [];
    });
    for (const { id, entry } of found) this.#seen.set(seenKey(files, id), seenOf(entry));
    return found;
  };

  /**
   * The profiles of an account among the other agents of the state folder, main's first. What cannot be
   * read just now has none; and nothing is the same as an account that does not say who it is.
   */
  async elsewhere(files: AgentFiles, identity: Identity): Promise<readonly ProfileElsewhere[]> {
    const all = (await this.#parts.places?.()) ?? [];
    const others = all
      .filter(({ stateDir }) => stateDir === files.stateDir)
      .sort((a, b) => Number(b.agentId === MAIN_AGENT_ID) - Number(a.agentId === MAIN_AGENT_ID));
    const found: ProfileElsewhere[] = [];
    for (const { agentId, storePath, legacyPaths = [] } of others) {
      if (storePath === files.storePath) continue;
      const place = { ...files, storePath, legacyPaths };
      const profiles = await this.stored(place, identity.provider).catch(nothingReadable);
      for (const profile of profiles) {
        if (sameIdentity(identity, profile.identity) !== 'same') continue;
        found.push({ ...profile, agentId, files: place });
      }
    }
    return found;
  }

  /**
   * Puts a finished sign-in into the journal before it is known whether and as what it can be stored,
   * so that neither a crash nor a reload of the window loses it; one that is there already stays as it
   * is. Never rejects for what the disk says: without a journal the tokens are still in hand.
   *
   * @param profileId As it would probably be stored.
   */
  async keep(files: AgentFiles, profileId: string, signedIn: SignedIn): Promise<void> {
    if (!this.#kept.has(signedIn)) await this.reconsider(files, profileId, signedIn);
  }

  /**
   * The same, but one that is there already is made anew: as not decided, by what {@link stored} saw last.
   * What had been agreed to was about something else.
   */
  async reconsider(files: AgentFiles, profileId: string, signedIn: SignedIn): Promise<void> {
    const seen = this.#seen.get(seenKey(files, profileId)) ?? seenOf(undefined);
    await this.#keep(files, profileId, signedIn, seen, false);
  }

  /** The person does not want it stored, or something better stands there: forgets it. */
  async letGo(signedIn: SignedIn): Promise<void> {
    const slot = this.#kept.get(signedIn)?.slot;
    this.#kept.delete(signedIn);
    if (slot !== undefined) await dropIfPossible(slot, this.#parts.log);
  }

  /**
   * Stores a finished sign-in under `profileId`, then lists it in the config as the CLI's login
   * does, and brings the runtime caches in step that held what it replaced. A pause of that profile
   * ends with the same commit: it was the pause of another secret. An agent without a store
   * gets its older sign-ins imported first. Durable once resolved. A config that cannot be edited does
   * not undo the sign-in.
   *
   * A provider of which the config lists nothing is used with all that is stored; the first entry
   * would hide the rest. So `siblings`, the profiles of that provider that are stored in this state
   * folder, are listed along with it (here we go beyond the CLI, which hides them).
   *
   * @param seen What stood under `profileId` when it was decided to store it there; `undefined` for
   * nothing. Anything else there now was written since, maybe a newer token, and is not replaced.
   * @throws {KnownError} `profile.changed`, `store.*`, `legacy.unreadable`, `lock.*`, `disk.*`:
   * nothing changed. `signin.kept` in place of them (but for the first) if the sign-in is safe in the
   * journal, to be stored later.
   */
  async save(
    files: AgentFiles,
    profileId: string,
    signedIn: SignedIn,
    seen: JsonValue | undefined,
    siblings: readonly NewConfigProfile[],
  ): Promise<Saved> {
    const { credential } = signedIn;
    const { vault } = this.#parts;
    // Once stored, the entry guards the commit; it is dropped when that is seen to last.
    const isKept = await this.#keep(files, profileId, signedIn, seenOf(seen), true);
    const commit = async () => {
      await vault.importLegacy(files.storePath, files.legacyPaths);
      const resumes = await statsUnder(this.#parts, files, profileId);
      return await vault.commitStore(
        files.storePath,
        upsertProfile(profileId, credential, {
          mayReplace: (now) => isDeepStrictEqual(now, seen),
          action: 'signedIn',
          resumes,
        }),
        {
          legacyPaths: files.legacyPaths,
          // Without room for it, what is kept is for another place.
          made: async () => {
            if (isKept) await this.#kept.get(signedIn)?.slot.made();
          },
        },
      );
    };
    const { aftermath } = await commit().catch((error: unknown) => {
      throw isKept ? keptFault(profileId, error) : error;
    });
    // There was no room for it (a full disk), or no right: it may be there by now.
    if (!isKept && (await this.#keep(files, profileId, signedIn, seenOf(seen), true))) {
      await this.#kept.get(signedIn)?.slot.made();
    }
    const saved = await this.finish(files, profileId, signedIn, seen, siblings);
    return (await aftermath) === 'undone' ? { ...saved, undone: true } : saved;
  }

  /**
   * What {@link save} does once the store has the sign-in; for one that was brought there by somebody
   * else. Takes its parameters.
   */
  finish(
    files: AgentFiles,
    profileId: string,
    { credential, identity: { provider, email }, modelProvider }: SignedIn,
    seen: JsonValue | undefined,
    siblings: readonly NewConfigProfile[],
  ): Promise<Saved> {
    const profile = { profileId, provider, ...(email === undefined ? {} : { email }) };
    const was = { entry: seen };
    return afterSignIn(this.#after, files, { profile, credential, was, siblings, modelProvider });
  }

  /** The profiles that an import would make. */
  async #waiting(files: AgentFiles): Promise<JsonObject> {
    const { planImport } = await import('./older/legacyImport.ts');
    const { logins } = await planImport(files.storePath, files.legacyPaths, this.#parts.clock);
    return Object.fromEntries(logins.map(({ profileId, credential }) => [profileId, credential]));
  }

  /**
   * Opens an entry with the tokens in it, in place of the one before.
   * @param agreed It is decided that they go there, whoever is replaced.
   * @returns whether there is one.
   */
  async #keep(
    files: AgentFiles,
    profileId: string,
    signedIn: SignedIn,
    seen: Seen,
    agreed: boolean,
  ): Promise<boolean> {
    const { journal, log } = this.#parts;
    if (journal === undefined) return false;
    const { provider } = signedIn.identity;
    const { stateDir, storePath, configPath } = files;
    const before = this.#kept.get(signedIn);
    const about = JSON.stringify([storePath, profileId, seen, agreed]);
    // One that waits for a person is left alone by everybody, so it is still there.
    if (before?.about === about && !agreed) return true;
    try {
      const slot = await journal.open(stateDir, {
        kind: 'store',
        provider,
        storePath,
        profileId,
        ...seen,
        agreed,
        configPath,
      });
      try {
        await slot.answer(signedIn.credential);
      } catch (error) {
        await dropIfPossible(slot, this.#parts.log);
        throw error;
      }
      this.#kept.set(signedIn, { slot, about });
      if (before !== undefined) await dropIfPossible(before.slot, this.#parts.log);
      return true;
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      log(`the sign-in of ${profileId} is not in the journal: ${error.code}`);
      return false;
    }
  }
}

/** What stood under an id: `seen` and `was` of a journal entry. */
interface Seen {
  readonly seen: string | null;
  readonly was: string | null;
}

function seenOf(entry: JsonValue | undefined): Seen {
  return { seen: entry === undefined ? null : entryHash(entry), was: loginHash(entry) };
}

/** What is thrown of a sign-in that is safe in the journal. Overtaken, it is decided about anew. */
function keptFault(profileId: string, why: unknown): unknown {
  if (!(why instanceof KnownError) || why.code === 'profile.changed') return why;
  return new KnownError('signin.kept', { profileId, why }, { cause: why });
}

function nothingReadable(error: unknown): readonly StoredProfile[] {
  if (error instanceof KnownError) return [];
  throw error;
}

function seenKey({ storePath }: AgentFiles, profileId: string): string {
  return JSON.stringify([storePath, profileId]);
}

/** Undefined where the entry is of another provider, or of none. */
function identityIn(entry: JsonValue, provider: string): Identity | undefined {
  if (!isJsonObject(entry) || typeof entry['provider'] !== 'string') return undefined;
  if (normalizeProviderId(entry['provider']) !== provider) return undefined;
  return { ...personOf(entry), provider };
}
