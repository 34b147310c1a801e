import { errnoOf } from '../disk/errno.ts';
import { MAIN_AGENT_ID, normalizeAgentId } from './agentIds.ts';
import type { ConfigBinding, ConfigModels } from './configAgents.ts';
import { parseConfigText, readConfigText, TooLarge } from './configText.ts';
import type { Environment, EnvironmentReferences } from './environmentReferences.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** The parts of `coderclaw.json` that are ours to read; `$include` and `${ENV}` already followed. */
export interface CoderClawConfig {
  readonly authProfiles: ReadonlyMap<string, ConfigProfile>;
  readonly authOrder: ReadonlyMap<string, readonly string[]>;
  readonly agents: readonly ConfigAgent[];
  /** Which chats go to which agent; of equal ones the first counts. */
  readonly bindings: readonly ConfigBinding[];
  readonly models: ConfigModels;
  /** `session.store`: where sessions are listed, as it is written; absent for the usual place. */
  readonly sessionStore?: string;
}

export interface ConfigProfile {
  readonly provider: string;
  readonly mode: string;
  readonly email?: string;
}

export interface ConfigAgent {
  /** Normalized (vectors/agent-ids). */
  readonly id: string;
  readonly name?: string;
  readonly default: boolean;
  readonly agentDir?: string;
  /** `agentDir` takes this variable from the environment, and it is not set: the folder is not known. */
  readonly unsetVariable?: string;
}

export type ConfigRead =
  | { readonly kind: 'absent'; readonly path: string; readonly config: CoderClawConfig }
  | { readonly kind: 'whole'; readonly path: string; readonly config: CoderClawConfig }
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  | {
      readonly kind: 'invalid';
      readonly path: string;
      readonly detail: string;
      readonly line?: number;
      readonly column?: number;
    };

export interface ConfigReadOptions {
  /** Where `${NAME}` in the config takes its values from. */
  readonly env: Environment;
}

/**
 * Reads `coderclaw.json` (JSON5) for its auth and agents parts. Never throws for what stands in the
 * file or for a file that cannot be read: each has its own kind. A part of the wrong shape is left
 * out and takes nothing else with it. A config whose includes do not come together is `invalid`.
 * Takes no lock: CoderClaw replaces the file by rename.
 */
export async function readConfig(path: string, options: ConfigReadOptions): Promise<ConfigRead> {
  let text: string;
  try {
    text = await readConfigText(path);
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'invalid', path, detail: error.message };
    const errno = errnoOf(error) ?? 'UNKNOWN';
    return errno === 'ENOENT' || errno === 'ENOTDIR'
      ? { kind: 'absent', path, config: EMPTY_CONFIG }
      : { kind: 'unreadable', path, errno };
  }
  const parse = await parseConfigText(text);
  if (parse.kind === 'invalid') {
    return { kind: 'invalid', path, detail: parse.detail, ...parse.place };
  }
  if (!mayRefer(text)) {
    return { kind: 'whole', path, config: await wholeFrom(text, parse.value, NO_REFERENCES) };
  }
  // Most configs stand alone: an activation does not pay for what those do that do not.
  const [{ followIncludes, IncludeError }, { environmentReferences }] = await Promise.all([
    import('./configIncludes.ts'),
    import('./environmentReferences.ts'),
  ]);
  try {
    const whole = await followIncludes(parse.value, path);
    const config = await wholeFrom(undefined, whole, environmentReferences(options.env));
    return { kind: 'whole', path, config };
  } catch (error) {
    if (error instanceof IncludeError) return { kind: 'invalid', path, detail: error.message };
    throw error;
  }
}

/**
 * Whether a config may take something from other files or from the environment. An escape may hide
 * a reference.
 */
