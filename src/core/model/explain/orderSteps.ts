import type { AuthStore } from '../../documents/authStore.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { ofLogin } from '../loginFingerprint.ts';
import { effectiveOrder, ofProvider, usableEnd } from '../order.ts';
import { pauseOf } from '../pause.ts';
import { profileState } from '../profileState.ts';
import { readableConfig } from '../readableConfig.ts';
import type { AgentRead, Reads, StateDirRead } from '../reads.ts';
import type { LeftOutReason, OrderSource } from '../snapshot.ts';
import { variablesFor } from './environmentVariables.ts';
import type {
  FirstReason,
  Kind,
  ListStep,
  Outcome,
  Step,
  StoredStep,
  TriedStep,
  Unfitness,
} from './explanation.ts';

/** One agent at one moment. */
export interface Scene {
  readonly reads: Reads;
  readonly dir: StateDirRead;
  readonly agent: AgentRead;
  /** What the agent sees. */
  readonly store: AuthStore;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of this process; a gateway may have another. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface OrderExplanation {
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
}

/**
 * Why CoderClaw tries the profiles of a provider in the order in which it does. Pure.
 * @param provider In any spelling.
 * @param preferred The profile of a session, which goes first; `isOnly`: no other is tried.
 */
export function explainOrder(
  scene: Scene,
  provider: string,
  preferred?: { readonly profileId: string; readonly isOnly: boolean },
): OrderExplanation {
  const id = normalizeProviderId(provider);
  const { store, dir, now } = scene;
  const config = readableConfig(dir.config);
  const { ids, source, listed, leftOut } = effectiveOrder({ provider, store, config, now });
  const tried = triedStep(ids, source, scene);
  const pausing = ids.flatMap((profileId) => {
    const pause = pauseOf(store.usageStats.get(profileId), now);
    return pause === undefined ? [] : [{ profileId, pause }];
  });
  const unlisted: Kind[] = [];
  const unfit: (Pick<Kind, 'profileId'> & { readonly why: Unfitness })[] = [];
  for (const [profileId, why] of leftOut) {
    if (why === 'notInOrder' || why === 'notInConfig') {
      unlisted.push({ profileId, type: store.profiles.get(profileId)?.type ?? 'api_key' });
    } else {
      unfit.push({ profileId, why: unfitness(profileId, why, scene) });
    }
  }
  const variables = variablesFor(id, scene.environment);
  const steps: readonly (Step | false)[] = [
    storedStep(id, scene),
    listStep(id, source, listed, scene),
    unlisted.length > 0 && { kind: 'unlisted', source, profiles: unlisted },
    unfit.length > 0 && { kind: 'unfit', profiles: unfit },
    pausing.length > 0 && { kind: 'pausing', profiles: pausing },
    tried.profiles.length > 0 && tried,
    preferred !== undefined && { kind: 'preferred', ...preferred },
    { kind: 'environment', provider: id, variables, isPassedOver: ids.length > 0 },
    {
      kind: 'lastResort',
      provider: id,
      tried: ids.length === 0 ? 'none' : ids.length === 1 || preferred?.isOnly ? 'one' : 'more',
    },
  ];
  const [soonest] = pausing;
  const variable = variables.find(({ isSet }) => isSet)?.name;
  const outcome: Outcome =
    firstOf(tried, listed, ids.length + leftOut.size) ??
    (soonest === undefined
      ? { kind: 'nothing', ...(variable !== undefined && { variable }) }
      : { kind: 'allPause', soonest: soonest.profileId, until: soonest.pause.until });
  return { outcome, steps: steps.filter((step) => step !== false) };
}

function storedStep(provider: string, { store, agent, dir }: Scene): StoredStep {
  const ids = [...store.profiles]
    .filter(([, credential]) => normalizeProviderId(credential.provider) === provider)
    .map(([id]) => id);
  const ownStore = agent.store.kind === 'whole' ? agent.store.store : undefined;
  const isOwn = (id: string): boolean => ownStore?.profiles.has(id) === true;
  const { path, kind } = dir.mainStore;
  return {
    kind: 'stored',
    path: agent.store.path,
    own: ids.filter(isOwn),
    ...(path !== agent.store.path && {
      main: {
        path,
        inherited: ids.filter((id) => !isOwn(id)),
        isUnknown: kind !== 'whole' && kind !== 'absent',
      },
    }),
  };
}

function listStep(
  provider: string,
  source: OrderSource,
  ids: readonly string[],
  { store, agent, dir }: Scene,
): ListStep {
  const { config: read } = dir;
  const config = readableConfig(read);
  const inConfig = [...config.authProfiles.values()].some(
    (profile) => normalizeProviderId(profile.provider) === provider,
  );
  const lists = {
    store: ofProvider(store.order, provider) !== undefined,
    config: ofProvider(config.authOrder, provider) !== undefined,
    configProfiles: inConfig,
  };
  const ranking = ['store', 'config', 'configProfiles'] as const;
  const isStored = (id: string): boolean =>
    normalizeProviderId(store.profiles.get(id)?.provider ?? '') === provider;
  return {
    kind: 'list',
    source,
    ...fileOf(provider, source, { store, agent, dir }),
    ids: [...new Set(ids)],
    missing: [...new Set(ids)].filter((id) => !isStored(id)),
    overruled: ranking.filter((one) => one !== source && lists[one]),
    ...(!('config' in read) && { unknownConfig: read.path }),
  };
}

/** In the store that both make together, main's own key for a provider comes before the agent's. */
function fileOf(
  provider: string,
  source: OrderSource,
  { store, agent, dir }: Pick<Scene, 'store' | 'agent' | 'dir'>,
): Pick<ListStep, 'orderOf' | 'path'> {
  switch (source) {
    case 'store': {
      const key = [...store.order.keys()].find((one) => normalizeProviderId(one) === provider);
      const isOwn =
        agent.store.kind === 'whole' && key !== undefined && agent.store.store.order.has(key);
      return isOwn
        ? { orderOf: 'own', path: agent.store.path }
        : { orderOf: 'main', path: dir.mainStore.path };
    }
    case 'config':
    case 'configProfiles':
      return { path: dir.config.path };
    case 'stored':
      return {};
  }
}

function unfitness(profileId: string, why: LeftOutReason, { store, dir }: Scene): Unfitness {
  const credential = store.profiles.get(profileId);
  const entry = readableConfig(dir.config).authProfiles.get(profileId);
  const { type = 'api_key', provider = '' } = credential ?? {};
  if (why === 'configDisagrees' && entry !== undefined) {
    return { kind: 'configDisagrees', entry, stored: { provider, type } };
  }
  if (why === 'expired' && credential?.type === 'token') {
    return { kind: 'expired', since: usableEnd(credential.expires) ?? 0 };
  }
  return { kind: 'noSecret', type };
}

function triedStep(ids: readonly string[], source: OrderSource, scene: Scene): TriedStep {
  const { store, now, reads } = scene;
  const profiles = ids.flatMap((profileId) => {
    const credential = store.profiles.get(profileId);
    const stats = store.usageStats.get(profileId);
    if (credential === undefined || pauseOf(stats, now) !== undefined) return [];
    const state = profileState({
      credential,
      refreshOutcome: ofLogin(credential, reads.refreshOutcomes),
      expectedEnd: ofLogin(credential, reads.expectedEnds, 'token'),
      now,
    });
    const lastUsed = stats?.lastUsed;
    return [
      { profileId, type: credential.type, state, ...(lastUsed !== undefined && { lastUsed }) },
    ];
  });
  return { kind: 'tried', isWritten: source === 'store' || source === 'config', profiles };
}

/** @param stored How many are stored for the provider. */
function firstOf(
  { profiles, isWritten }: TriedStep,
  listed: readonly string[],
  stored: number,
): Outcome | undefined {
  const [first, second] = profiles;
  if (first === undefined) return undefined;
  const { profileId, state } = first;
  const passed = isWritten ? [...new Set(listed.slice(0, listed.indexOf(profileId)))] : [];
  const because = (): FirstReason => {
    if (stored === 1) return 'only';
    if (isWritten) return passed.length === 0 ? 'headOfList' : 'nextOfList';
    if (second === undefined) return 'onlyUsable';
    if (first.type !== second.type) return 'type';
    return (first.lastUsed ?? 0) === (second.lastUsed ?? 0) ? 'storedFirst' : 'longestUnused';
  };
  const afterwards = second?.profileId;
  return {
    kind: 'uses',
    profileId,
    because: because(),
    state,
    ...(passed.length > 0 && { passed }),
    ...(afterwards !== undefined && { afterwards }),
  };
}
