import { type Disposable, l10n } from 'vscode';
import type { Clock } from '../core/clock.ts';
import type { Explanation, Subject } from '../core/model/explain/explanation.ts';
import type { ExplainSubject } from './explainSubject.ts';
import { VirtualDocuments } from './virtualDocuments.ts';
import { explainText, subjectName } from './words/explain.ts';
import { pathPart } from './words/pathPart.ts';

export interface ExplainDocumentOptions {
  /** As the disk was last read. */
  readonly explain: (subject: ExplainSubject) => Promise<Explanation>;
  /** Calls back whenever something else would be shown of the disk. */
  readonly onChange: (changed: () => void) => Disposable;
  readonly clock: Clock;
}

/** Why an agent uses what it uses, as read-only documents that follow the disk while they are open. */
export class ExplainDocuments implements Disposable {
  readonly #documents: VirtualDocuments<ExplainSubject>;
  readonly #following: Disposable;

  constructor({ explain, onChange, clock }: ExplainDocumentOptions) {
    this.#documents = new VirtualDocuments({
      scheme: 'coderclaw-why',
      pathOf: (subject) =>
        `/${subject.agentId}/${pathPart(l10n.t('Why {0}', subjectName(subject)))}`,
      queryOf: ({ stateDir, stateDirLabel, agentId, about }) => [
        ...[stateDir, stateDirLabel, agentId, about.kind, nameOf(about)],
      ],
      subjectOf,
      text: async (subject) => explainText(await explain(subject), subject, clock.now()),
    });
    this.#following = onChange(() => this.#documents.renew());
  }

  /** Opens the explanation of a subject. */
  async show(subject: ExplainSubject): Promise<void> {
    await this.#documents.show(subject);
  }

  dispose(): void {
    this.#following.dispose();
    this.#documents.dispose();
  }
}

function nameOf(about: Subject): string {
  switch (about.kind) {
    case 'provider':
      return about.provider;
    case 'profile':
      return about.profileId;
    case 'session':
      return about.sessionKey;
  }
}

function subjectOf(query: unknown): ExplainSubject | undefined {
  if (!Array.isArray(query) || !query.every((part) => typeof part === 'string')) return undefined;
  const [stateDir, stateDirLabel, agentId, kind, name] = query as readonly string[];
  if (stateDir === undefined || stateDirLabel === undefined || agentId === undefined)
    return undefined;
  const about = name === undefined ? undefined : aboutOf(kind, name);
  return about && { stateDir, stateDirLabel, agentId, about };
}

function aboutOf(kind: string | undefined, name: string): Subject | undefined {
  switch (kind) {
    case 'provider':
      return { kind, provider: name };
    case 'profile':
      return { kind, profileId: name };
    case 'session':
      return { kind, sessionKey: name };
    default:
      return undefined;
  }
}
