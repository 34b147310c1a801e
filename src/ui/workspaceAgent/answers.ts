import { isJsonObject } from '../../core/documents/json.ts';
import type { Answer } from '../../core/model/agentInUse.ts';
import type { Memory } from '../toldMemory.ts';

/** Where it is remembered what was answered. */
export const answersKey = 'workspaceAgent.answers';

/**
 * What a person said to a workspace that asks for agents, for each id. VS Code keeps it for this
 * workspace, out of reach of what lies in its folder.
 */
export class Answers {
  readonly #memory: Memory;
  /** Given in this window, should it not have been possible to remember that. */
  readonly #givenHere = new Map<string, Answer>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  to(id: string): Answer | undefined {
    return this.#givenHere.get(id) ?? this.#stored().find(([known]) => known === id)?.[1];
  }

  /** Counts at once. Rejects where VS Code could not keep it: then it counts in this window alone. */
  async give(id: string, answer: Answer): Promise<void> {
    this.#givenHere.set(id, answer);
    await this.#memory.update(
      answersKey,
      Object.fromEntries([...this.#stored(), ...this.#givenHere]),
    );
  }

  /** Another version of this extension may have written it. */
  #stored(): (readonly [id: string, answer: Answer])[] {
    const stored = this.#memory.get(answersKey);
    return isJsonObject(stored)
      ? Object.entries(stored).flatMap(([id, answer]) =>
          answer === 'use' || answer === 'not' ? [[id, answer]] : [],
        )
      : [];
  }
}
