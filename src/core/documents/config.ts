import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '../disk/diskError.ts';
import { MAIN_AGENT_ID, normalizeAgentId } from './agentIds.ts';
import { followIncludes, IncludeError } from './configIncludes.ts';
import { type Environment, resolveEnvironment, unsetReference } from './environmentReferences.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { DEEPEST, isNestedWithin } from './jsonDepth.ts';

/** The parts of `coderclaw.json` that are ours to read; `$include` and `${ENV}` already followed. */
export interface CoderClawConfig {
  readonly authProfiles: ReadonlyMap<string, ConfigProfile>;
  readonly authOrder: ReadonlyMap<string, readonly string[]>;
  readonly agents: readonly ConfigAgent[];
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

/** A config, or a file that it includes, may be this large: 4 MiB. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Reads `coderclaw.json` (JSON5) for its auth and agents parts. Never throws for what stands in the
 * file or for a file that cannot be read: each has its own kind. A part of the wrong shape is left
 * out and takes nothing else with it. A config whose includes do not come together is `invalid`.
 * Takes no lock: CoderClaw replaces the file by rename.
 */
export async function readConfig(path: string, options: ConfigReadOptions): Promise<ConfigRead> {
  let text: string;
  try {
    text = await readSmallFile(path);
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'invalid', path, detail: error.message };
    const errno = errnoOf(error) ?? 'UNKNOWN';
    return errno === 'ENOENT' || errno === 'ENOTDIR'
      ? { kind: 'absent', path, config: EMPTY_CONFIG }
      : { kind: 'unreadable', path, errno };
  }
  const parse = await parseText(text);
  if (parse.kind === 'invalid') {
    return { kind: 'invalid', path, detail: parse.detail, ...parse.place };
  }
  try {
    const whole = await followIncludes(parse.value, path, readIncluded);
    return { kind: 'whole', path, config: configFrom(whole, options.env) };
  } catch (error) {
    if (error instanceof IncludeError) return { kind: 'invalid', path, detail: error.message };
    throw error;
  }
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

/** The parts that are ours, out of a config whose includes have been followed. */
export function configFrom(root: JsonValue, env: Environment): CoderClawConfig {
  const auth = resolveEnvironment(objectAt(root, 'auth'), env);
  return {
    authProfiles: readAuthProfiles(objectAt(auth, 'profiles')),
    authOrder: readAuthOrder(objectAt(auth, 'order')),
    agents: readAgents(objectAt(root, 'agents'), env),
  };
}

const EMPTY_CONFIG: CoderClawConfig = configFrom({}, {});

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

function readAgents(agents: JsonObject, env: Environment): ConfigAgent[] {
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
    } = resolveEnvironment(entry, env) as JsonObject;
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
        agentDir.trim() !== '' && { agentDir: agentDir.trim(), ...unset(entry['agentDir'], env) }),
    });
  }
  return [...read.values()];
}

function unset(
  written: JsonValue | undefined,
  env: Environment,
): Pick<ConfigAgent, 'unsetVariable'> {
  const unsetVariable = typeof written === 'string' ? unsetReference(written, env) : undefined;
  return unsetVariable === undefined ? {} : { unsetVariable };
}

function objectAt(parent: JsonValue, key: string): JsonObject {
  const value = isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isJsonObject(value) ? value : {};
}

type TextParse =
  | { readonly kind: 'parsed'; readonly value: JsonObject }
  | {
      readonly kind: 'invalid';
      readonly detail: string;
      readonly place?: { readonly line: number; readonly column: number };
    };

/** Plain JSON, which is what CoderClaw writes, is read without loading the JSON5 parser. */
async function parseText(text: string): Promise<TextParse> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    const { parseJson5, plainValue } = await import('./json5.ts');
    const parse = parseJson5(text);
    if (parse.kind === 'invalid') return parse;
    value = plainValue(parse.root);
  }
  if (!isJsonObject(value)) return { kind: 'invalid', detail: 'not an object' };
  if (!isNestedWithin(value, DEEPEST)) return { kind: 'invalid', detail: 'it is nested too deep' };
  return { kind: 'parsed', value };
}

async function readIncluded(path: string): Promise<JsonValue> {
  let text: string;
  try {
    text = await readSmallFile(path);
  } catch (error) {
    const why = error instanceof TooLarge ? error.message : (errnoOf(error) ?? 'UNKNOWN');
    throw new IncludeError(`cannot read the included ${path}: ${why}`);
  }
  const parse = await parseText(text);
  if (parse.kind === 'parsed') return parse.value;
  const where = parse.place ? ` (line ${parse.place.line}, column ${parse.place.column})` : '';
  throw new IncludeError(`the included ${path}: ${parse.detail}${where}`);
}

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Opened without blocking, and only a regular file is read: a pipe would keep us waiting. */
async function readSmallFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!stat.isFile()) throw Object.assign(new Error('no regular file'), { code: 'EINVAL' });
    if (stat.size > LARGEST) throw new TooLarge('larger than 4 MiB');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
