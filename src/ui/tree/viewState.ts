import type { ViewState } from '../../contributions.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { hasProblem } from '../../core/model/storeProblem.ts';

/**
 * What the Profiles view has to say as a whole. Rows are shown in `tree` alone; every other state
 * is a welcome text, which VS Code shows only while there are no rows.
 */
export function viewStateOf(snapshot: Snapshot | undefined): ViewState {
  if (snapshot === undefined) return 'loading';
  if (snapshot.stateDirs.length === 0) return 'noCoderClaw';
  const agents = snapshot.stateDirs.flatMap((dir) => dir.agents);
  if (agents.some((agent) => agent.providers.length > 0)) return 'tree';
  const broken = agents.filter(
    ({ store }) => !['whole', 'absent', 'unplaced'].includes(store.kind),
  ).length;
  // With several agents the rows say which store it is; with one, the welcome text can.
  if (broken > 0) return agents.length === 1 ? 'unreadable' : 'tree';
  const [dir] = snapshot.stateDirs;
  const troubled =
    agents.some(({ store }) => hasProblem(store)) ||
    dir?.config.kind === 'invalid' ||
    dir?.config.kind === 'unreadable';
  return troubled ? 'tree' : 'noProfile';
}
