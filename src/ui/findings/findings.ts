import {
  type Disposable,
  type EventEmitter,
  l10n,
  type TreeItem,
  type TreeView,
  commands as vscodeCommands,
  window,
} from 'vscode';
import { views } from '../../contributions.ts';
import type { Clock } from '../../core/clock.ts';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import { Examinations } from '../../core/doctor/examinations.ts';
import { type Finding, findingKey } from '../../core/doctor/finding.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { findingsHiddenKey, findingsStateKey } from '../../findingIds.ts';
import { onMaskingChange, shown } from '../masking.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { RowIndex } from '../tree/rowIndex.ts';
import { timeOfDay } from '../words/exactTime.ts';
import { countWords } from '../words/findingsSummary.ts';
import { joined } from '../words/joined.ts';
import { findingNodes, findingRowId } from './findingNodes.ts';
import { findingsState } from './findingsState.ts';
import type { HiddenFindings } from './hiddenFindings.ts';

export interface FindingsParts {
  /** As VS Code made it. */
  readonly view: {
    readonly tree: TreeView<string>;
    readonly changed: EventEmitter<string | undefined>;
  };
  /** Runs all checks on what stands there now. */
  readonly examine: (signal: AbortSignal) => Promise<Diagnosis>;
  readonly snapshot: () => Promise<Snapshot>;
  /** Called with every Snapshot that shows something else than the one before. */
  readonly onSnapshot: (listener: (snapshot: Snapshot) => void) => Disposable;
  readonly hidden: HiddenFindings;
  /** Whether another extension adds a way to sign in to a provider (normalized id). */
  readonly isAdded: (provider: string) => boolean;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

/** What is shown of a look. */
export interface ShownFindings {
  readonly diagnosis: Diagnosis;
  /** Without those that the person has hidden. */
  readonly left: readonly Finding[];
}

/**
 * What the Findings view shows: what the newest look came to. It looks when it becomes visible, and while it
 * is, whenever something else would be shown of the disk; a look that nobody waits for is called off.
 */
export class Findings implements Disposable {
  readonly #parts: FindingsParts;
  readonly #rows = new RowIndex();
  readonly #examinations: Examinations;
  readonly #following: readonly Disposable[];
  #snapshot: Snapshot | undefined;
  #diagnosis: Diagnosis | undefined;

  constructor(parts: FindingsParts) {
    this.#parts = parts;
    const { examine, clock, failed, view, onSnapshot } = parts;
    this.#examinations = new Examinations({
      ...{ examine, clock, failed },
      told: (diagnosis) => {
        this.#diagnosis = diagnosis;
        this.#draw();
      },
    });
    this.#following = [
      view.tree.onDidChangeVisibility(({ visible }) => {
        if (visible) this.#lookUnasked();
        else this.#examinations.stop();
      }),
      onMaskingChange(() => view.changed.fire(undefined)),
      onSnapshot((snapshot) => {
        this.#snapshot = snapshot;
        if (view.tree.visible) this.#examinations.hint();
      }),
    ];
    if (view.tree.visible) this.#lookUnasked();
  }

  /**
   * Looks for everything, with progress in the view.
   * @throws {Cancelled} nobody looks any more.
   */
  async look(): Promise<ShownFindings> {
    const looking = this.#look();
    await window.withProgress({ location: { viewId: views.findings } }, () => looking);
    return this.#shownOf(await looking);
  }

  /** Brings the row of a finding into view, where it has one. */
  async reveal(finding: Finding): Promise<void> {
    const id = findingRowId(findingKey(finding));
    if (this.node(id)) await this.#parts.view.tree.reveal(id, { select: true, expand: true });
  }

  /** As the newest look has it; undefined once it is no longer found. */
  finding(key: string): Finding | undefined {
    return this.#diagnosis?.findings.find((one) => findingKey(one) === key);
  }

  /** Does not show it any more. */
  async hide(finding: Finding): Promise<void> {
    await this.#parts.hidden.hide(findingKey(finding));
    this.#draw();
  }

  async showHidden(): Promise<void> {
    await this.#parts.hidden.showAll();
    this.#draw();
  }

  below(id: string | undefined): string[] {
    return this.#rows.below(id).map((node) => node.id);
  }

  item(id: string): TreeItem {
    const item = this.#rows.item(id);
    const hover = this.node(id)?.hover;
    // Plain text: names come from files and must not become links or markup.
    item.tooltip = hover?.kind === 'plain' ? shown(hover.text) : '';
    return item;
  }

  node(id: string): TreeNode | undefined {
    return this.#rows.node(id);
  }

  dispose(): void {
    this.#examinations.stop();
    for (const one of this.#following) one.dispose();
  }

  /** What is drawn with it has to be there by then. */
  async #look(): Promise<Diagnosis> {
    this.#snapshot = await this.#parts.snapshot();
    return this.#examinations.look();
  }

  #lookUnasked(): void {
    this.look().catch(this.#parts.failed);
  }

  #shownOf(diagnosis: Diagnosis): ShownFindings {
    const { hidden } = this.#parts;
    const left = diagnosis.findings.filter((one) => !hidden.has(findingKey(one)));
    return { diagnosis, left };
  }

  #draw(): void {
    const { view, hidden, isAdded } = this.#parts;
    const [diagnosis, snapshot] = [this.#diagnosis, this.#snapshot];
    if (diagnosis === undefined || snapshot === undefined) return;
    const isHidden = (key: string): boolean => hidden.has(key);
    const changed = this.#rows.show(findingNodes({ diagnosis, snapshot, isHidden, isAdded }));
    if (changed === 'all') view.changed.fire(undefined);
    else for (const id of changed) view.changed.fire(id);
    const { left } = this.#shownOf(diagnosis);
    const hiddenCount = diagnosis.findings.length - left.length;
    view.tree.description = joined(
      ' · ',
      countWords(left) ?? l10n.t('looked at {0}', timeOfDay(diagnosis.at)),
      hiddenCount > 0 ? l10n.t('{0} hidden', hiddenCount) : '',
    );
    const rowCount = left.length + diagnosis.unfinished.length;
    const state = findingsState(rowCount, hiddenCount, snapshot.stateDirs.length > 0);
    void vscodeCommands.executeCommand('setContext', findingsStateKey, state);
    void vscodeCommands.executeCommand('setContext', findingsHiddenKey, hiddenCount > 0);
  }
}
