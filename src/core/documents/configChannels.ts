import { readBindings } from './configAgents.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts';

/** A channel that a config knows, with the accounts that it names there. */
export interface ConfigChannel {
  /** As CoderClaw compares it: trimmed, in small letters. */
  readonly id: string;
  readonly accounts: readonly string[];
}

/** The channels that come with CoderClaw 2026.3.21, in its sequence. Plugins add others. */
export const BUILT_IN_CHANNELS: readonly string[] = [
  'telegram',
  'whatsapp',
  'discord',
  'irc',
  'googlechat',
  'slack',
  'signal',
  'imessage',
];

/** Keys of `channels` that are settings for all of them. */
const NO_CHANNEL: readonly string[] = ['defaults', 'modelByChannel'];

/**
 * The channels of a config whose includes have been followed: those that it sets up under `channels`, in
 * their sequence, then those that only its bindings name. Accounts are the keys of `accounts` of a channel,
 * and those that bindings name, without `*`. What refers to the environment is left out.
 */
export function readChannels(root: JsonValue): readonly ConfigChannel[] {
  const accounts = new Map<string, Set<string>>();
  const of = (channel: string): Set<string> => {
    const id = channel.trim().toLowerCase();
    const known = accounts.get(id) ?? new Set();
    accounts.set(id, known);
    return known;
  };
  const channels = objectAt(root, 'channels');
  for (const [id, channel] of Object.entries(channels)) {
    if (NO_CHANNEL.includes(id) || !isJsonObject(channel)) continue;
    const named = of(id);
    for (const account of Object.keys(objectAt(channel, 'accounts'))) named.add(account);
  }
  for (const { match } of readBindings(root)) {
    if (match.channel.includes('$')) continue;
    const named = of(match.channel);
    const { accountId } = match;
    if (accountId !== undefined && accountId !== '*' && !accountId.includes('$')) {
      named.add(accountId);
    }
  }
  return [...accounts].map(([id, named]) => ({ id, accounts: [...named] }));
}

function objectAt(parent: JsonValue, key: string): JsonObject {
  const value = isJsonObject(parent) ? ownValue(parent, key) : undefined;
  return isJsonObject(value) ? value : {};
}
