import { type BindingField, KnownError } from '../errors.ts';
import { normalizeAgentId } from './agentIds.ts';
import type { NewBinding, PeerKind } from './bindingEdits.ts';
import type { BindingMatch } from './configAgents.ts';
import { hasEnvironmentReference } from './environmentReferences.ts';

const PEER_KINDS: readonly string[] = ['dm', 'group', 'channel'] satisfies readonly PeerKind[];

/**
 * A binding that CoderClaw takes, of what a person typed: trimmed, and `dm` for `direct`.
 * @throws {KnownError} `binding.bad`
 */
export function newBinding(agentId: string, match: BindingMatch): NewBinding {
  const { channel, accountId, peer, guildId, teamId, roles } = match;
  return {
    agentId: normalizeAgentId(agentId),
    match: {
      channel: plain('channel', channel),
      ...(accountId !== undefined && { accountId: plain('accountId', accountId) }),
      ...(peer && { peer: { kind: peerKind(peer.kind), id: plain('peerId', peer.id) } }),
      ...(guildId !== undefined && { guildId: plain('guildId', guildId) }),
      ...(teamId !== undefined && { teamId: plain('teamId', teamId) }),
      ...(roles?.length && { roles: roles.map((role) => plain('roles', role)) }),
    },
  };
}

function plain(field: BindingField, given: string): string {
  const text = given.trim();
  if (text === '') throw new KnownError('binding.bad', { field, why: 'empty' });
  if (hasEnvironmentReference(text)) {
    throw new KnownError('binding.bad', { field, why: 'reference' });
  }
  return text;
}

function peerKind(given: string): PeerKind {
  const kind = given === 'direct' ? 'dm' : given;
  if (isPeerKind(kind)) return kind;
  throw new KnownError('binding.bad', { field: 'peerKind', why: 'unknown' });
}

function isPeerKind(kind: string): kind is PeerKind {
  return PEER_KINDS.includes(kind);
}
