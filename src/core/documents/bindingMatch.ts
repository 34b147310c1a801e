import type { BindingMatch } from './configAgents.ts';

/** The account of a binding that names none. */
const DEFAULT_ACCOUNT = 'default';

/** What a binding asks of a chat, as CoderClaw 2026.3.21 compares it; undefined: anything. */
export interface MatchScope {
  readonly channel: string;
  /** `*` for every one. */
  readonly account: string;
  readonly peer: string | undefined;
  readonly guild: string | undefined;
  readonly team: string | undefined;
  /** Sorted; any of them will do. */
  readonly roles: readonly string[] | undefined;
}

/** Channels without regard to case, no account as the default one, `direct` as `dm`. */
export function scopeOf(match: BindingMatch): MatchScope {
  const { channel, accountId, peer, guildId, teamId, roles } = match;
  const kind = peer?.kind.trim().toLowerCase();
  return {
    channel: channel.trim().toLowerCase(),
    account: accountId?.trim() || DEFAULT_ACCOUNT,
    peer: peer && JSON.stringify([kind === 'direct' ? 'dm' : kind, peer.id.trim()]),
    guild: guildId?.trim() || undefined,
    team: teamId?.trim() || undefined,
    roles: roles?.length ? [...roles].sort() : undefined,
  };
}

/** Equal for bindings that match exactly the same chats. */
export function matchKey(match: BindingMatch): string {
  const { channel, account, peer, guild, team, roles } = scopeOf(match);
  return JSON.stringify([channel, account, peer, guild, team, roles]);
}
