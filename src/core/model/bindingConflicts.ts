import { type MatchScope, matchKey, scopeOf } from '../documents/bindingMatch.ts';
import type { BindingMatch, ConfigBinding } from '../documents/configAgents.ts';

/** What a binding meets that is about to be added, behind all others. In the sequence of the config. */
export interface BindingConflicts {
  /** This agent has exactly these chats already. */
  readonly same: ConfigBinding | undefined;
  /** Another agent has exactly these chats, and is asked first: the new one would never be used. */
  readonly conflicts: readonly ConfigBinding[];
  /** Another agent's binding takes all of these chats, and more, before the new one is asked. */
  readonly shadowedBy: readonly ConfigBinding[];
  /** Another agent's binding keeps some of these chats. */
  readonly exceptions: readonly ConfigBinding[];
  /** The new one takes some chats out of another agent's binding. */
  readonly takesFrom: readonly ConfigBinding[];
}

/**
 * Compares a new binding with those of a config, each pair by itself, by the rule of CoderClaw 2026.3.21
 * (its `resolveAgentRoute`): of the bindings that match a chat, the kind that says most decides (a peer,
 * then a guild with roles, a guild, a team, one account, any account), and among equals the first.
 * That a thread inherits from its parent is left out, as are agents that do not exist.
 */
export function bindingConflicts(
  bindings: readonly ConfigBinding[],
  { agentId, match }: { readonly agentId: string; readonly match: BindingMatch },
): BindingConflicts {
  const [scope, key] = [scopeOf(match), matchKey(match)];
  const isEqual = (one: ConfigBinding): boolean => matchKey(one.match) === key;
  const others = bindings.filter((one) => one.agentId !== agentId);
  const unlike = others.flatMap((binding) => {
    const other = scopeOf(binding.match);
    return isEqual(binding) || !overlap(scope, other) ? [] : [{ binding, other }];
  });
  const those = (is: (other: MatchScope) => boolean): readonly ConfigBinding[] =>
    unlike.filter(({ other }) => is(other)).map(({ binding }) => binding);
  // The new one stands last, so it gives way to its equals.
  const wins = (other: MatchScope): boolean => rankOf(scope) < rankOf(other);
  return {
    same: bindings.find((one) => one.agentId === agentId && isEqual(one)),
    conflicts: others.filter(isEqual),
    shadowedBy: those((other) => !wins(other) && isWithin(scope, other)),
    exceptions: those((other) => !wins(other) && !isWithin(scope, other)),
    takesFrom: those(wins),
  };
}

/**
 * Who takes these chats, of these bindings: the one that matches all of them and is asked first. Undefined:
 * nobody does, so the default agent. Some of them may go elsewhere still, by a narrower binding.
 */
export function takerOf(
  bindings: readonly ConfigBinding[],
  match: BindingMatch,
): ConfigBinding | undefined {
  const scope = scopeOf(match);
  const [first] = bindings
    .map((binding) => ({ binding, other: scopeOf(binding.match) }))
    .filter(({ other }) => isWithin(scope, other))
    .sort((a, b) => rankOf(a.other) - rankOf(b.other));
  return first?.binding;
}

/** Lower ones are asked first. */
function rankOf({ peer, guild, roles, team, account }: MatchScope): number {
  if (peer !== undefined) return 0;
  if (guild !== undefined) return roles === undefined ? 2 : 1;
  if (team !== undefined) return 3;
  return account === '*' ? 5 : 4;
}

/** Whether some chat can match both. */
function overlap(a: MatchScope, b: MatchScope): boolean {
  const meet = (one: string | undefined, other: string | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  return (
    a.channel === b.channel &&
    (a.account === '*' || b.account === '*' || a.account === b.account) &&
    meet(a.peer, b.peer) &&
    meet(a.guild, b.guild) &&
    meet(a.team, b.team)
  );
}

/** Whether every chat that matches `narrow` matches `wide`. */
function isWithin(narrow: MatchScope, wide: MatchScope): boolean {
  const asksNoMore = (key: 'peer' | 'guild' | 'team'): boolean =>
    wide[key] === undefined || wide[key] === narrow[key];
  const roles = wide.roles;
  return (
    narrow.channel === wide.channel &&
    (wide.account === '*' || wide.account === narrow.account) &&
    asksNoMore('peer') &&
    asksNoMore('guild') &&
    asksNoMore('team') &&
    (roles === undefined || (narrow.roles?.every((role) => roles.includes(role)) ?? false))
  );
}
