import { type AgentInUse, type Answer, agentInUse } from '../../core/model/agentInUse.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Memory } from '../toldMemory.ts';
import type { StatusBarWords } from '../words/agentStatus.ts';
import { agentInUseWords, offerWords, terminalWords } from '../words/workspaceAgent.ts';
import { Answers } from './answers.ts';
import { TerminalAgent, type TerminalVariables } from './terminalAgent.ts';
import { type AgentSetting, wishesOf } from './wishes.ts';

export interface WorkspaceAgentParts {
  /** The setting of the moment. */
  readonly setting: () => AgentSetting;
  /** What is open is one folder, without a workspace file. */
  readonly isFolder: () => boolean;
  /** Kept for this workspace alone. */
  readonly memory: Memory;
  readonly variables: TerminalVariables;
  /** Of several windows, only the one that a person is in speaks. */
  readonly isFocused: () => boolean;
  /** Shows a message; resolves with the label that was picked, or undefined if it was closed. */
  readonly ask: (text: string, ...labels: string[]) => PromiseLike<string | undefined>;
  /** Draws the views again: another agent is in use now. */
  readonly redraw: () => void;
  readonly log: (line: string) => void;
  /** For what goes wrong without a person having to know. */
  readonly failed: (doing: string, error: unknown) => void;
}

/** What the status bar shows of it. */
export interface AgentHere {
  readonly use: AgentInUse;
  /** Absent where the default agent is used: then those of that. */
  readonly words?: StatusBarWords;
}

/**
 * Which agent this window uses. The person's own setting counts at once; what a workspace asks for is
 * offered once for each id, and counts once the person has agreed. A message that was closed is no
 * answer: another window asks again.
 */
export class WorkspaceAgent {
  readonly #parts: WorkspaceAgentParts;
  readonly #answers: Answers;
  readonly #terminals: TerminalAgent;
  /** Ids that this window has asked about. */
  readonly #asked = new Set<string>();
  #snapshot: Snapshot | undefined;
  #faulty = '';

  constructor(parts: WorkspaceAgentParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts.memory);
    this.#terminals = new TerminalAgent(parts.variables, terminalWords);
  }

  /** Which agent a command of this window means, unless it is told another. */
  inUse(snapshot: Snapshot): AgentInUse {
    return agentInUse(
      snapshot,
      wishesOf(this.#parts.setting(), (id) => this.#answers.to(id)),
    );
  }

  /** For the status bar, at the moment of the Snapshot. */
  here(snapshot: Snapshot): AgentHere {
    const use = this.inUse(snapshot);
    const words = agentInUseWords(use, snapshot.takenAt);
    return { use, ...(words !== undefined && { words }) };
  }

  /** To be called with each new Snapshot. */
  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#look();
  }

  /** A person has come to this window. */
  wake(): void {
    this.#look();
  }

  /** The setting is another, or the workspace has become trusted. */
  changed(): void {
    this.#look();
    this.#parts.redraw();
  }

  /**
   * Remembers what the person said to an id, and goes by it at once.
   * @param id empty: the default agent.
   */
  async answer(id: string, answer: Answer): Promise<void> {
    await this.#answers.give(id, answer).catch((error: unknown) => {
      this.#parts.failed('remembering which agent is used here', error);
    });
    this.changed();
  }

  /** Terminals are left alone until what it returns is called: a task that opens one says by itself where. */
  holdTerminals(): () => void {
    return this.#terminals.hold();
  }

  dispose(): void {
    this.#snapshot = undefined;
    this.#terminals.use(undefined);
  }

  #look(): void {
    if (this.#snapshot === undefined) return;
    const use = this.inUse(this.#snapshot);
    // Where it is not known whether the agent is there, terminals stay as they are.
    if (use.kind !== 'missing' || use.isCertain) {
      this.#terminals.use(use.kind === 'pinned' ? use.agent : undefined);
    }
    this.#logFaults(use);
    const { asked } = use;
    if (asked?.isOpen && !this.#asked.has(asked.id) && this.#parts.isFocused()) {
      this.#asked.add(asked.id);
      this.#offer(asked.id).catch((error: unknown) =>
        this.#parts.failed('offering an agent', error),
      );
    }
  }

  async #offer(id: string): Promise<void> {
    const { text, yes, no } = offerWords(id, this.#parts.isFolder());
    const picked = await this.#parts.ask(text, yes, no);
    if (picked !== undefined) await this.answer(id, picked === yes ? 'use' : 'not');
  }

  #logFaults({ faulty }: AgentInUse): void {
    const now = faulty.join();
    if (now === this.#faulty) return;
    this.#faulty = now;
    for (const askedBy of faulty) {
      this.#parts.log(
        `setting coderclawAuth.agent of the ${askedBy}: not the id of an agent, ignored`,
      );
    }
  }
}
