import { l10n } from 'vscode';
import type { BindingMatch, ConfigBinding } from '../../core/documents/configAgents.ts';
import type { BindingConflicts } from '../../core/model/bindingConflicts.ts';
import { chatsWords } from './chats.ts';

/** What is asked before chats are handed to an agent; undefined where there is nothing to ask. */
export function chatsQuestion(
  agentId: string,
  match: BindingMatch,
  conflicts: BindingConflicts,
): { readonly message: string; readonly detail: string; readonly confirm: string } | undefined {
  const [taken] = conflicts.conflicts;
  const notes = notesOf(agentId, conflicts);
  const chats = chatsWords(match);
  if (taken !== undefined) {
    return {
      message: l10n.t('Move the chats of {0} from {1} to {2}?', chats, taken.agentId, agentId),
      detail: [
        l10n.t('Exactly these chats go to {0} now, and can go to one agent only.', taken.agentId),
        ...notes,
      ].join(' '),
      confirm: l10n.t('Move Here'),
    };
  }
  if (notes.length === 0) return undefined;
  return {
    message: l10n.t('Add the chats of {0} to {1}?', chats, agentId),
    detail: notes.join(' '),
    confirm: l10n.t('Add'),
  };
}

function notesOf(
  agentId: string,
  { shadowedBy, exceptions, takesFrom }: BindingConflicts,
): readonly string[] {
  const [shadow] = shadowedBy;
  return [
    ...(shadow === undefined
      ? []
      : [
          l10n.t(
            'But all of them go to {0} first, which has {1}: {2} gets none as long as that is so.',
            shadow.agentId,
            chatsWords(shadow.match),
            agentId,
          ),
        ]),
    ...(exceptions.length === 0
      ? []
      : [l10n.t('Some of them stay with others: {0}.', named(exceptions))]),
    ...(takesFrom.length === 0
      ? []
      : [l10n.t('They are taken out of what others have: {0}.', named(takesFrom))]),
  ];
}

/** `main (telegram), work (telegram · group 7)` */
function named(bindings: readonly ConfigBinding[]): string {
  return bindings
    .map(({ agentId, match }) => l10n.t('{0} ({1})', agentId, chatsWords(match)))
    .join(', ');
}

/** What is asked before chats are taken from an agent: where they go then. */
export function chatsRemovalQuestion(
  agentId: string,
  match: BindingMatch,
  taker: ConfigBinding | undefined,
  defaultAgentId: string,
): { readonly message: string; readonly detail: string } {
  return {
    message: l10n.t('Remove the chats of {0} from {1}?', chatsWords(match), agentId),
    detail: goingWords(agentId, taker, defaultAgentId),
  };
}

function goingWords(
  agentId: string,
  taker: ConfigBinding | undefined,
  defaultAgentId: string,
): string {
  if (taker === undefined) {
    return defaultAgentId === agentId
      ? l10n.t('They come to it all the same, as it is the default agent.')
      : l10n.t('They go to {0} then, the default agent.', defaultAgentId);
  }
  const by = chatsWords(taker.match);
  return taker.agentId === agentId
    ? l10n.t('They come to it all the same, as it has {0}.', by)
    : l10n.t('They go to {0} then, which has {1}.', taker.agentId, by);
}
