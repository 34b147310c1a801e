import { l10n, window } from 'vscode';
import { views } from '../../contributions.ts';
import { Cancelled } from '../../core/clock.ts';
import { type Finding, findingKey } from '../../core/doctor/finding.ts';
import { isSamePlan, type PlannedChange } from '../../core/doctor/plannedChange.ts';
import type { Repairs } from '../../core/doctor/repairs.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { say } from '../commands/say.ts';
import { shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';
import { repairTitle } from '../words/findings.ts';
import { plannedText } from '../words/plannedText.ts';
import { repairedWords } from '../words/repaired.ts';
import type { Findings } from './findings.ts';
import type { PlannedDocuments } from './plannedDocuments.ts';

export interface RepairFlowParts {
  readonly findings: Pick<Findings, 'look' | 'finding'>;
  readonly repairs: () => Promise<Pick<Repairs, 'preview' | 'make'>>;
  readonly documents: () => Promise<Pick<PlannedDocuments, 'show'>>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  readonly notifications: Pick<Notifications, 'told' | 'warned'>;
}

/**
 * Shows exactly what a repair would change, asks, and makes it. The comparison stays in sight while the
 * question is open, and goes with the answer.
 * @throws {KnownError} as `Repairs.make`: nothing has been changed then, or what the error says.
 * @throws {Cancelled} The person left the question.
 */
export async function repairFinding(finding: Finding, parts: RepairFlowParts): Promise<void> {
  await parts.refresh();
  const repairs = await parts.repairs();
  const what = repairTitle(finding) ?? l10n.t('Repair');
  const documents = await parts.documents();
  let agreed: readonly PlannedChange[] | undefined;
  for (;;) {
    const changes = await inView(() => repairs.preview(finding));
    if (changes.length === 0) {
      await tellMended(parts);
      return;
    }
    // Somebody may have been faster while the person read: that is shown, and asked about, anew.
    if (agreed !== undefined && isSamePlan(agreed, changes)) break;
    const close = await documents.show(what, changes.map(plannedText));
    try {
      await confirm(what, agreed !== undefined);
    } finally {
      await close();
    }
    agreed = changes;
  }
  await inView(() => repairs.make(finding));
  await parts.refresh();
  if (await isFoundAgain(finding, parts)) {
    parts.notifications.warned(
      l10n.t(
        'The change was made, but the same is found again: another program may have written the file since.',
      ),
    );
  } else {
    say(repairedWords(finding));
  }
}

/**
 * As low as it can be: it lies over the first lines of the editor.
 * @throws {Cancelled}
 */
async function confirm(what: string, isAnew: boolean): Promise<void> {
  const make = { label: l10n.t('$(check) Make This Change') };
  const leave = { label: l10n.t('$(close) Leave It As It Is') };
  const picked = await window.showQuickPick([make, leave], {
    placeHolder: shown(
      isAnew
        ? l10n.t('{0}? It has come to something else meanwhile: the editor shows what.', what)
        : l10n.t('{0}? The editor shows what changes; secrets are masked.', what),
    ),
    // To look around in the editor is no answer.
    ignoreFocusOut: true,
  });
  if (picked !== make) throw new Cancelled();
}

async function tellMended({ findings, notifications }: RepairFlowParts): Promise<void> {
  notifications.told(l10n.t('Nothing is left to repair: it has been mended already.'));
  await lookAgain(findings);
}

async function isFoundAgain(finding: Finding, { findings }: RepairFlowParts): Promise<boolean> {
  await lookAgain(findings);
  return findings.finding(findingKey(finding)) !== undefined;
}

async function lookAgain(findings: RepairFlowParts['findings']): Promise<void> {
  try {
    await findings.look();
  } catch (error) {
    // The view went out of sight: what was asked for is done all the same.
    if (!(error instanceof Cancelled)) throw error;
  }
}

async function inView<T>(work: () => Promise<T>): Promise<T> {
  return await window.withProgress({ location: { viewId: views.findings } }, work);
}
