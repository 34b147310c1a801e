import { l10n } from 'vscode';
import type { Copied } from '../../core/custody/agentService.ts';
import { authStorePath } from '../../core/documents/locations.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import { sentence } from '../notifications.ts';
import { agentRowId } from '../tree/rowIds.ts';
import { addedWords } from '../words/agents.ts';
import { errorWords } from '../words/errors.ts';
import { askForAgent, type LeftAgent } from './addAgentWizard.ts';
import { type AgentCommandParts, agentsPlaceOf, signInWay } from './agentParts.ts';
import type { Copyable } from './copyChoices.ts';

/**
 * Asks for a new agent, adds it, gives it its copies, and tells what was done.
 * @param left It is this one, whose folder is there.
 * @throws {KnownError} as `AgentService.add`
 * @throws {Cancelled}
 */
export async function addAgent(
  parts: AgentCommandParts,
  snapshot: Snapshot,
  left?: LeftAgent,
): Promise<void> {
  // Where there is no choice: before anything is asked that could not be kept.
  const [only, ...others] = left ? [left.dir] : snapshot.stateDirs;
  if (only !== undefined && others.length === 0) assertPlaceIsCertain({ dir: only });
  const asked = await askForAgent(snapshot, parts.host, left);
  if (asked === undefined) return;
  const { dir, wish, copies } = asked;
  assertPlaceIsCertain({ dir });
  const service = await parts.service();
  const added = await service.add(agentsPlaceOf(dir), wish);
  const to = filesOfNew(dir, added.agentDir);
  const all: Copied[] = [];
  for (const [storePath, profileIds] of bySource(copies)) {
    all.push(await service.copyProfiles({ storePath }, to, profileIds));
  }
  await parts.refresh();
  const target = { stateDir: dir.path, agentId: added.agentId };
  await parts.reveal(agentRowId(target));
  const done = addedWords(
    added,
    all.flatMap(({ copied }) => copied),
  );
  const [failed] = all.flatMap((one) => one.failed);
  if (failed === undefined) {
    parts.notifications.told(done, signInWay(target));
    return;
  }
  const why = sentence(errorWords(failed.fault));
  parts.notifications.warned(
    l10n.t('{0} {1} was not copied. {2}', done, failed.profileId, why),
    signInWay(target),
  );
}

function filesOfNew(dir: StateDirSnapshot, agentDir: string) {
  const storePath = authStorePath(agentDir);
  return { stateDir: dir.path, storePath, configPath: dir.config.path, legacyPaths: [] };
}

function bySource(copies: readonly Copyable[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { agent, profile } of copies) {
    ids.set(agent.store.path, [...(ids.get(agent.store.path) ?? []), profile.id]);
  }
  return ids;
}
