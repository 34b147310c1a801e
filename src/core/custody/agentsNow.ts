import { configFrom, defaultAgentId } from '../documents/config.ts';
import { type ConfigBinding, readBindings } from '../documents/configAgents.ts';
import { type ConfigChannel, readChannels } from '../documents/configChannels.ts';
import { type AgentMentions, mentionsOf } from './agentsInConfig.ts';
import { lookAtConfig } from './configOutlook.ts';

/** The chats of a config, and where they go. */
export interface ChatsNow {
  /** In their sequence. */
  readonly bindings: readonly ConfigBinding[];
  readonly channels: readonly ConfigChannel[];
  /** Who gets what no binding matches. */
  readonly defaultAgentId: string;
}

/**
 * What the config (absolute path) says of chats, its includes followed; `${ENV}` as it is written. For
 * asking a person: what is written is decided anew.
 * @throws {KnownError} `config.unreadable`, `config.invalid`
 */
export async function chatsNow(configPath: string): Promise<ChatsNow> {
  const { root } = await lookAtConfig(configPath);
  return {
    bindings: readBindings(root),
    channels: readChannels(root),
    defaultAgentId: defaultAgentId(configFrom(root)),
  };
}

/** What goes from a config with an agent. */
export interface RemovalOutlook extends AgentMentions {
  /** It is the default one; this one would be next. */
  readonly newDefault?: string;
}

/**
 * What removing an agent would take from the config (absolute path), for asking a person.
 * @throws {KnownError} `config.unreadable`, `config.invalid`
 */
export async function removalOutlook(configPath: string, agentId: string): Promise<RemovalOutlook> {
  const { root } = await lookAtConfig(configPath);
  const config = configFrom(root);
  const agents = config.agents.filter(({ id }) => id !== agentId);
  return {
    ...mentionsOf(root, agentId),
    ...(defaultAgentId(config) === agentId && {
      newDefault: defaultAgentId({ ...config, agents }),
    }),
  };
}
