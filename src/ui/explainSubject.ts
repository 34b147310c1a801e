import type { Subject } from '../core/model/explain/explanation.ts';

/** What an explanation is shown for. */
export interface ExplainSubject {
  /** Path of the state folder. */
  readonly stateDir: string;
  /** Short for people. */
  readonly stateDirLabel: string;
  readonly agentId: string;
  readonly about: Subject;
}
