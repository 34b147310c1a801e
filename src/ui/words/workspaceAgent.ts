import { l10n } from 'vscode';
import type { AgentInUse, AskedBy } from '../../core/model/agentInUse.ts';
import type { AgentSnapshot } from '../../core/model/snapshot.ts';
import { type StatusBarWords, statusBarWords } from './agentStatus.ts';

/** The question to a person whose workspace asks for an agent, and its answers. Pure. */
export function offerWords(
  id: string,
  isFolder: boolean,
): { readonly text: string; readonly yes: string; readonly no: string } {
  const asks = isFolder
    ? l10n.t('This folder asks for agent {0} here.', id)
    : l10n.t('This workspace asks for agent {0} here.', id);
  return {
    text: `${asks} ${l10n.t('Terminals that you open here would then use its sign-ins.')}`,
    yes: l10n.t('Use {0} Here', id),
    no: l10n.t('Not Here'),
  };
}

/** Why terminals of this window have variables of ours. */
export function terminalWords(agent: AgentSnapshot): string {
  return l10n.t(
    'Agent {0} is used here: CoderClaw finds its sign-ins by these variables.',
    agent.id,
  );
}

/**
 * What the status bar says where it is not simply the default agent's turn; else undefined. Pure.
 * @param now milliseconds since the epoch.
 */
export function agentInUseWords(use: AgentInUse, now: number): StatusBarWords | undefined {
  switch (use.kind) {
    case 'default':
      return undefined;
    case 'pinned': {
      const words = statusBarWords(use.agent, now);
      return { ...words, spoken: `${words.spoken}. ${pinnedBy(use.askedBy)}` };
    }
    case 'missing': {
      const fault = use.isCertain ? l10n.t('no such agent') : l10n.t('config unreadable');
      return {
        text: `$(warning) ${use.id} · ${fault}`,
        spoken: l10n.t('CoderClaw agent {0}: {1}', use.id, agentInUseLines(use).join(' ')),
        // Only where something that the person wanted is not so.
        alarm: use.isAgreed && use.isCertain ? 'warning' : 'none',
      };
    }
  }
}

/** How the agent in use came to be that, and what stands in the way of another. Pure. */
export function agentInUseLines(use: AgentInUse): readonly string[] {
  const lines: string[] = [];
  if (use.kind === 'pinned') lines.push(pinnedBy(use.askedBy));
  if (use.kind === 'missing') lines.push(missingLine(use));
  if (use.asked) {
    const { id, isOpen } = use.asked;
    lines.push(
      isOpen
        ? l10n.t('This workspace asks for agent {0}. Nothing changes until you agree.', id)
        : l10n.t('This workspace asks for agent {0}, which is not used here.', id),
    );
  }
  for (const askedBy of use.faulty) {
    lines.push(
      askedBy === 'user'
        ? l10n.t(
            '"coderclawAuth.agent" in your settings is not the id of an agent, and is ignored.',
          )
        : l10n.t(
            '"coderclawAuth.agent" in the settings of this workspace is not the id of an agent, and is ignored.',
          ),
    );
  }
  return lines;
}

function pinnedBy(askedBy: AskedBy): string {
  return askedBy === 'user'
    ? l10n.t('Pinned by your settings.')
    : l10n.t('Pinned for this workspace.');
}

function missingLine(use: AgentInUse & { kind: 'missing' }): string {
  const { id, askedBy, isCertain, agent } = use;
  if (!isCertain) {
    return l10n.t('Whether there is an agent {0} is not known: the config cannot be read.', id);
  }
  const used = agent?.id ?? l10n.t('none');
  return askedBy === 'user'
    ? l10n.t('There is no agent {0}, which your settings ask for: {1} is used.', id, used)
    : l10n.t('There is no agent {0}, which this workspace asks for: {1} is used.', id, used);
}
