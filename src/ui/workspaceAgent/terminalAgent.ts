import type { AgentSnapshot } from '../../core/model/snapshot.ts';

/** What of VS Code's `EnvironmentVariableCollection` is needed. */
export interface TerminalVariables {
  description: unknown;
  replace(name: string, value: string): void;
  clear(): void;
}

/** By which CoderClaw 2026.3.21, and pi within it, find the folder of the main agent. */
const FOLDER_VARIABLES = ['CODERCLAW_AGENT_DIR', 'PI_CODING_AGENT_DIR'];

/**
 * Leads what is started in the terminals of this window to the sign-ins of an agent. VS Code asks people
 * to start terminals anew whenever variables change, so they are touched only for another folder.
 */
export class TerminalAgent {
  readonly #variables: TerminalVariables;
  readonly #describe: (agent: AgentSnapshot) => string;
  #wanted: AgentSnapshot | undefined;
  /** The folder that terminals are led to now. */
  #set: string | undefined;
  #holders = 0;

  constructor(variables: TerminalVariables, describe: (agent: AgentSnapshot) => string) {
    this.#variables = variables;
    this.#describe = describe;
  }

  /**
   * From now on, in terminals that are opened after this.
   * @param agent undefined: terminals are left alone, as they are where its folder is not known.
   */
  use(agent: AgentSnapshot | undefined): void {
    this.#wanted = agent;
    this.#apply();
  }

  /**
   * Leaves terminals alone until what it returns is called: these variables go before those of a task.
   * Can be called several times, as can what it returns.
   */
  hold(): () => void {
    let isHeld = true;
    this.#holders += 1;
    this.#apply();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      this.#apply();
    };
  }

  #apply(): void {
    const agent = this.#holders > 0 ? undefined : this.#wanted;
    const folder = agent === undefined ? undefined : folderOf(agent);
    if (folder === this.#set) return;
    this.#set = folder;
    if (agent === undefined || folder === undefined) {
      this.#variables.clear();
      return;
    }
    this.#variables.description = this.#describe(agent);
    for (const name of FOLDER_VARIABLES) this.#variables.replace(name, folder);
  }
}

/** VS Code would put something else in place of a `${…}`; there is no way to write one plainly. */
function folderOf({ agentDir, store }: AgentSnapshot): string | undefined {
  return store.kind === 'unplaced' || agentDir.includes('${') ? undefined : agentDir;
}
