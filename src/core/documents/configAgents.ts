import { normalizeAgentId } from './agentIds.ts';
import type { EnvironmentReferences } from './environmentReferences.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts';

/** Which chats go to an agent. A field that is absent matches any; but no account is the default one. */
export interface BindingMatch {
  readonly channel: string;
  /** `*` for every account. */
  readonly accountId?: string;
  /** CoderClaw takes `dm`, `group` and `channel`; newer ones call `dm` `direct`. */
  readonly peer?: { readonly kind: string; readonly id: string };
  readonly guildId?: string;
  readonly teamId?: string;
  readonly roles?: readonly string[];
}

/** An entry of `bindings`: which agent takes which chats. */
export interface ConfigBinding {
  /** Normalized. */
  readonly agentId: string;
  readonly match: BindingMatch;
  /** The entry as it is written, `${ENV}` and unknown keys included: by it the entry is removed. */
  readonly written: JsonObject;
}

/** What one place of the config says of models, as it is written there: `provider/model`, or an alias. */
export interface ModelChoice {
  readonly primary?: string;
  /** An empty list is a choice: none. */
  readonly fallbacks?: readonly string[];
}

export interface ConfigModels {
  /** `agents.defaults.model`: for agents that choose none. */
  readonly defaults: ModelChoice;
  /** By normalized agent id, for those that choose. */
  readonly byAgent: ReadonlyMap<string, ModelChoice>;
  /** The keys of `agents.defaults.models`. */
  readonly named: readonly string[];
  /** What `models.providers` has, each as `provider/model`. */
  readonly provided: readonly string[];
  /** The keys of `models.providers`, as they are written. */
  readonly providers: readonly ConfigModelProvider[];
  /** `agents.defaults.imageModel`. */
  readonly image: ModelChoice;
}

/** A provider of models that a config describes. */
export interface ConfigModelProvider {
  readonly id: string;
  /** It has an `apiKey`. The key stays in the file. */
  readonly hasKey: boolean;
}

type Resolve = Pick<EnvironmentReferences, 'resolve'>;

const AS_WRITTEN: Resolve = { resolve: (value) => value };

/**
 * The bindings of a config whose includes have been followed, in their sequence, which decides between
 * equals. What has no agent or no channel matches no chat and is left out.
 */
export function readBindings(
  root: JsonValue,
  references: Resolve = AS_WRITTEN,
): readonly ConfigBinding[] {
  return listAt(root, 'bindings').flatMap((written) => {
    if (!isJsonObject(written)) return [];
    const { agentId, match } = references.resolve(written) as JsonObject;
    if (typeof agentId !== 'string' || !isJsonObject(match)) return [];
    const channel = textOf(match['channel']);
    if (channel === undefined) return [];
    return [{ agentId: normalizeAgentId(agentId), match: { channel, ...restOf(match) }, written }];
  });
}

/** The models that a config names, its includes followed. */
export function readModels(root: JsonValue, references: Resolve = AS_WRITTEN): ConfigModels {
  const agents = references.resolve(objectAt(root, 'agents'));
  const defaults = objectAt(agents, 'defaults');
  const providers = objectAt(objectAt(root, 'models'), 'providers');
  return {
    defaults: choiceOf(defaults['model']) ?? {},
    byAgent: byAgent(root, references, ({ model }) => choiceOf(model)),
    named: Object.keys(objectAt(defaults, 'models')).filter((model) => model.trim() !== ''),
    provided: Object.keys(providers).flatMap((provider) =>
      listAt(objectAt(providers, provider), 'models').flatMap((model) => {
        const id = isJsonObject(model) ? textOf(model['id']) : undefined;
        return id === undefined ? [] : [`${provider}/${id}`];
      }),
    ),
    providers: Object.keys(providers)
      .filter((id) => id.trim() !== '')
      .map((id) => ({ id, hasKey: textOf(objectAt(providers, id)['apiKey']) !== undefined })),
    image: choiceOf(defaults['imageModel']) ?? {},
  };
}

/** What the first entry of each agent says, as in CoderClaw. */
function byAgent<T>(
  root: JsonValue,
  references: Resolve,
  read: (entry: JsonObject) => T | undefined,
): ReadonlyMap<string, T> {
  const found = new Map<string, T | undefined>();
  for (const written of listAt(objectAt(root, 'agents'), 'list')) {
    if (!isJsonObject(written)) continue;
    const entry = references.resolve(written) as JsonObject;
    if (typeof entry['id'] !== 'string') continue;
    const id = normalizeAgentId(entry['id']);
    if (!found.has(id)) found.set(id, read(entry));
  }
  return new Map([...found].filter((one): one is [string, T & {}] => one[1] !== undefined));
}

function restOf(match: JsonObject): Omit<BindingMatch, 'channel'> {
  const [accountId, guildId, teamId] = ['accountId', 'guildId', 'teamId'].map((key) =>
    textOf(match[key]),
  );
  const { kind, id } = objectAt(match, 'peer');
  const roles = textsOf(match['roles']);
  return {
    ...(accountId && { accountId }),
    ...(typeof kind === 'string' && typeof id === 'string' && { peer: { kind, id } }),
    ...(guildId && { guildId }),
    ...(teamId && { teamId }),
    ...(roles?.length && { roles }),
  };
}

function choiceOf(model: JsonValue | undefined): ModelChoice | undefined {
  if (!isJsonObject(model)) {
    const primary = textOf(model);
    return primary === undefined ? undefined : { primary };
  }
  const [primary, fallbacks] = [textOf(model['primary']), textsOf(model['fallbacks'])];
  return { ...(primary && { primary }), ...(fallbacks && { fallbacks }) };
}

/** Trimmed; undefined where nothing is left, or it is no text. */
function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  return Array.isArray(value) ? value.flatMap((one: JsonValue) => textOf(one) ?? []) : undefined;
}

function listAt(parent: JsonValue, key: string): readonly JsonValue[] {
  const value = isJsonObject(parent) ? ownValue(parent, key) : undefined;
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function objectAt(parent: JsonValue, key: string): JsonObject {
  const value = isJsonObject(parent) ? ownValue(parent, key) : undefined;
  return isJsonObject(value) ? value : {};
}
