import { l10n } from 'vscode';
import { commands } from '../commandIds.ts';
import { viewCommands } from '../contributions.ts';
import { MAIN_AGENT_ID } from '../core/documents/agentIds.ts';
import type { AgentInUse } from '../core/model/agentInUse.ts';
import { leadingProfile } from '../core/model/agentStatus.ts';
import type { AgentSnapshot } from '../core/model/snapshot.ts';
import { builtInProviders } from '../core/signin/addedSignIns.ts';
import type { Target } from './target.ts';
import { markdownText } from './words/plainText.ts';
import { stateWords } from './words/profileState.ts';
import { providerName } from './words/providers.ts';
import { agentInUseLines } from './words/workspaceAgent.ts';

const { dashboardOpen, profileSignIn, profileSignInAgain, switcherShow, workspaceChooseAgent } =
  commands;

/** Between columns: VS Code sets them side by side without any room. */
const GAP = '&nbsp;&nbsp;';

/** Markdown with theme icons, and the commands that its links may run. */
export interface HoverMarkdown {
  readonly value: string;
  readonly enabledCommands: readonly string[];
}

/**
 * Provider, profile used next, and its state, as a small table with the ways on. Pure. Loads when the
 * status bar item stands: nothing else is to import it.
 *
 * @param now milliseconds since the epoch: the Snapshot's moment.
 * @param isAdded Whether another extension adds a way to sign in to a provider (normalized id).
 * @param use How the agent came to be in use; absent where no setting asks for one.
 */
export function statusBarHover(
  stateDir: string,
  agent: AgentSnapshot,
  now: number,
  isAdded: (provider: string) => boolean = () => false,
  use?: AgentInUse,
): HoverMarkdown {
  const waysOn: string[] = [];
  let value = `**${markdownText(l10n.t('CoderClaw agent {0}', agent.id))}**\n\n`;
  const lines = use === undefined ? [] : agentInUseLines(use);
  for (const line of lines) value += `${markdownText(line)}\n\n`;
  if (agent.providers.length > 0) {
    value += `| ${l10n.t('Provider')} | ${l10n.t('Next')} | ${l10n.t('State')} |\n|:--|:--|:--|\n`;
    for (const provider of agent.providers) {
      const profile = leadingProfile(provider);
      const words = profile ? stateWords(profile.state, now) : undefined;
      value += `| ${markdownText(providerName(provider.id))}${GAP} | ${markdownText(profile?.name ?? '–')}${GAP} | ${
        words ? `$(${words.icon}) ${markdownText(words.text)}` : '–'
      } |\n`;
      // The one that it needs, rather than the general way below.
      const canSignIn = builtInProviders.has(provider.id) || isAdded(provider.id);
      if (profile?.state.kind === 'dead' && canSignIn) {
        const agentId = profile.origin === 'own' ? agent.id : MAIN_AGENT_ID;
        const target = { stateDir, agentId, provider: provider.id, profileId: profile.id };
        waysOn.push(commandLink(l10n.t('Sign In Again'), profileSignInAgain, target));
      }
    }
    value += '\n';
  }
  if (waysOn.length === 0) {
    waysOn.push(
      agent.providers.length === 0
        ? `[${l10n.t('Sign In to ChatGPT')}](command:${profileSignIn})`
        : `[${l10n.t('Switch Profile…')}](command:${switcherShow})`,
    );
  }
  if (lines.length > 0) {
    waysOn.push(`[${l10n.t('Use Another Agent Here…')}](command:${workspaceChooseAgent})`);
  }
  waysOn.push(`[${l10n.t('Show Profiles')}](command:${viewCommands.profilesFocus})`);
  waysOn.push(`[${l10n.t('Open Dashboard')}](command:${dashboardOpen})`);
  return {
    value: value + waysOn.join(' · '),
    enabledCommands: [
      ...[profileSignIn, profileSignInAgain, switcherShow, workspaceChooseAgent],
      ...[viewCommands.profilesFocus, dashboardOpen],
    ],
  };
}

function commandLink(label: string, command: string, target: Target): string {
  // A parenthesis would end the address.
  const argument = encodeURIComponent(JSON.stringify([target])).replace(
    /[()]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `[${label}](command:${command}?${argument})`;
}
