import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { type AuthStore, type Credential, credentialProblems } from '../documents/authStore.ts';
import type { ConfigRead } from '../documents/config.ts';
import { shownKey } from '../documents/shownText.ts';
import { modelsFor, providerFor } from './agentModels.ts';
import { billingStep } from './billingGuard.ts';
import { effectiveStore } from './effectiveStore.ts';
import { loginFingerprint, ofLogin } from './loginFingerprint.ts';
import { type ConfigAuth, effectiveOrder, isBlank, ofProvider, usableEnd } from './order.ts';
import { pauseOf } from './pause.ts';
import { profileName } from './profileName.ts';
import { isDeadBy, isUsable, profileState, retryOf } from './profileState.ts';
import { profilesByProvider } from './profilesByProvider.ts';
import { readableConfig } from './readableConfig.ts';
import type { AgentRead, Reads, StateDirRead, StoreRead } from './reads.ts';
import type {
  AgentSnapshot,
  ChatsSnapshot,
  ConfigSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
  Renewal,
  Snapshot,
  StateDirSnapshot,
  StoreSnapshot,
} from './snapshot.ts';
import { noteMaking, sameAgain } from './snapshotMemo.ts';
import { reuseEqualParts } from './structuralSharing.ts';
import { findTwins, sameLoginAs, type Twins } from './twins.ts';

/**
 * What views may know, from what the disk said. Pure, and without a secret.
 *
 * A store that could not be read whole shows no provider, not even an inherited one: what it holds
 * is not known, and unreadable is not empty. Where the config cannot be read, profiles are judged
 * as if it said nothing.
 *
 * @param now milliseconds since the epoch.
 * @param previous every part that is equal in it is that same object in the result (`===`); only
 *   the outermost object is always new, since `takenAt` is. Where it was made from the same reads and
 *   no turn has come since, nothing is built at all (`sameAgain`).
 */
export function buildSnapshot(reads: Reads, now: number, previous?: Snapshot): Snapshot {
  const again = sameAgain(previous, reads, now);
  if (again !== undefined) return again;
  const twins = findTwins(reads.stateDirs);
  const stateDirs = reads.stateDirs.map((dir) => stateDirSnapshot(dir, { now, twins, reads }));
  const { lookedIn } = reads;
  const snapshot: Snapshot = {
    takenAt: now,
    stateDirs: previous ? reuseEqualParts(previous.stateDirs, stateDirs) : stateDirs,
    lookedIn: previous ? reuseEqualParts(previous.lookedIn, lookedIn) : lookedIn,
  };
  noteMaking(snapshot, reads);
  return snapshot;
}

interface Moment {
  readonly now: number;
  readonly twins: Twins;
  readonly reads: Reads;
}

function stateDirSnapshot(dir: StateDirRead, moment: Moment): StateDirSnapshot {
  return {
    path: dir.path,
    label: dir.label,
    inUse: dir.inUse,
    config: configSnapshot(dir.config),
    agents: dir.agents.map((agent) => agentSnapshot(dir, agent, moment)),
    ...(dir.agents.some(({ id }) => id === MAIN_AGENT_ID)
      ? {}
      : { mainStore: storeSnapshot(dir.mainStore) }),
  };
}

function agentSnapshot(dir: StateDirRead, agent: AgentRead, moment: Moment): AgentSnapshot {
  return {
    id: agent.id,
    ...(agent.name === undefined ? {} : { name: shownKey(agent.name) }),
    isDefault: agent.isDefault,
    onDiskOnly: agent.onDiskOnly,
    agentDir: agent.agentDir,
    store: storeSnapshot(agent.store),
    chats: chatsOf(dir.config, agent.id),
    models: 'config' in dir.config ? modelsFor(dir.config.config, agent.id) : [],
    ...sessionsOf(dir, agent, moment),
    providers: providerSnapshots(dir, agent, moment),
  };
}

function chatsOf(config: ConfigRead, agentId: string): readonly ChatsSnapshot[] {
  if (!('config' in config)) return [];
  return config.config.bindings
    .filter((binding) => binding.agentId === agentId)
    .map(({ match, written }) => ({ key: JSON.stringify(match), match, written }));
}

/**
 * Where the agent's store, or that of main under it, is not known, nothing can be said of pins: good ones
 * would look stale.
 */
function sessionsOf(
  dir: StateDirRead,
  agent: AgentRead,
  { now }: Moment,
): Pick<AgentSnapshot, 'sessions'> {
  const store = effectiveStore(agent.store, dir.mainStore);
  const isMainKnown = dir.mainStore.kind === 'whole' || dir.mainStore.kind === 'absent';
  if (agent.sessions === undefined || store === undefined || !isMainKnown) return {};
  const config = readableConfig(dir.config);
  const provider = 'config' in dir.config ? providerFor(dir.config.config, agent.id) : undefined;
  return { sessions: agent.sessions.seenIn({ store, config, provider, now }) };
}

function providerSnapshots(
  dir: StateDirRead,
  agent: AgentRead,
  moment: Moment,
): readonly ProviderSnapshot[] {
  const effective = effectiveStore(agent.store, dir.mainStore);
  if (effective === undefined) return [];
  const context: AgentContext = {
    ...moment,
    dir,
    agent,
    effective,
    own: agent.store.kind === 'whole' ? agent.store.store : undefined,
    config: readableConfig(dir.config),
    idsByLogin: idsByLogin(effective),
  };
  return [...profilesByProvider(effective)]
    .sort(([a], [b]) => compareIds(a, b))
    .map(([provider, ids]) => providerSnapshot(provider, ids, context));
}

