import { commands, type Disposable, l10n, type TreeView, window } from 'vscode';
import { settings, type ViewState, viewStateKey, views } from '../contributions.ts';
import type { Clock } from '../core/clock.ts';
import { needingPerson } from '../core/model/agentStatus.ts';
import { nextWordsChange } from '../core/model/nextWordsChange.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { StatusBar } from './statusBar.ts';
import { type DropParts, ProfilesDragAndDrop } from './tree/profilesDragAndDrop.ts';
import { ProfilesView } from './tree/profilesView.ts';
import { viewStateOf } from './tree/viewState.ts';
import { warns } from './warnings.ts';
import type { AgentHere } from './workspaceAgent/workspaceAgent.ts';

/** No relative time is finer than a minute; timers cannot be longer than this. */
const LONGEST_TIMER_MS = 24 * 60 * 60 * 1000;

/** Draws every Snapshot on all surfaces, and again when a relative time on them has moved on. */
export class SnapshotViews implements Disposable {
  readonly rows: ProfilesView;
  readonly #clock: Clock;
  readonly #statusBar: StatusBar;
  readonly #tree: TreeView<string>;
  readonly #here: (snapshot: Snapshot) => AgentHere | undefined;
  #snapshot: Snapshot | undefined;
  #viewState: ViewState | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param isAdded Whether another extension adds a way to sign in to a provider.
   * @param here Which agent this window uses; undefined: the default one.
   * @param dropped Does what it means to drop a profile on a row.
   */
  constructor(
    clock: Clock,
    isAdded: (provider: string) => boolean,
    here: (snapshot: Snapshot) => AgentHere | undefined,
    dropped: DropParts['dropped'],
  ) {
    this.#clock = clock;
    this.#here = here;
    this.rows = new ProfilesView(isAdded);
    this.#statusBar = new StatusBar(isAdded);
    this.#tree = window.createTreeView(views.profiles, {
      treeDataProvider: this.rows,
      showCollapseAll: true,
      dragAndDropController: new ProfilesDragAndDrop({
        target: (id) => this.rows.node(id)?.target,
        dropped,
      }),
    });
    this.#setViewState('loading');
  }

  show(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    const viewState = viewStateOf(snapshot);
    this.#setViewState(viewState);
    import('./setUp.ts').then(
      ({ tellSetUp }) => tellSetUp(snapshot),
      () => {}, // an update of the extension has taken it away: the next start has it again
    );
    const here = this.#here(snapshot);
    this.rows.show(viewState === 'tree' ? snapshot : undefined, here?.use);
    this.#statusBar.show(snapshot, here);
    const needing = warns(settings.warningsBadge) ? needingPerson(snapshot) : 0;
    this.#tree.badge =
      needing === 0
        ? undefined
        : {
            value: needing,
            tooltip:
              needing === 1
                ? l10n.t('1 profile needs you')
                : l10n.t('{0} profiles need you', needing),
          };
    this.#redrawWhenWordsChange(snapshot);
  }

  /** Draws the same Snapshot at the moment of now: a relative time, or something beside it, has changed. */
  readonly redraw = (): void => {
    if (this.#snapshot) this.show({ ...this.#snapshot, takenAt: this.#clock.now() });
  };

  /** Draws it all again: what is shown of it, or how, was set otherwise. */
  redrawAll(): void {
    this.rows.redrawAll();
    this.redraw();
  }

  /** Brings a row into view and selects it, without taking the focus. */
  async reveal(id: string): Promise<void> {
    await this.rows.drawn();
    if (this.rows.node(id)) await this.#tree.reveal(id, { select: true, focus: false });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#tree.dispose();
    this.rows.dispose();
    this.#statusBar.dispose();
  }

  #setViewState(viewState: ViewState): void {
    if (viewState === this.#viewState) return;
    this.#viewState = viewState;
    void commands.executeCommand('setContext', viewStateKey, viewState);
  }

  #redrawWhenWordsChange(snapshot: Snapshot): void {
    clearTimeout(this.#timer);
    const wait = nextWordsChange(snapshot, this.#clock.now());
    if (wait === undefined) return;
    this.#timer = setTimeout(this.redraw, Math.min(wait, LONGEST_TIMER_MS));
    this.#timer.unref();
  }
}
