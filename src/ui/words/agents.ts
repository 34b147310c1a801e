import { l10n } from 'vscode';
import type { AgentFolders } from '../../core/custody/agentFolders.ts';
import type { AddedAgent, RemovedAgent } from '../../core/custody/agentService.ts';
import type { RemovalOutlook } from '../../core/custody/agentsNow.ts';
import type { AgentSnapshot } from '../../core/model/snapshot.ts';
import { chatsWords } from './chats.ts';
import { joined } from './joined.ts';

/** How many bindings are named one by one. */
const NAMED = 5;

/** The name that people gave an agent, where its id does not say it. */
export function agentTitle({ id, name = '' }: Pick<AgentSnapshot, 'id' | 'name'>): string {
  return name.toLowerCase() === id ? '' : name;
}

/** What is asked before an agent is removed, a line each. */
export function removalQuestion(
  agent: AgentSnapshot,
  outlook: RemovalOutlook,
  folder: AgentFolders,
): { readonly message: string; readonly detail: readonly string[] } {
  const { bindings, allowed, newDefault } = outlook;
  const shown = bindings.slice(0, NAMED).map(({ match }) => chatsWords(match));
  const chats = joined(', ', ...shown, bindings.length > NAMED ? '…' : '');
  const detail = [
    l10n.t('It is taken out of the config.'),
    bindings.length > 0 ? l10n.t('With it go the chats that come to it: {0}.', chats) : '',
    allowed > 0 ? l10n.t('Other agents may not talk to it any more.') : '',
    newDefault === undefined ? '' : l10n.t('{0} becomes the default agent.', newDefault),
    ...folderWords(agent, folder),
  ];
  return {
    message: l10n.t('Remove the agent {0}?', agent.id),
    detail: detail.filter((line) => line !== ''),
  };
}

/** What is asked before a folder that an agent left behind is moved to the trash. */
export function leftFolderQuestion(
  agent: AgentSnapshot,
  folder: string,
): { readonly message: string; readonly detail: readonly string[] } {
  const detail = [
    l10n.t('{0}, with its sign-ins and sessions, goes to the trash as a whole.', folder),
    onlyThereWords(agent),
  ];
  return {
    message: l10n.t('Move the folder of {0} to the trash?', agent.id),
    detail: detail.filter((line) => line !== ''),
  };
}

function folderWords(agent: AgentSnapshot, { own, elsewhere }: AgentFolders): readonly string[] {
  const only = onlyThereWords(agent);
  if (own === undefined) {
    return elsewhere === undefined ? [] : [l10n.t('Its folder {0} stays.', elsewhere), only];
  }
  if (elsewhere === undefined) {
    return [l10n.t('Its folder {0} stays unless you have it moved to the trash.', own), only];
  }
  return [
    l10n.t('Its folder {0} stays unless you have it moved to the trash.', own),
    l10n.t('{0}, where it keeps its sign-ins, stays in any case.', elsewhere),
  ];
}

function onlyThereWords(agent: AgentSnapshot): string {
  const { kind } = agent.store;
  if (kind !== 'whole' && kind !== 'absent') {
    return l10n.t('Its store cannot be read: sign-ins in it may stand only there.');
  }
  const count = standsOnlyThere(agent);
  if (count === 0) return '';
  return count === 1
    ? l10n.t('One of its sign-ins stands only there.')
    : l10n.t('{0} of its sign-ins stand only there.', count);
}

/** How many of an agent's own sign-ins and tokens no other agent has; of keys it is not known. */
function standsOnlyThere(agent: AgentSnapshot): number {
  return agent.providers
    .flatMap(({ profiles }) => profiles)
    .filter(({ origin, type, sharedWith }) => {
      return origin === 'own' && type !== 'api_key' && sharedWith.length === 0;
    }).length;
}

/** What is told once an agent was removed. */
export function removedWords(
  agentId: string,
  { newDefault, left }: Pick<RemovedAgent, 'newDefault' | 'left'>,
  folder: { readonly trashed: boolean; readonly stays?: string },
): string {
  return joined(
    ' ',
    l10n.t('The agent {0} is removed.', agentId),
    newDefault === undefined ? '' : l10n.t('{0} is the default agent now.', newDefault),
    left.length === 0
      ? ''
      : l10n.t(
          'Files that the config includes still send it {0}: CoderClaw hands them to the default agent.',
          left.map(({ match }) => chatsWords(match)).join(', '),
        ),
    folder.trashed ? l10n.t('Its folder is in the trash.') : '',
    folder.stays === undefined ? '' : l10n.t('Its folder is still {0}.', folder.stays),
  );
}

/** What is told once an agent was added. */
export function addedWords(
  { agentId, workspace, hadStore }: Pick<AddedAgent, 'agentId' | 'workspace' | 'hadStore'>,
  copied: readonly string[],
): string {
  return joined(
    ' ',
    l10n.t('The agent {0} is added. It works in {1}.', agentId, workspace),
    copied.length === 0 ? '' : l10n.t('It got {0}.', copied.join(', ')),
    hadStore ? l10n.t('An agent of this id was here before: its sign-ins are there again.') : '',
  );
}
