import type { AuthStore } from '../documents/authStore.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import {
  CLI_WARN_MS,
  type CliProfileHealth,
  type CliProviderHealth,
  cliHealth,
} from '../model/cliHealth.ts';
import { effectiveStore } from '../model/effectiveStore.ts';
import { variablesFor } from '../model/explain/environmentVariables.ts';
import type { BrokenStore } from '../model/explain/explanation.ts';
import { profilesByProvider } from '../model/profilesByProvider.ts';
import { readableConfig } from '../model/readableConfig.ts';
import type { AgentRead, StateDirRead, StoreRead } from '../model/reads.ts';
import { type ModelProviders, modelProviders } from './modelProviders.ts';
import { holdsLogin, type ProviderOverview, providerOverview } from './providerOverview.ts';
import { type StatusCheck, statusCheck } from './statusCheck.ts';
import { type UnusableProfile, unusableProfiles } from './unusableProfiles.ts';

/**
 * One agent as `coderclaw models status --json --agent <id>` has it, without its part about models.
 * Key names are the CLI's but for `storeProblem` and `check`. No secret is in it.
 */
export interface ModelsStatus {
  /** Absolute, as are all paths but those that start with `~`. */
  readonly configPath: string;
  readonly agentId: string;
  readonly agentDir: string;
  /** Absent where the agent's store could not be read whole: the CLI takes that for an empty one. */
  readonly auth?: ModelsStatusAuth;
  readonly storeProblem?: BrokenStore;
  readonly check: StatusCheck;
}

export interface ModelsStatusAuth {
  readonly storePath: string;
  /** `<provider> (<how many sign-ins and tokens>)`. */
  readonly providersWithOAuth: readonly string[];
  /** Normalized ids of providers of models in use that have no credential. */
  readonly missingProvidersInUse: readonly string[];
  readonly providers: readonly ProviderOverview[];
  readonly unusableProfiles: readonly UnusableProfile[];
  readonly oauth: {
    readonly warnAfterMs: number;
    readonly profiles: readonly CliProfileHealth[];
    readonly providers: readonly ProviderHealth[];
  };
}

/** `missing`: a provider that the config or the environment names, of which no profile is stored. */
export interface ProviderHealth extends Omit<CliProviderHealth, 'status'> {
  readonly status: CliProviderHealth['status'] | 'missing';
  readonly profiles: readonly CliProfileHealth[];
}

export interface StatusQuery {
  readonly dir: StateDirRead;
  /** Of that state folder. */
  readonly agent: AgentRead;
  /** Of this process: a gateway that was started elsewhere may have other variables. */
  readonly host: HostEnvironment;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The CLI looks for keys of these in the environment, whether a model names them or not. */
const LOOKED_FOR = [
  ...['anthropic', 'github-copilot', 'openai', 'google', 'groq', 'cerebras', 'xai'],
  ...['openrouter', 'zai', 'mistral', 'synthetic'],
];

/**
 * The status of one agent in the words of CoderClaw 2026.3.21. Pure. Source: its
 * `src/commands/models/list.status-command.ts`.
 *
 * Left out is what only the CLI knows: `shellEnvFallback`, and Google Cloud's own login. Where the config
 * cannot be read, no model is known, so no provider is missing.
 */
export function modelsStatus(query: StatusQuery): ModelsStatus {
  const { dir, agent } = query;
  const store = effectiveStore(agent.store, dir.mainStore);
  const auth = store && statusAuth(store, query);
  return {
    configPath: dir.config.path,
    agentId: agent.id,
    agentDir: agent.agentDir,
    ...(auth && { auth }),
    ...(isBroken(agent.store) && { storeProblem: agent.store }),
    check: statusCheck(auth),
  };
}

function isBroken(store: StoreRead): store is BrokenStore {
  return store.kind !== 'whole' && store.kind !== 'absent';
}

function statusAuth(store: AuthStore, query: StatusQuery): ModelsStatusAuth {
  const { dir, agent, host, now } = query;
  const models = modelsOf(query);
  const names = providerNames(store, models, query);
  const own = agent.store.kind === 'whole' ? agent.store.store.profiles : undefined;
  const scene = {
    ...{ store, host, now },
    idsByProvider: profilesByProvider(store),
    config: readableConfig(dir.config),
    keyedInConfig: new Set(
      models.written.filter(({ hasKey }) => hasKey).map(({ id }) => normalizeProviderId(id)),
    ),
    pathOf: (id: string) => (own?.has(id) ? agent.store.path : dir.mainStore.path),
    ownPath: agent.store.path,
  };
  const providers = names.flatMap((name) => providerOverview(name, scene) ?? []);
  const known = new Set(providers.map(({ provider }) => provider));
  return {
    storePath: agent.store.path,
    providersWithOAuth: providers.flatMap(withOAuth),
    missingProvidersInUse: models.inUse.filter((id) => !known.has(id)).sort(byLocale),
    providers,
    unusableProfiles: unusableProfiles(store, now),
    oauth: { warnAfterMs: CLI_WARN_MS, ...healthOf(names, store, query) },
  };
}

interface Models extends ModelProviders {
  /** The keys of `models.providers`. */
  readonly written: readonly { readonly id: string; readonly hasKey: boolean }[];
}

function modelsOf({ dir, agent }: StatusQuery): Models {
  if (!('config' in dir.config)) return { inUse: [], named: [], written: [] };
  const { config } = dir.config;
  return { ...modelProviders(config, agent.id), written: config.models.providers };
}

/** Every provider that anything speaks of, as it is spelled there. */
function providerNames(
  { profiles }: AuthStore,
  { named, written }: Models,
  { host }: StatusQuery,
): readonly string[] {
  const names = [
    ...[...profiles.values()].map(({ provider }) => provider),
    ...written.map(({ id }) => id),
    ...named,
    ...LOOKED_FOR.filter((id) => variablesFor(id, host.env).some(({ isSet }) => isSet)),
  ];
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))].sort(
    byLocale,
  );
}

function withOAuth(row: ProviderOverview): readonly string[] {
  const { oauth, token } = row.profiles;
  const count = oauth + token + (holdsLogin(row) ? 1 : 0);
  return count === 0 ? [] : [`${row.provider} (${count})`];
}

/** The CLI leaves out profiles whose provider is written with spaces around it. */
function healthOf(
  names: readonly string[],
  store: AuthStore,
  { dir, now }: StatusQuery,
): Pick<ModelsStatusAuth['oauth'], 'profiles' | 'providers'> {
  const health = cliHealth(store, readableConfig(dir.config), now);
  const providers = names.map((name): ProviderHealth => {
    const row = health.providers.find(({ provider }) => provider === name);
    const profiles = health.profiles.filter(({ provider }) => provider === name);
    return { ...(row ?? { provider: name, status: 'missing' }), profiles };
  });
  return { profiles: providers.flatMap(({ profiles }) => profiles), providers };
}

/** The CLI's collation. */
function byLocale(a: string, b: string): number {
  return a.localeCompare(b);
}
