import {
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';
import { commands, statusBarItem, viewCommands } from '../contributions.ts';
import { MAIN_AGENT_ID } from '../core/documents/agentIds.ts';
import { leadingProfile } from '../core/model/agentStatus.ts';
import type { AgentSnapshot, Snapshot } from '../core/model/snapshot.ts';
import { builtInProviders } from '../core/signin/addedSignIns.ts';
import type { Target } from './tree/nodes.ts';
import { statusBarWords } from './words/agentStatus.ts';
import { markdownText } from './words/plainText.ts';
import { stateWords } from './words/profileState.ts';
import { providerName } from './words/providers.ts';

/** One item for the agent in use: the truest word about its sign-ins, and the way to all of them. */
export class StatusBar implements Disposable {
  readonly #item: StatusBarItem = window.createStatusBarItem(
    statusBarItem,
    StatusBarAlignment.Left,
  );

  constructor() {
    this.#item.name = l10n.t('CoderClaw Agent');
    this.#item.command = viewCommands.profilesFocus;
  }

  /** Draws the default agent of the state folder in use; hides where there is no CoderClaw. */
  show(snapshot: Snapshot): void {
    const [dir] = snapshot.stateDirs;
    const agent = dir?.agents[0];
    if (!agent) {
      this.#item.hide();
      return;
    }
    const words = statusBarWords(agent, snapshot.takenAt);
    this.#item.text = words.text;
    this.#item.accessibilityInformation = { label: words.spoken, role: 'button' };
    this.#item.tooltip = hover(dir.path, agent, snapshot.takenAt);
    this.#item.backgroundColor =
      words.alarm === 'none' ? undefined : new ThemeColor(`statusBarItem.${words.alarm}Background`);
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

/** Provider, profile used next, and its state, as a small table with the ways on. */
function hover(stateDir: string, agent: AgentSnapshot, now: number): MarkdownString {
  const markdown = new MarkdownString(undefined, true);
  const { profileSignIn, profileSignInAgain } = commands;
  markdown.isTrusted = {
    enabledCommands: [profileSignIn, profileSignInAgain, viewCommands.profilesFocus],
  };
  const waysOn: string[] = [];
  markdown.appendMarkdown(`**${markdownText(l10n.t('CoderClaw agent {0}', agent.id))}**\n\n`);
  if (agent.providers.length > 0) {
    markdown.appendMarkdown(
      `| ${l10n.t('Provider')} | ${l10n.t('Next')} | ${l10n.t('State')} |\n|:--|:--|:--|\n`,
    );
    for (const provider of agent.providers) {
      const profile = leadingProfile(provider);
      const words = profile ? stateWords(profile.state, now) : undefined;
      markdown.appendMarkdown(
        `| ${markdownText(providerName(provider.id))} | ${markdownText(profile?.name ?? '–')} | ${
          words ? `$(${words.icon}) ${markdownText(words.text)}` : '–'
        } |\n`,
      );
      // The one that it needs, rather than the general way below.
      if (profile?.state.kind === 'dead' && builtInProviders.has(provider.id)) {
        const agentId = profile.origin === 'own' ? agent.id : MAIN_AGENT_ID;
        const target = { stateDir, agentId, provider: provider.id, profileId: profile.id };
        waysOn.push(commandLink(l10n.t('Sign In Again'), profileSignInAgain, target));
      }
    }
    markdown.appendMarkdown('\n');
  }
  if (waysOn.length === 0) {
    waysOn.push(`[${l10n.t('Sign In to ChatGPT')}](command:${profileSignIn})`);
  }
  waysOn.push(`[${l10n.t('Show Profiles')}](command:${viewCommands.profilesFocus})`);
  markdown.appendMarkdown(waysOn.join(' · '));
  return markdown;
}

function commandLink(label: string, command: string, target: Target): string {
  // A parenthesis would end the address.
  const argument = encodeURIComponent(JSON.stringify([target])).replace(
    /[()]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `[${label}](command:${command}?${argument})`;
}
