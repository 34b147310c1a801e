/**
 * Edits of `bindings` in the text of `coderclaw.json`, on the terms of `configEdits.ts`: what is not named
 * stays as it is, and what may come from elsewhere is refused.
 */
import { isDeepStrictEqual } from 'node:util';
import { KnownError } from '../errors.ts';
import { matchKey } from './bindingMatch.ts';
import { type BindingMatch, readBindings } from './configAgents.ts';
import { EditableConfig } from './editableConfig.ts';
import type { JsonObject } from './json.ts';
import { plainValue } from './json5.ts';

/** A binding to be written. CoderClaw refuses a config with any other key in it. */
export interface NewBinding {
  /** Normalized. */
  readonly agentId: string;
  /** No text in it is blank or refers to the environment. */
  readonly match: Omit<BindingMatch, 'peer'> & {
    readonly peer?: { readonly kind: PeerKind; readonly id: string };
  };
}

/** `dm` is understood by every CoderClaw; its newer name `direct` is not. */
export type PeerKind = 'dm' | 'group' | 'channel';

const LIST = 'bindings';
const PATH = 'coderclaw.json';

/**
 * Puts a binding behind all others; a text in which this agent has these chats stays as it is. `text` is
 * undefined where there is no config yet.
 * @throws {KnownError} `binding.taken` where another agent has exactly these chats: the first of two is
 * used. `config.invalid`, `config.notEditable`
 */
export function addBinding(
  text: string | undefined,
  { agentId, match }: NewBinding,
  path: string = PATH,
): string {
  const config = new EditableConfig(text ?? '{}\n', path);
  const list = config.list([], LIST);
  if (list !== undefined) config.objectsOf(list, LIST);
  const key = matchKey(match);
  const there = readBindings(plainValue(config.edit.root)).find(
    (one) => matchKey(one.match) === key,
  );
  if (there?.agentId === agentId) return config.written;
  if (there !== undefined) throw new KnownError('binding.taken', { path, agentId: there.agentId });
  const entry = { agentId, match: writtenMatch(match) };
  if (list === undefined) config.setIn([], LIST, [entry]);
  else config.edit.addItemOf(list, entry);
  return config.written;
}

/**
 * Removes the first binding that is written so: the entry as a whole, not what became of it. The list goes
 * with its last one.
 * @throws {KnownError} `binding.gone` where none is, `config.invalid`, `config.notEditable`
 */
export function removeBinding(
  text: string | undefined,
  written: JsonObject,
  path: string = PATH,
): string {
  const config = new EditableConfig(text ?? '{}\n', path);
  const isIt = config.removeItem([], LIST, (value) =>
    isDeepStrictEqual(plainValue(value), written),
  );
  if (isIt) return config.written;
  config.refuseHidden([], LIST);
  throw new KnownError('binding.gone', { path });
}

/** In the sequence in which CoderClaw's documents have it. */
function writtenMatch(match: NewBinding['match']): JsonObject {
  const { channel, accountId, peer, guildId, teamId, roles } = match;
  return {
    channel,
    ...(accountId !== undefined && { accountId }),
    ...(peer && { peer: { kind: peer.kind, id: peer.id } }),
    ...(guildId !== undefined && { guildId }),
    ...(teamId !== undefined && { teamId }),
    ...(roles && { roles: [...roles] }),
  };
}
