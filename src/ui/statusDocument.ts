import { type Disposable, l10n } from 'vscode';
import { type StatusScene, statusReports } from '../core/reports/statusReport.ts';
import { type StatusSubject, statusQuery, statusSubject } from './statusSubject.ts';
import { VirtualDocuments } from './virtualDocuments.ts';
import { pathPart } from './words/pathPart.ts';
import { agentReportText, allReportsText } from './words/statusReport.ts';

/** The status of an agent, or of all, as read-only documents that follow the disk while they are open. */
export class StatusDocuments implements Disposable {
  readonly #documents: VirtualDocuments<StatusSubject>;
  readonly #following: Disposable;

  /**
   * @param scene As the disk was last read.
   * @param onChange Calls back whenever something else would be shown of the disk.
   */
  constructor(scene: () => Promise<StatusScene>, onChange: (changed: () => void) => Disposable) {
    this.#documents = new VirtualDocuments({
      scheme: 'coderclaw-status',
      pathOf: (subject) => `/${pathPart(titleOf(subject))}`,
      queryOf: statusQuery,
      subjectOf: statusSubject,
      text: async (subject) => textOf(subject, await scene()),
    });
    this.#following = onChange(() => this.#documents.renew());
  }

  /** Opens the status of a subject. */
  async show(subject: StatusSubject): Promise<void> {
    await this.#documents.show(subject);
  }

  dispose(): void {
    this.#following.dispose();
    this.#documents.dispose();
  }
}

function titleOf(subject: StatusSubject): string {
  return subject === 'all'
    ? l10n.t('Status of all agents')
    : l10n.t('Status of {0}', subject.agentId);
}

function textOf(subject: StatusSubject, scene: StatusScene): string {
  if (subject === 'all') {
    return allReportsText(statusReports(scene), scene.snapshot.lookedIn, scene.now);
  }
  const [report] = statusReports({ ...scene, only: subject });
  return agentReportText(report, scene.now);
}
