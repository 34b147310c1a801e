import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { addProfile, listsProvider, type NewConfigProfile } from '../documents/configEdits.ts';
import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { upsertProfile } from '../documents/storeIntents.ts';
import type { Identity, SignedIn } from '../signin/descriptor.ts';
import { identityOfStored } from '../signin/identity.ts';
import { editConfig } from './editConfig.ts';
import { refuseLegacy } from './legacyFiles.ts';
import type { AgentFiles, Saved } from './profileService.ts';
import { readWritableStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

/** What stands under one id of a provider in an agent's own store. */
export interface StoredProfile {
  readonly id: string;
  /** As it stands, to compare with: it holds secrets and goes nowhere else. */
  readonly entry: JsonValue;
  /** Without user, account and e-mail where the entry does not tell them. */
  readonly identity: Identity;
}

/** Brings finished sign-ins into the store and the config of an agent. */
export class SignInService {
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /**
   * All that stands under an id of `provider`, in whatever spelling or shape, in the agent's own
   * store. Resolving means that a sign-in could be stored there now; asked before a browser opens.
   * @throws {KnownError} `store.*`
   */
  async stored(files: AgentFiles, provider: string): Promise<readonly StoredProfile[]> {
    const store = await readWritableStore(files.storePath, this.#clock);
    if (store.kind === 'absent') {
      await refuseLegacy(files.storePath, files.legacyPaths);
      return [];
    }
    const { profiles } = store.document;
    return Object.entries(isJsonObject(profiles) ? profiles : {}).flatMap(([id, entry]) => {
      const identity = identityIn(entry, provider);
      return identity !== undefined || id.startsWith(`${provider}:`)
        ? [{ id, entry, identity: identity ?? { provider } }]
        : [];
    });
  }

  /**
   * Stores a finished sign-in under `profileId`, then lists it in the config as the CLI's login
   * does. Durable once resolved. A config that cannot be edited does not undo the sign-in.
   *
   * A provider of which the config lists nothing is used with all that is stored; the first entry
   * would hide the rest. So `siblings`, the profiles of that provider that are stored in this state
   * folder, are listed along with it (here we go beyond the CLI, which hides them).
   *
   * @param seen What stood under `profileId` when it was decided to store it there; `undefined` for
   * nothing. Anything else there now was written since, maybe a newer token, and is not replaced.
   * @throws {KnownError} `profile.changed`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async save(
    files: AgentFiles,
    profileId: string,
    { credential, identity }: SignedIn,
    seen: JsonValue | undefined,
    siblings: readonly NewConfigProfile[],
  ): Promise<Saved> {
    const { aftermath } = await this.#vault.commitStore(
      files.storePath,
      upsertProfile(profileId, credential, { mayReplace: (now) => isDeepStrictEqual(now, seen) }),
      { legacyPaths: files.legacyPaths },
    );
    const { provider, email } = identity;
    const saved = await editConfig(this.#vault, files.configPath, (text) => {
      const entry: NewConfigProfile = {
        profileId,
        provider,
        mode: 'oauth',
        ...(email === undefined ? {} : { email }),
      };
      const hidden = listsProvider(text, provider, files.configPath) ? [] : siblings;
      return [...hidden.filter((one) => one.profileId !== profileId), entry].reduce<
        string | undefined
      >((edited, one) => addProfile(edited, one, files.configPath), text);
    });
    return (await aftermath) === 'undone' ? { ...saved, undone: true } : saved;
  }
}

/** Undefined where the entry is of another provider, or of none. */
function identityIn(entry: JsonValue, provider: string): Identity | undefined {
  if (!isJsonObject(entry) || typeof entry['provider'] !== 'string') return undefined;
  if (normalizeProviderId(entry['provider']) !== provider) return undefined;
  return { ...identityOfStored(entry), provider };
}
