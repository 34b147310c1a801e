import {
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';
import { statusBarItem, viewCommands } from '../contributions.ts';
import type { AgentSnapshot, Snapshot } from '../core/model/snapshot.ts';
import { statusBarWords } from './words/agentStatus.ts';

/** One item for the agent in use: the truest word about its sign-ins, and the way to all of them. */
export class StatusBar implements Disposable {
  readonly #item: StatusBarItem = window.createStatusBarItem(
    statusBarItem,
    StatusBarAlignment.Left,
  );

  /** What is drawn, or the newest that is to be: a hover that comes late for another is dropped. */
  #shown: Snapshot | undefined;

  readonly #isAdded: (provider: string) => boolean;

  /** @param isAdded Whether another extension adds a way to sign in to a provider. */
  constructor(isAdded: (provider: string) => boolean) {
    this.#isAdded = isAdded;
    this.#item.name = l10n.t('CoderClaw Agent');
    this.#item.command = viewCommands.profilesFocus;
  }

  /** Draws the default agent of the state folder in use; hides where there is no CoderClaw. */
  show(snapshot: Snapshot): void {
    this.#shown = snapshot;
    const [dir] = snapshot.stateDirs;
    const agent = dir?.agents[0];
    if (!agent) {
      this.#item.hide();
      return;
    }
    const words = statusBarWords(agent, snapshot.takenAt);
    this.#item.text = words.text;
    this.#item.accessibilityInformation = { label: words.spoken, role: 'button' };
    this.#item.backgroundColor =
      words.alarm === 'none' ? undefined : new ThemeColor(`statusBarItem.${words.alarm}Background`);
    this.#item.show();
    void this.#showHover(snapshot, dir.path, agent);
  }

  dispose(): void {
    this.#shown = undefined;
    this.#item.dispose();
  }

  /** Never rejects: an item without its hover still says what matters. */
  async #showHover(snapshot: Snapshot, stateDir: string, agent: AgentSnapshot): Promise<void> {
    try {
      const { statusBarHover } = await import('./statusBarHover.ts');
      if (this.#shown !== snapshot) return;
      const { value, enabledCommands } = statusBarHover(
        stateDir,
        agent,
        snapshot.takenAt,
        this.#isAdded,
      );
      const markdown = new MarkdownString(value, true);
      markdown.isTrusted = { enabledCommands };
      this.#item.tooltip = markdown;
    } catch {
      // As when an update of the extension has taken the module away: the next start has it again.
    }
  }
}
