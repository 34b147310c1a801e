import { l10n } from 'vscode';
import type {
  AgentSnapshot,
  SessionSnapshot,
  StateDirSnapshot,
} from '../../core/model/snapshot.ts';
import { joined } from '../words/joined.ts';
import { sessionIcon, sessionName, sessionsWords, sessionWords } from '../words/sessions.ts';
import type { TreeNode } from './nodes.ts';

/** The row of an agent's sessions, with one for each below; undefined where it has none. */
export function sessionsNode(dir: StateDirSnapshot, agent: AgentSnapshot): TreeNode | undefined {
  const list = agent.sessions;
  if (list === undefined || (list.kind === 'whole' && list.count === 0)) return undefined;
  const target = { stateDir: dir.path, agentId: agent.id };
  const label = l10n.t('Sessions');
  const description = sessionsWords(list);
  const isWhole = list.kind === 'whole';
  const hidden = isWhole ? list.count - list.shown.length : 0;
  const more: TreeNode = {
    id: `older ${dir.path} ${agent.id}`,
    target,
    label: l10n.t('{0} older ones', hidden),
    description: '',
    spoken: l10n.t('{0} older sessions are not shown', hidden),
    flags: '',
    collapsible: 'none',
    children: [],
    hover: { kind: 'plain', text: l10n.t('Only the newest are shown, and those that are pinned.') },
  };
  return {
    id: `sessions ${dir.path} ${agent.id}`,
    target,
    label,
    description,
    icon: isWhole
      ? { id: 'comment-discussion' }
      : { id: 'warning', color: 'list.warningForeground' },
    spoken: joined(', ', l10n.t('Sessions of {0}', agent.id), description),
    flags: joined(' ', 'sessions', isWhole && list.stale.length > 0 ? 'hasStale' : ''),
    collapsible: isWhole ? 'collapsed' : 'none',
    children: isWhole
      ? [
          ...list.shown.map((session) => sessionNode(dir, agent, session)),
          ...(hidden > 0 ? [more] : []),
        ]
      : [],
    hover: { kind: 'plain', text: list.path },
  };
}

function sessionNode(
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
  session: SessionSnapshot,
): TreeNode {
  const { key, pin } = session;
  const name = sessionName(key, agent.id);
  const description = sessionWords(session);
  return {
    id: `session ${dir.path} ${agent.id} ${key}`,
    target: { stateDir: dir.path, agentId: agent.id, sessionKey: key },
    label: name,
    description,
    icon: sessionIcon(session),
    spoken: joined(', ', l10n.t('Session {0}', name), description),
    flags: joined(
      ' ',
      'session',
      pin?.by === 'user' || pin?.stale !== undefined ? 'pinned' : '',
      agent.providers.length > 0 ? 'canPin' : '',
    ),
    collapsible: 'none',
    children: [],
    hover: { kind: 'session', session },
  };
}
