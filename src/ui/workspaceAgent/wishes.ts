import { isAgentId } from '../../core/documents/agentIds.ts';
import type { AgentWishes, Answer, AskedBy } from '../../core/model/agentInUse.ts';

/** The setting as it stands in each place: anything at all may have been written there. */
export interface AgentSetting {
  readonly user: unknown;
  /** Undefined where the workspace is not trusted. */
  readonly workspace: unknown;
}

/**
 * Pure. What is no id of an agent is no wish, but is told of. An empty text is the default of the
 * setting; in a workspace it counts as a wish only where the person wrote it by our command.
 */
export function wishesOf(
  { user, workspace }: AgentSetting,
  answerTo: (id: string) => Answer | undefined,
): AgentWishes {
  const faulty: AskedBy[] = [];
  const idIn = (value: unknown, askedBy: AskedBy): string | undefined => {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string' && isAgentId(value)) return value;
    faulty.push(askedBy);
    return undefined;
  };
  const own = idIn(user, 'user');
  const theirs = workspace === '' ? '' : idIn(workspace, 'workspace');
  const answer = theirs === undefined ? undefined : answerTo(theirs);
  return {
    ...(own !== undefined && { user: own }),
    ...(theirs !== undefined && {
      workspace: { id: theirs, ...(answer !== undefined && { answer }) },
    }),
    faulty,
  };
}
