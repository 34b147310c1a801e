import {
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';
import { settings, statusBarCommand, statusBarItem } from '../contributions.ts';
import type { AgentSnapshot, Snapshot } from '../core/model/snapshot.ts';
import { shown } from './masking.ts';
import { warns } from './warnings.ts';
import { statusBarWords } from './words/agentStatus.ts';
import type { AgentHere } from './workspaceAgent/workspaceAgent.ts';

/** One item for the agent in use: the truest word about its sign-ins, and the way to all of them. */
export class StatusBar implements Disposable {
  readonly #item: StatusBarItem = window.createStatusBarItem(
    statusBarItem,
    StatusBarAlignment.Left,
  );

  /** How often it was drawn: a hover that comes late for another is dropped. */
  #drawn = 0;

  readonly #isAdded: (provider: string) => boolean;

  /** @param isAdded Whether another extension adds a way to sign in to a provider. */
  constructor(isAdded: (provider: string) => boolean) {
    this.#isAdded = isAdded;
    this.#item.name = l10n.t('CoderClaw Agent');
    this.#item.command = statusBarCommand;
  }

  /**
   * Draws the agent in use of the state folder in use; hides where there is no CoderClaw.
   * @param here Absent: the default agent.
   */
  show(snapshot: Snapshot, here?: AgentHere): void {
    this.#drawn += 1;
    const [dir] = snapshot.stateDirs;
    const agent = here?.use.agent ?? dir?.agents[0];
    if (!agent || !dir) {
      this.#item.hide();
      return;
    }
    const words = here?.words ?? statusBarWords(agent, snapshot.takenAt);
    this.#item.text = shown(words.text);
    this.#item.accessibilityInformation = { label: shown(words.spoken), role: 'button' };
    this.#item.backgroundColor =
      words.alarm === 'none' || !warns(settings.warningsStatusBarColor)
        ? undefined
        : new ThemeColor(`statusBarItem.${words.alarm}Background`);
    this.#item.show();
    void this.#showHover(snapshot, dir.path, agent, here);
  }

  dispose(): void {
    this.#drawn += 1;
    this.#item.dispose();
  }

  /** Never rejects: an item without its hover still says what matters. */
  async #showHover(
    snapshot: Snapshot,
    stateDir: string,
    agent: AgentSnapshot,
    here: AgentHere | undefined,
  ): Promise<void> {
    const drawn = this.#drawn;
    try {
      const { statusBarHover } = await import('./statusBarHover.ts');
      if (this.#drawn !== drawn) return;
      const { value, enabledCommands } = statusBarHover(
        stateDir,
        agent,
        snapshot.takenAt,
        this.#isAdded,
        here?.use,
      );
      const markdown = new MarkdownString(value, true);
      markdown.isTrusted = { enabledCommands };
      this.#item.tooltip = markdown;
    } catch {
      // As when an update of the extension has taken the module away: the next start has it again.
    }
  }
}
