/**
 * Edits of the agents in the text of `coderclaw.json`, on the terms of `configEdits.ts`: what is not named
 * stays as it is, and what may come from elsewhere is refused.
 */
import type { ArrayNode, ObjectNode, ValueNode } from '@humanwhocodes/momoa';
import { MAIN_AGENT_ID, normalizeAgentId } from './agentIds.ts';
import { EditableConfig, isText } from './editableConfig.ts';
import { memberOf } from './editableJson5.ts';
import type { JsonObject } from './json.ts';

/** What the config says of an agent. Absolute paths. */
export interface NewConfigAgent {
  /** Normalized. */
  readonly agentId: string;
  readonly name: string;
  readonly workspace: string;
  readonly agentDir: string;
}

const LIST = ['agents'] as const;
const PATH = 'coderclaw.json';

/**
 * Puts an agent into `agents.list`, or changes the entry that is there, as CoderClaw's `agents add` does: a
 * list that comes into being names `main` first, which stood for itself until then. `text` is undefined
 * where there is no config yet.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function addAgent(
  text: string | undefined,
  { agentId, name, workspace, agentDir }: NewConfigAgent,
  path: string = PATH,
): string {
  const config = new EditableConfig(text ?? '{}\n', path);
  const entry = { id: agentId, name, workspace, agentDir };
  const list = config.list(LIST, 'list');
  if (list === undefined || list.elements.length === 0) {
    if (agentId !== MAIN_AGENT_ID) append(config, { id: MAIN_AGENT_ID });
    append(config, entry);
    return config.written;
  }
  if (agentIn(config, list, agentId) === undefined) {
    append(config, entry);
    return config.written;
  }
  for (const [key, value] of Object.entries({ name, workspace, agentDir })) {
    setOf(config, agentId, key, value);
  }
  return config.written;
}

/**
 * Takes an agent out of `agents.list`, `bindings` and `tools.agentToAgent.allow`. Lists that become empty
 * go, as CoderClaw's `agents delete` leaves them out.
 * @returns undefined where the text names it in none of them.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function removeAgent(
  text: string,
  agentId: string,
  path: string = PATH,
): string | undefined {
  const config = new EditableConfig(text, path);
  const isOf = (key: string, place: string) => (value: ValueNode) => {
    if (value.type !== 'Object') return false;
    const id = config.text(value, key, `${place}.${key}`);
    return id !== undefined && normalizeAgentId(id) === agentId;
  };
  config.removeItems(LIST, 'list', isOf('id', 'agents.list'));
  config.removeItems([], 'bindings', isOf('agentId', 'bindings'));
  const isIt = (value: ValueNode): boolean =>
    isText(value) && value.value !== '*' && normalizeAgentId(value.value) === agentId;
  config.removeItems(['tools', 'agentToAgent'], 'allow', isIt);
  return config.written === text ? undefined : config.written;
}

/**
 * Gives an agent another name for people. One that is not listed (`main`) is listed with it.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function renameAgent(
  text: string | undefined,
  agentId: string,
  name: string,
  path: string = PATH,
): string {
  const config = withAgent(text, agentId, path);
  setOf(config, agentId, 'name', name);
  return config.written;
}

/**
 * Makes an agent the default one: its entry says so, and no other does any more.
 * @throws {KnownError} `config.invalid`, `config.notEditable`
 */
export function makeDefaultAgent(
  text: string | undefined,
  agentId: string,
  path: string = PATH,
): string {
  const config = withAgent(text, agentId, path);
  for (;;) {
    const list = config.list(LIST, 'list');
    const other =
      list &&
      config.objectsOf(list, 'agents.list').find((agent) => {
        const isIt = normalizeAgentId(config.text(agent, 'id', 'agents.list.id') ?? '') === agentId;
        return !isIt && memberOf(agent, 'default') !== undefined;
      });
    const member = other && memberOf(other, 'default');
    if (other === undefined || member === undefined) break;
    config.edit.remove(other, member);
  }
  setOf(config, agentId, 'default', true);
  return config.written;
}

/** A config in which the agent is listed. */
function withAgent(text: string | undefined, agentId: string, path: string): EditableConfig {
  const config = new EditableConfig(text ?? '{}\n', path);
  const list = config.list(LIST, 'list');
  const isListed = list !== undefined && agentIn(config, list, agentId) !== undefined;
  if (!isListed) append(config, { id: agentId });
  return config;
}

/** A list that is there keeps its comments, even if there is nothing else in it. */
function append(config: EditableConfig, entry: JsonObject): void {
  const list = config.list(LIST, 'list');
  if (list === undefined) config.setIn(LIST, 'list', [entry]);
  else config.edit.addItemOf(list, entry);
}

function setOf(
  config: EditableConfig,
  agentId: string,
  key: string,
  value: string | boolean,
): void {
  const list = config.list(LIST, 'list');
  const agent = list && agentIn(config, list, agentId);
  if (agent !== undefined) config.setMember(agent, key, value, `agents.list.${key}`);
}

/** The first entry of an id counts, as in CoderClaw. */
function agentIn(config: EditableConfig, list: ArrayNode, agentId: string): ObjectNode | undefined {
  return config
    .objectsOf(list, 'agents.list')
    .find(
      (agent) => normalizeAgentId(config.text(agent, 'id', 'agents.list.id') ?? '') === agentId,
    );
}