interface AgentContext extends Moment {
  readonly dir: StateDirRead;
  readonly agent: AgentRead;
  readonly effective: AuthStore;
  readonly own: AuthStore | undefined;
  readonly config: ConfigAuth;
  readonly idsByLogin: ReadonlyMap<string, readonly string[]>;
}

function providerSnapshot(
  provider: string,
  stored: readonly string[],
  context: AgentContext,
): ProviderSnapshot {
  const { effective, config, now } = context;
  const order = effectiveOrder({ provider, store: effective, config, now });
  const inOrder = new Set(order.ids);
  const rest = stored.filter((id) => !inOrder.has(id)).sort(compareIds);
  const profiles = [...order.ids, ...rest].flatMap((id, place) => {
    const credential = effective.profiles.get(id);
    if (credential === undefined) return [];
    const leftOut = order.leftOut.get(id);
    const pause = pauseOf(effective.usageStats.get(id), now);
    const state = profileState({
      credential,
      stats: effective.usageStats.get(id),
      leftOut,
      refreshOutcome: ofLogin(credential, context.reads.refreshOutcomes),
      expectedEnd: ofLogin(credential, context.reads.expectedEnds, 'token'),
      now,
    });
    const profile: ProfileSnapshot = {
      id,
      name: profileName(id),
      provider,
      type: credential.type,
      ...emailOf(id, credential, config),
      state,
      ...(inOrder.has(id) ? { position: place } : {}),
      ...(leftOut === undefined ? {} : { leftOut }),
      ...(pause && { pause }),
      next: place === 0 && inOrder.has(id) && isUsable(state),
      origin: context.own?.profiles.has(id) ? 'own' : 'inherited',
      sharedWith: context.twins.sharedWith(credential, context.dir, context.agent),
      ...expiresOf(credential),
      ...renewalOf(credential, context),
      problems: problemsOf(id, credential, context),
    };
    return [profile];
  });
  const billing = billingStep({ profiles }, order.withoutPauses);
  const isOwn = ofProvider(context.own?.order ?? new Map(), provider) !== undefined;
  return {
    id: provider,
    profiles,
    orderSource: order.source,
    ...(billing && { billing }),
    ...(order.source === 'store' && { orderFrom: isOwn ? 'own' : 'main' }),
  };
}

/** The login's own e-mail; else the one that somebody wrote into the config. */
function emailOf(
  id: string,
  credential: Credential,
  config: ConfigAuth,
): { readonly email?: string } {
  const email = credential.email?.trim() || config.authProfiles.get(id)?.email?.trim();
  return email ? { email: shownKey(email) } : {};
}

function expiresOf(credential: Credential): { readonly expires?: number } {
  if (credential.type === 'api_key' || credential.expires === undefined) return {};
  return { expires: credential.expires };
}

function renewalOf(
  credential: Credential,
  { twins, reads, now }: Moment,
): { readonly renewal?: Renewal } {
  if (credential.type !== 'oauth' || isBlank(credential.refresh)) return {};
  const login = twins.nameOf(credential);
  const outcome = ofLogin(credential, reads.refreshOutcomes);
  if (login === undefined) return {};
  const death = outcome?.kind === 'dead' && isDeadBy(outcome, now) ? outcome : undefined;
  // One that got no answer may still work, so a person may try.
  if (death !== undefined && death.why !== 'unanswered') return {};
  const expires = usableEnd(credential.expires);
  const retryAt = retryOf(outcome, credential, now);
  const receivedAt = ofLogin(credential, reads.receivedAt);
  return {
    renewal: {
      login,
      ...(expires !== undefined && { expires }),
      ...(receivedAt !== undefined && { receivedAt }),
      ...(retryAt !== undefined && { retryAt }),
      ...(death !== undefined && { byHand: true }),
    },
  };
}

function problemsOf(id: string, credential: Credential, context: AgentContext): readonly string[] {
  const problems = [...credentialProblems(credential)];
  const fingerprint = loginFingerprint(credential);
  const sameLogin = fingerprint === undefined ? [] : (context.idsByLogin.get(fingerprint) ?? []);
  for (const other of sameLogin) {
    if (other !== id) problems.push(sameLoginAs(other));
  }
  return problems;
}

function idsByLogin(store: AuthStore): ReadonlyMap<string, readonly string[]> {
  const byLogin = new Map<string, string[]>();
  for (const [id, credential] of store.profiles) {
    const fingerprint = loginFingerprint(credential);
    if (fingerprint === undefined) continue;
    const ids = byLogin.get(fingerprint);
    if (ids === undefined) byLogin.set(fingerprint, [id]);
    else ids.push(id);
  }
  return byLogin;
}

function configSnapshot(read: ConfigRead): ConfigSnapshot {
  switch (read.kind) {
    case 'absent':
    case 'whole':
      return { kind: read.kind, path: read.path };
    case 'unreadable':
    case 'invalid':
      return read;
  }
}

function storeSnapshot(read: StoreRead): StoreSnapshot {
  if (read.kind !== 'whole') return read;
  const { kind, path, problems, unwritable } = read;
  return { kind, path, problems, ...(unwritable !== undefined && { unwritable }) };
}

/** The same everywhere, whatever the person's language. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
