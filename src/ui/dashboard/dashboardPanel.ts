import { randomBytes } from 'node:crypto';
import {
  type Disposable,
  env,
  l10n,
  ThemeIcon,
  Uri,
  ViewColumn,
  commands as vscodeCommands,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import { dashboardView, settings } from '../../contributions.ts';
import type { Clock } from '../../core/clock.ts';
import { type Dashboard, dashboardOf } from '../../core/dashboard/dashboard.ts';
import { HistoryFeed, type HistoryFeedOptions } from '../../core/dashboard/historyFeed.ts';
import { nextWordsChange } from '../../core/model/nextWordsChange.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { UsageTarget } from '../../core/usage/storedQuestions.ts';
import type { Log } from '../log.ts';
import { onMaskingChange, shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';
import { type UsageFeed, usageTargetId } from '../usage/usageFeed.ts';
import { type Opening, Openings } from './openings.ts';
import { openProfile, openProvider } from './openProfile.ts';
import { pageHtml } from './pageHtml.ts';
import { readPageMessage } from './pageMessage.ts';
import type { HostMessage, PageModel } from './pageModel.ts';
import { pageOf } from './pageOf.ts';
import { usageWordsChange } from './usageOf.ts';

export interface DashboardParts {
  /** Of this extension. */
  readonly extensionUri: Uri;
  readonly clock: Clock;
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Called with every Snapshot that shows something else. */
  readonly onSnapshot: (listener: (snapshot: Snapshot) => void) => Disposable;
  /** Reads the audit trail of a state folder. */
  readonly readTrail: HistoryFeedOptions['read'];
  /** How much of logins is used: asked for only while the panel is visible. */
  readonly usage: Pick<
    UsageFeed,
    'isOn' | 'reports' | 'watch' | 'setVisible' | 'askNow' | 'onChange'
  >;
  /** Whether another extension adds a way to sign in to a provider (normalized id). */
  readonly isAdded: (provider: string) => boolean;
  readonly notifications: Pick<Notifications, 'told' | 'failed'>;
  readonly log: Pick<Log, 'failure'>;
}

/** The line for now has moved by a few pixels of the shortest range by then. */
const NOW_MOVES_MS = 5 * 60_000;

/** The one dashboard of this window. */
export class DashboardPanels implements Disposable {
  readonly #parts: DashboardParts;
  #shown: DashboardPanel | undefined;

  constructor(parts: DashboardParts) {
    this.#parts = parts;
  }

  /** Opens it, or brings it to the front. */
  open(): void {
    if (this.#shown) this.#shown.reveal();
    else this.restore(window.createWebviewPanel(dashboardView, '', ViewColumn.Active));
  }

  /** Goes on with a panel that VS Code has kept over a reload of the window. */
  restore(panel: WebviewPanel): void {
    this.#shown?.dispose();
    const shown = new DashboardPanel(panel, this.#parts);
    this.#shown = shown;
    panel.onDidDispose(() => {
      if (this.#shown === shown) this.#shown = undefined;
    });
  }

  dispose(): void {
    this.#shown?.dispose();
  }
}

/**
 * A panel that shows the newest Snapshot while it can be seen. It posts the page a model when that says
 * something else than the one before; hidden, it does nothing.
 */
class DashboardPanel {
  readonly #panel: WebviewPanel;
  readonly #parts: DashboardParts;
  readonly #openings = new Openings();
  readonly #history: HistoryFeed;
  readonly #disposables: Disposable[];
  #snapshot: Snapshot | undefined;
  /** For which Snapshot the usage of its logins is followed. */
  #watchedFor: Snapshot | undefined;
  /** The page has loaded and waits for models. */
  #isReady = false;
  #posted: string | undefined;
  /** Nothing of the panel can be asked from then on: it throws. */
  #isDisposed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(panel: WebviewPanel, parts: DashboardParts) {
    this.#panel = panel;
    this.#parts = parts;
    this.#history = new HistoryFeed({
      read: parts.readTrail,
      onChange: () => this.#draw(),
      onFault: (stateDir, error) => parts.log.failure(`the audit trail of ${stateDir}`, error),
    });
    this.#disposables = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#received(message)),
      panel.onDidChangeViewState(() => this.#visibilityChanged()),
      panel.onDidDispose(() => this.#disposed()),
      parts.onSnapshot((snapshot) => this.#show(snapshot)),
      parts.usage.onChange(() => this.#draw()),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settings.showUsage)) this.#draw();
      }),
      onMaskingChange(() => this.#draw()),
      this.#history,
    ];
    this.#load();
    this.#visibilityChanged();
    parts.snapshot().then(
      (snapshot) => this.#show(snapshot),
      (error: unknown) => parts.log.failure('the dashboard', error),
    );
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #load(): void {
    const { webview } = this.#panel;
    const title = l10n.t('CoderClaw Dashboard');
    const file = (...path: string[]): Uri => Uri.joinPath(this.#parts.extensionUri, ...path);
    const script = file('dist', 'dashboard.js');
    const style = file('media', 'dashboard.css');
    this.#panel.title = title;
    this.#panel.iconPath = new ThemeIcon('dashboard');
    webview.options = {
      enableScripts: true,
      localResourceRoots: [file('dist'), file('media')],
    };
    webview.html = pageHtml({
      script: webview.asWebviewUri(script).toString(),
      style: webview.asWebviewUri(style).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      language: env.language,
      title,
    });
  }

  #show(snapshot: Snapshot): void {
    if (this.#isDisposed) return;
    this.#snapshot = snapshot;
    this.#followTrails();
    this.#draw();
  }

  #visibilityChanged(): void {
    const { visible } = this.#panel;
    this.#parts.usage.setVisible(visible);
    this.#followTrails();
    // A page that is hidden is gone; the next one says when it is ready.
    if (!visible) this.#isReady = false;
    this.#draw();
  }

  #followTrails(): void {
    const dirs = this.#panel.visible ? (this.#snapshot?.stateDirs ?? []) : [];
    this.#history
      .watch(dirs.map(({ path }) => path))
      .catch((error: unknown) => this.#parts.log.failure('watching the audit trail', error));
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const snapshot = this.#snapshot;
    if (!this.#isReady || !this.#panel.visible || snapshot === undefined) return;
    const { clock, usage } = this.#parts;
    const now = clock.now();
    const dashboard = dashboardOf(snapshot, this.#history.histories, now);
    const targets = targetsOf(dashboard);
    if (this.#watchedFor !== snapshot) {
      this.#watchedFor = snapshot;
      usage.watch(targets);
    }
    const reports = usage.reports();
    const report = (target: UsageTarget) => reports.get(usageTargetId(target));
    const model = pageOf(
      {
        dashboard,
        lookedIn: snapshot.lookedIn,
        historyFault: this.#history.hasFault,
        usage: { isOff: !usage.isOn, report },
      },
      this.#openings,
    );
    const json = shownJson(model);
    if (json !== this.#posted) {
      this.#posted = json;
      const message: HostMessage = { kind: 'model', model: JSON.parse(json) };
      void this.#panel.webview.postMessage(message);
    }
    const wait = Math.min(
      NOW_MOVES_MS,
      nextWordsChange(snapshot, now) ?? NOW_MOVES_MS,
      usageWordsChange(targets.map(report), now) ?? NOW_MOVES_MS,
    );
    this.#timer = setTimeout(() => this.#draw(), wait);
    this.#timer.unref();
  }

  #received(message: unknown): void {
    const asked = readPageMessage(message);
    switch (asked?.kind) {
      case undefined:
        return;
      case 'ready':
        this.#isReady = true;
        this.#posted = undefined;
        this.#draw();
        return;
      case 'open':
        this.#open(this.#openings.find(asked.id)).catch((error: unknown) =>
          this.#parts.notifications.failed(l10n.t('The dashboard'), error),
        );
    }
  }

  async #open(opening: Opening | undefined): Promise<void> {
    const { usage, notifications } = this.#parts;
    const acting = {
      ...this.#parts,
      gone: () => notifications.told(l10n.t('What this was meant for is no longer there.')),
    };
    switch (opening?.kind) {
      case 'profile':
        await openProfile(opening.target, acting);
        return;
      case 'provider':
        await openProvider(opening.target, acting);
        return;
      case 'command':
        await vscodeCommands.executeCommand(opening.command, opening.target);
        return;
      case 'usage':
        await usage.askNow();
        return;
      case 'usageSetting':
        await vscodeCommands.executeCommand('workbench.action.openSettings', settings.showUsage);
        return;
      case undefined:
        acting.gone();
    }
  }

  #disposed(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#isReady = false;
    this.#parts.usage.setVisible(false);
    for (const one of this.#disposables) one.dispose();
  }
}

/** A model with every text as it may be shown. */
function shownJson(model: PageModel): string {
  return JSON.stringify(model, (_, value: unknown) =>
    typeof value === 'string' ? shown(value) : value,
  );
}

function targetsOf({ dirs }: Dashboard): readonly UsageTarget[] {
  return dirs.flatMap(({ logins }) => logins.map(({ target }) => target));
}
