import { l10n } from 'vscode';
import type { AgentSnapshot, ChatsSnapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { chatsName, chatsScope, chatsWords } from '../words/chats.ts';
import type { TreeNode } from './nodes.ts';

/** How many are named on the row itself. */
const NAMED = 3;

/** The row of the chats that come to an agent, with one for each binding below; undefined for none. */
export function chatsNode(dir: StateDirSnapshot, agent: AgentSnapshot): TreeNode | undefined {
  const { chats } = agent;
  if (chats.length === 0) return undefined;
  const names = [...new Set(chats.map(({ match }) => chatsName(match)))];
  const description =
    names.length > NAMED ? `${names.slice(0, NAMED).join(', ')}, …` : names.join(', ');
  return {
    id: `chats ${dir.path} ${agent.id}`,
    target: { stateDir: dir.path, agentId: agent.id },
    label: l10n.t('Chats'),
    description,
    icon: { id: 'inbox' },
    spoken: l10n.t('Chats of {0}: {1}', agent.id, names.join(', ')),
    flags: dir.config.kind === 'whole' ? 'chats writable' : 'chats',
    collapsible: 'collapsed',
    children: chats.map((one, index) => chatNode(dir, agent, one, index)),
    hover: {
      kind: 'plain',
      text: l10n.t('CoderClaw sends these chats to {0}: the bindings of its config.', agent.id),
    },
  };
}

function chatNode(
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
  { key, match }: ChatsSnapshot,
  index: number,
): TreeNode {
  // The same can stand there twice.
  const isAgain = agent.chats.findIndex((one) => one.key === key) < index;
  return {
    id: `chat ${dir.path} ${agent.id} ${key}${isAgain ? ` ${index}` : ''}`,
    target: { stateDir: dir.path, agentId: agent.id, chats: key },
    label: chatsName(match),
    description: chatsScope(match),
    icon: { id: 'comment' },
    spoken: l10n.t('Chats of {0}', chatsWords(match)),
    flags: dir.config.kind === 'whole' ? 'chat writable' : 'chat',
    collapsible: 'none',
    children: [],
    hover: { kind: 'chats', match },
  };
}
