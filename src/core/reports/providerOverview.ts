import { dirname, join } from 'node:path';
import type { AuthStore, Credential, UsageStats } from '../documents/authStore.ts';
import { type HostEnvironment, shownPath } from '../documents/hostEnvironment.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { profileLabel } from '../model/cliHealth.ts';
import { variablesFor } from '../model/explain/environmentVariables.ts';
import { type ConfigAuth, unusableUntil } from '../model/order.ts';
import { remainingShort } from '../model/remaining.ts';
import { mask } from '../redact.ts';

/** A row of `auth.providers`: where the credentials of a provider come from. Key names are the CLI's. */
export interface ProviderOverview {
  /** As stored or as written: two spellings are two rows. */
  readonly provider: string;
  readonly effective: {
    /** The first that there is, in this sequence. */
    readonly kind: 'profiles' | 'env' | 'models.json';
    /** The path of the store; else what stands for the key. */
    readonly detail: string;
  };
  readonly profiles: {
    readonly count: number;
    readonly oauth: number;
    readonly token: number;
    readonly apiKey: number;
    /** `<id>=<kind or masked key> [<pause>]`, as stored. */
    readonly labels: readonly string[];
  };
  /** The variable of the environment that holds a key. `source`: `env: <NAME>`. */
  readonly env?: KeySource;
  /** A key in the config, at `models.providers`. */
  readonly modelsJson?: KeySource;
}

export interface KeySource {
  /** Never the key: at most its last four characters. */
  readonly value: string;
  readonly source: string;
}

/** What the rows of one agent are made of. */
export interface OverviewScene {
  /** What the agent sees. */
  readonly store: AuthStore;
  /** Its ids by normalized provider id, in the order of the store. */
  readonly idsByProvider: ReadonlyMap<string, readonly string[]>;
  readonly config: ConfigAuth;
  /** Normalized ids of the providers that have a key in the config. */
  readonly keyedInConfig: ReadonlySet<string>;
  /** Path of the store that a profile stands in. */
  readonly pathOf: (profileId: string) => string;
  /** Path of the agent's own store. */
  readonly ownPath: string;
  readonly host: HostEnvironment;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What the CLI prints in place of a key that is not there. */
const MISSING = 'missing';
const OAUTH_VARIABLE = 'OAuth (env)';

/**
 * Where the credentials of a provider come from, as `coderclaw models status --json` of CoderClaw
 * 2026.3.21 has it; `undefined` where there is none, since the CLI has no row for it then. Pure. The CLI
 * shows more of a key, and short ones whole.
 * @param provider as stored or written, trimmed.
 */
export function providerOverview(
  provider: string,
  scene: OverviewScene,
): ProviderOverview | undefined {
  const { store, host } = scene;
  const id = normalizeProviderId(provider);
  const profiles = (scene.idsByProvider.get(id) ?? []).flatMap((profileId) => {
    const credential = store.profiles.get(profileId);
    return credential === undefined ? [] : [{ profileId, credential }];
  });
  const env = environmentKey(id, host);
  const modelsJson = scene.keyedInConfig.has(id) ? configKey(scene) : undefined;
  const effective = effectiveSource(profiles, env, modelsJson, scene);
  if (effective === undefined) return undefined;
  const count = (type: Credential['type']): number =>
    profiles.filter(({ credential }) => credential.type === type).length;
  return {
    provider,
    effective,
    profiles: {
      count: profiles.length,
      oauth: count('oauth'),
      token: count('token'),
      apiKey: count('api_key'),
      labels: profiles.map(({ profileId, credential }) => labelOf(profileId, credential, scene)),
    },
    ...(env && { env }),
    ...(modelsJson && { modelsJson }),
  };
}

/** Holds a login rather than a key. */
export function holdsLogin({ env }: ProviderOverview): boolean {
  return env?.value === OAUTH_VARIABLE;
}

function effectiveSource(
  profiles: readonly { readonly profileId: string }[],
  env: KeySource | undefined,
  modelsJson: KeySource | undefined,
  { pathOf, ownPath, host }: OverviewScene,
): ProviderOverview['effective'] | undefined {
  const [first] = profiles;
  if (first !== undefined) {
    // The CLI names main's store here for every agent, also where its own has the profiles.
    const isOwn = profiles.some(({ profileId }) => pathOf(profileId) === ownPath);
    const path = isOwn ? ownPath : pathOf(first.profileId);
    return { kind: 'profiles', detail: shownPath(path, host) };
  }
  if (env !== undefined) return { kind: 'env', detail: env.value };
  return modelsJson && { kind: 'models.json', detail: modelsJson.value };
}

function environmentKey(provider: string, { env }: HostEnvironment): KeySource | undefined {
  const variable = variablesFor(provider, env).find(({ isSet }) => isSet)?.name;
  if (variable === undefined) return undefined;
  return {
    value: variable.includes('OAUTH_TOKEN') ? OAUTH_VARIABLE : masked(env[variable]),
    source: `env: ${variable}`,
  };
}

function configKey({ ownPath, host }: OverviewScene): KeySource {
  const path = shownPath(join(dirname(ownPath), 'models.json'), host);
  return { value: mask(''), source: `models.json: ${path}` };
}

function labelOf(
  profileId: string,
  credential: Credential,
  { store, config, now }: OverviewScene,
): string {
  const pause = pauseNote(store.usageStats.get(profileId), now);
  switch (credential.type) {
    case 'api_key':
      return `${profileId}=${masked(credential.key)}${pause}`;
    case 'token':
      return `${profileId}=token:${masked(credential.token)}${pause}`;
    case 'oauth': {
      const email = profileLabel(profileId, credential, config).slice(profileId.length);
      return `${profileId}=OAuth${email}${pause}`;
    }
  }
}

function pauseNote(stats: UsageStats | undefined, now: number): string {
  const until = unusableUntil(stats, now);
  if (until === undefined) return '';
  const { disabledUntil = 0, disabledReason } = stats ?? {};
  const reason = disabledReason ? `:${disabledReason}` : '';
  const kind = disabledUntil > now ? `disabled${reason}` : 'cooldown';
  return ` [${kind} ${remainingShort(until - now)}]`;
}

function masked(secret: string | undefined): string {
  const trimmed = secret?.trim() ?? '';
  return trimmed === '' ? MISSING : mask(trimmed);
}
