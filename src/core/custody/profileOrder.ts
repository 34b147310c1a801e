import { listsProvider } from '../documents/configEdits.ts';
import { moveInOrder, setOrder, usedBy } from '../documents/configOrderEdits.ts';
import type { JsonObject } from '../documents/json.ts';
import {
  hasStoredOrder,
  leaveKeysOut,
  moveProfile,
  type OrderBefore,
  resetOrder,
  takeBackFirst,
} from '../documents/orderIntents.ts';
import type { OrderPlace } from '../documents/orderMove.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import { mainStoreUnder } from './mainStore.ts';
import { commitOrder, type OrderParts } from './orderCommit.ts';
import type { AgentFiles } from './profileService.ts';
import { storedOf } from './storedProfiles.ts';
import type { StorePlace } from './storePlaces.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

/** What people do to orders: for one agent, in its store; for all of a config, in that. */
export interface ProfileOrderParts extends OrderParts {
  readonly vault: Pick<Vault, 'commitStore' | 'commitConfig' | 'importLegacy'>;
  readonly places: () => Promise<readonly StorePlace[]>;
}

/** `agent`: the order of this one. `all`: of those that have none of their own, in the config. */
export type OrderScope = 'agent' | 'all';

/** What a change of an order came to for the agent that was asked about. */
export interface OrderChanged {
  /** It is in force there. Not so for a change in the config where a store has an order. */
  readonly inForce: boolean;
}

export interface MoveRequest {
  /** Normalized id. */
  readonly provider: string;
  readonly profileId: string;
  readonly to: OrderPlace;
  readonly scope: OrderScope;
  /** As the person saw the order of this agent. */
  readonly shown: readonly string[];
}

/** `ProfileService.moveProfile`. */
export async function moveInScope(
  parts: ProfileOrderParts,
  files: AgentFiles,
  { provider, profileId, to, scope, shown }: MoveRequest,
): Promise<OrderChanged> {
  if (scope === 'agent') {
    await commitOwn(parts, files, (main) => moveProfile(provider, profileId, to, shown, main));
    return { inForce: true };
  }
  const { own, main } = await readAgent(parts, files);
  const isThere = [own, main].some((one) => entryOf(one ?? {}, 'profiles', profileId));
  if (!isThere) throw new KnownError('profile.gone', { profileId, storePath: files.storePath });
  const { configPath } = files;
  // A list hides what is not in it, also from the other agents: what they use now is in it too.
  const stored = (await storedOf(parts, files, provider)).map((one) => one.profileId);
  await parts.vault.commitConfig(configPath, (text) => {
    const others = listsProvider(text, provider, configPath) ? [] : stored;
    const all = [...new Set([...shown, ...others])];
    return moveInOrder(text, provider, profileId, to, all, configPath);
  });
  return { inForce: await isConfigInForce(parts, files, provider) };
}

/** `ProfileService.orderForAll`. */
export async function orderForAllIn(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
  ids: readonly string[],
): Promise<OrderChanged> {
  const { configPath } = files;
  const stored = (await storedOf(parts, files, provider)).map((one) => one.profileId);
  await parts.vault.commitConfig(configPath, (text) => {
    // Nothing that an agent uses now is to be hidden by it.
    const others = usedBy(text, provider, configPath) ?? stored;
    return setOrder(text, provider, [...new Set([...ids, ...others])], configPath);
  });
  return { inForce: await isConfigInForce(parts, files, provider) };
}

/** `ProfileService.takeBackFirst`. */
export async function takeBackFirstOf(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
  profileId: string,
  before: OrderBefore,
): Promise<void> {
  await commitOwn(parts, files, (main) => takeBackFirst(provider, profileId, before, main));
}

/** `ProfileService.resetOrder`. */
export async function resetInScope(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
  scope: OrderScope,
): Promise<OrderChanged> {
  if (scope === 'agent') {
    await commitOwn(parts, files, () => resetOrder(provider));
    return { inForce: true };
  }
  await parts.vault.commitConfig(files.configPath, (text) =>
    text === undefined ? undefined : setOrder(text, provider, undefined, files.configPath),
  );
  return { inForce: await isConfigInForce(parts, files, provider) };
}

/** `ProfileService.leaveKeysOut`. */
export async function leaveKeysOutOf(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
  shown: readonly string[],
): Promise<void> {
  await commitOwn(parts, files, (main) => leaveKeysOut(provider, shown, main));
}

/** Commits to the order of an agent. One without a store gets its older sign-ins imported first. */
export async function commitOwn(
  parts: ProfileOrderParts,
  files: AgentFiles,
  intent: (main: JsonObject | undefined) => StoreIntent,
): Promise<void> {
  const { storePath, legacyPaths } = files;
  await parts.vault.importLegacy(storePath, legacyPaths);
  const main = await mainStoreUnder(parts, files);
  await commitOrder(parts, files, intent(main?.document), { legacyPaths });
}

/** What an agent has of its own, and what it sees of main's. */
export interface AgentDocuments {
  readonly own: JsonObject;
  readonly main: JsonObject | undefined;
}

/**
 * Reads what an agent sees, without a lock.
 * @throws {KnownError} `store.*`
 */
export async function readAgent(
  parts: Pick<ProfileOrderParts, 'clock' | 'places'>,
  files: AgentFiles,
): Promise<AgentDocuments> {
  const store = await readKnownStore(files.storePath, parts.clock);
  const main = await mainStoreUnder(parts, files);
  return { own: store.kind === 'whole' ? store.document : {}, main: main?.document };
}

async function isConfigInForce(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
): Promise<boolean> {
  const { own, main } = await readAgent(parts, files);
  return !hasStoredOrder(own, main, normalizeProviderId(provider));
}
