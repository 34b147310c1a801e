import { env, l10n, ThemeIcon, commands as vscodeCommands } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import type { Repairs } from '../../core/doctor/repairs.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { findingsFocus } from '../../findingIds.ts';
import type { Findings } from '../findings/findings.ts';
import type { PlannedDocuments } from '../findings/plannedDocuments.ts';
import { severityIcon } from '../findings/severityIcon.ts';
import { shownPath } from '../findings/shownPlace.ts';
import type { Notifications } from '../notifications.ts';
import type { Target } from '../target.ts';
import { summaryWords } from '../words/findingsSummary.ts';
import { findingAbout, findingTitle } from '../words/findingTitles.ts';
import { pick } from './pickers.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface FindingCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  readonly findings: () => Promise<Findings>;
  /** Loaded when first used: looking pays for no writing. */
  readonly repairs: () => Promise<Repairs>;
  readonly documents: () => Promise<PlannedDocuments>;
  readonly notifications: Notifications;
}

/** Looking for what is wrong, and mending what is found. */
export function findingCommands(parts: FindingCommandParts) {
  const look = async () => {
    await vscodeCommands.executeCommand(findingsFocus);
    await parts.refresh();
    return (await parts.findings()).look();
  };

  /** The one that is meant, where it is still found; told where it is not. */
  const named = async (target: Target | undefined): Promise<Finding | undefined> => {
    const findings = await parts.findings();
    const found = target?.finding === undefined ? undefined : findings.finding(target.finding);
    if (!found) parts.notifications.told(l10n.t('What this was meant for is no longer there.'));
    return found;
  };

  return {
    [commands.findingsLook]: async () => {
      const { shown, diagnosis } = await look();
      const hiddenCount = diagnosis.findings.length - shown.length;
      say(summaryWords(shown, hiddenCount, diagnosis.unfinished.length));
    },

    [commands.findingsShow]: async (target) => {
      const { shown } = await look();
      const about = target && shown.find((one) => isAbout(one, target));
      if (about) await (await parts.findings()).reveal(about);
    },

    [commands.findingsShowHidden]: async () => (await parts.findings()).showHidden(),

    [commands.findingRepair]: async (target) => {
      const finding = target ? await named(target) : await pickRepairable(parts, look);
      if (!finding) return;
      const { repairFinding } = await import('../findings/repairFlow.ts');
      await repairFinding(finding, { ...parts, findings: await parts.findings() });
    },

    [commands.findingShowFile]: async (target) => {
      const finding = await named(target);
      const path = finding && shownPath(finding);
      if (!finding || path === undefined) return;
      const { showFindingFile } = await import('../findings/showFindingFile.ts');
      await showFindingFile(finding, path, parts.notifications);
    },

    [commands.findingCopy]: async (target) => {
      const finding = await named(target);
      if (!finding) return;
      const { findingText } = await import('../words/findingText.ts');
      await env.clipboard.writeText(findingText(finding));
      say(l10n.t('Copied: {0}', findingTitle(finding)));
    },

    [commands.findingHide]: async (target) => {
      const finding = await named(target);
      if (finding) await (await parts.findings()).hide(finding);
    },
  } satisfies Partial<CommandHandlers>;
}

/** Whether it is about the same profile, else about the same agent, or the state folder of the row. */
function isAbout({ where }: Finding, { stateDir, agentId, profileId }: Target): boolean {
  return (
    where.stateDir === stateDir &&
    (agentId === undefined || profileId !== undefined || where.agentId === agentId) &&
    (profileId === undefined || where.profileId === profileId)
  );
}

/**
 * Asks which of the findings is to be repaired; undefined where none can be.
 * @throws {Cancelled} The person closed the list.
 */
async function pickRepairable(
  { notifications, snapshot }: FindingCommandParts,
  look: () => Promise<{ readonly shown: readonly Finding[] }>,
): Promise<Finding | undefined> {
  const { shown } = await look();
  const withStateDir = (await snapshot()).stateDirs.length > 1;
  const picked = await pick(
    shown.filter(({ isRepairable }) => isRepairable),
    (finding) => ({
      label: findingTitle(finding),
      description: findingAbout(finding, withStateDir),
      iconPath: new ThemeIcon(severityIcon(finding.severity).id),
    }),
    l10n.t('Repair'),
    l10n.t('Which finding?'),
  );
  if (!picked) notifications.told(l10n.t('Nothing is found that can be repaired from here.'));
  return picked;
}