export function mayRefer(text: string): boolean {
  return /\$include|\$\{|\\/.test(text);
}

/** The agents of a config, the first entry of an id counting; `main` alone where it names none. */
export function listAgents(config: CoderClawConfig): readonly ConfigAgent[] {
  return config.agents.length === 0 ? [{ id: MAIN_AGENT_ID, default: true }] : config.agents;
}

/** The first agent marked as default, else the first, else `main`. */
export function defaultAgentId(config: CoderClawConfig): string {
  const agents = listAgents(config);
  return (agents.find((agent) => agent.default) ?? agents[0])?.id ?? MAIN_AGENT_ID;
}

type ChatsAndModels = Pick<CoderClawConfig, 'bindings' | 'models'>;

const NO_CHATS_AND_MODELS: ChatsAndModels = {
  bindings: [],
  models: { defaults: {}, byAgent: new Map(), named: [], provided: [], providers: [], image: {} },
};

/**
 * All parts that are ours. What reads chats and models is loaded where a config may have some.
 * @param text of the config; undefined where there is more to it.
 */
async function wholeFrom(
  text: string | undefined,
  root: JsonValue,
  references: EnvironmentReferences,
): Promise<CoderClawConfig> {
  const config = configFrom(root, references);
  if (text !== undefined && !/bindings|model/.test(text)) return config;
  const { readBindings, readModels } = await import('./configAgents.ts');
  return {
    ...config,
    bindings: readBindings(root, references),
    models: readModels(root, references),
  };
}

/**
 * The parts that are ours but for chats and models, out of a config whose includes have been followed.
 * @param references for a config that may hold some.
 */
export function configFrom(
  root: JsonValue,
  references: EnvironmentReferences = NO_REFERENCES,
): CoderClawConfig {
  const auth = references.resolve(objectAt(root, 'auth'));
  const { store: sessionStore } = references.resolve(objectAt(root, 'session')) as JsonObject;
  return {
    ...(typeof sessionStore === 'string' && sessionStore.trim() !== '' && { sessionStore }),
    authProfiles: readAuthProfiles(objectAt(auth, 'profiles')),
    authOrder: readAuthOrder(objectAt(auth, 'order')),
    agents: readAgents(objectAt(root, 'agents'), references),
    ...NO_CHATS_AND_MODELS,
  };
}

const NO_REFERENCES: EnvironmentReferences = {
  resolve: (value) => value,
  unset: () => undefined,
};

const EMPTY_CONFIG: CoderClawConfig = configFrom({});

function readAuthProfiles(profiles: JsonObject): Map<string, ConfigProfile> {
  const read = new Map<string, ConfigProfile>();
  for (const [id, profile] of Object.entries(profiles)) {
    if (!isJsonObject(profile)) continue;
    const { provider, mode, email } = profile;
    if (typeof provider !== 'string' || provider === '') continue;
    if (typeof mode !== 'string' || mode === '') continue;
    read.set(id, { provider, mode, ...(typeof email === 'string' && { email }) });
  }
  return read;
}

/** Lists stay lists when nothing is left in them: an empty order is an order. */
function readAuthOrder(order: JsonObject): Map<string, string[]> {
  const read = new Map<string, string[]>();
  for (const [provider, list] of Object.entries(order)) {
    if (!Array.isArray(list)) continue;
    read.set(
      provider,
      list.filter((id) => typeof id === 'string'),
    );
  }
  return read;
}

function readAgents(agents: JsonObject, references: EnvironmentReferences): ConfigAgent[] {
  const { list } = agents;
  if (!Array.isArray(list)) return [];
  const read = new Map<string, ConfigAgent>();
  for (const entry of list as readonly JsonValue[]) {
    if (!isJsonObject(entry)) continue;
    const {
      id: givenId,
      name,
      agentDir,
      default: marked,
    } = references.resolve(entry) as JsonObject;
    if (typeof givenId !== 'string') continue;
    const id = normalizeAgentId(givenId);
    const isDefault = marked === true;
    const first = read.get(id);
    if (first !== undefined) {
      // A repeated entry counts only for which agent is the default, as in CoderClaw.
      if (isDefault && !first.default) read.set(id, { ...first, default: true });
      continue;
    }
    read.set(id, {
      id,
      default: isDefault,
      ...(typeof name === 'string' && name !== '' && { name }),
      ...(typeof agentDir === 'string' &&
        agentDir.trim() !== '' && {
          agentDir: agentDir.trim(),
          ...unset(entry['agentDir'], references),
        }),
    });
  }
  return [...read.values()];
}

function unset(
  written: JsonValue | undefined,
  references: EnvironmentReferences,
): Pick<ConfigAgent, 'unsetVariable'> {
  const unsetVariable = typeof written === 'string' ? references.unset(written) : undefined;
  return unsetVariable === undefined ? {} : { unsetVariable };
}

function objectAt(parent: JsonValue, key: string): JsonObject {
  const value = isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isJsonObject(value) ? value : {};
}
