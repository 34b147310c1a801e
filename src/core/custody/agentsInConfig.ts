import { isDeepStrictEqual } from 'node:util';
import type { NewConfigAgent } from '../documents/agentEdits.ts';
import { normalizeAgentId } from '../documents/agentIds.ts';
import { type ConfigAgent, configFrom } from '../documents/config.ts';
import { type ConfigBinding, readBindings } from '../documents/configAgents.ts';
import { isJsonObject, type JsonValue, ownValue } from '../documents/json.ts';
import { parseJson5, plainValue } from '../documents/json5.ts';

/** Where a config names an agent besides its own entry. */
export interface AgentMentions {
  readonly bindings: readonly ConfigBinding[];
  /** How often it stands in `tools.agentToAgent.allow`. */
  readonly allowed: number;
}

/** What one text says by itself; nothing where it is not JSON5, which the edit says better. */
export function rootOf(text: string | undefined): JsonValue {
  const parse = parseJson5(text ?? '{}');
  return parse.kind === 'parsed' ? plainValue(parse.root) : {};
}

/** What the first entry of an id says. */
export function agentIn(root: JsonValue, agentId: string): ConfigAgent | undefined {
  return configFrom(root).agents.find(({ id }) => id === agentId);
}

/** Whether an agent is listed just so: then it is ours, made a moment ago. */
export function isEntryOf(
  text: string | undefined,
  { agentId, name, workspace, agentDir }: NewConfigAgent,
): boolean {
  const entry = { id: agentId, name, workspace, agentDir };
  return listAt(rootOf(text), ['agents', 'list']).some((one) => isDeepStrictEqual(one, entry));
}

export function mentionsOf(root: JsonValue, agentId: string): AgentMentions {
  const allowed = listAt(root, ['tools', 'agentToAgent', 'allow']);
  return {
    bindings: readBindings(root).filter((one) => one.agentId === agentId),
    allowed: allowed.filter(
      (one) => typeof one === 'string' && one !== '*' && normalizeAgentId(one) === agentId,
    ).length,
  };
}

function listAt(root: JsonValue, keys: readonly string[]): readonly JsonValue[] {
  const value = keys.reduce<JsonValue | undefined>(
    (parent, key) => (isJsonObject(parent) ? ownValue(parent, key) : undefined),
    root,
  );
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
