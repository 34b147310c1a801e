import { homedir } from 'node:os';
import { type Disposable, type ExtensionContext, env, window, workspace } from 'vscode';
import type { Actions } from './actions/actions.ts';
import type { CoderClawAuthApi } from './api.ts';
import { dashboardView, settings } from './contributions.ts';
import { systemClock } from './core/clock.ts';
import { LiveSnapshot } from './core/liveSnapshot/liveSnapshot.ts';
import type { Reads } from './core/model/reads.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import { AddedSignIns } from './core/signin/addedSignIns.ts';
import type { Keeper } from './keeper.ts';
import { registerCommands } from './ui/commands/register.ts';
import { FindingsView } from './ui/findings/findingsView.ts';
import { Log } from './ui/log.ts';
import { setMasking } from './ui/masking.ts';
import { Notifications } from './ui/notifications.ts';
import { once } from './ui/once.ts';
import { SnapshotViews } from './ui/snapshotViews.ts';
import type { UriCallbacks } from './ui/uriCallbacks.ts';
import type { WorkspaceAgent } from './ui/workspaceAgent/workspaceAgent.ts';

/** What takes care of credentials, once it is loaded. */
let keeping: Keeper | undefined;

/** The composition root: every part is built here, by hand, and given what it needs. */
export function activate(context: ExtensionContext): CoderClawAuthApi {
  const clock = systemClock;
  const log = new Log(window.createOutputChannel('CoderClaw', { log: true }));
  const notifications = new Notifications(log, window, (error) =>
    import('./ui/waysOut.ts').then(({ waysOut }) => waysOut(error)),
  );
  const uriCallbacks = once(async (): Promise<UriCallbacks> => {
    const { UriCallbacks } = await import('./ui/uriCallbacks.ts');
    const callbacks = new UriCallbacks(log, notifications);
    context.subscriptions.push(callbacks);
    return callbacks;
  });
  let here: WorkspaceAgent | undefined;
  const surfaces = new SnapshotViews(
    clock,
    (provider) => added.get(provider) !== undefined,
    (shown) => here?.here(shown),
    async (dragged, onto) => (await acting()).dropped(dragged, onto),
  );
  const findingsView = new FindingsView(async () => (await acting()).findings());
  /** What masks is rarely needed: until it is there, whatever has an address in it is left out. */
  const mask = (): void => {
    const isOn = (): boolean => workspace.getConfiguration().get(settings.maskEmails) === true;
    const masks = isOn();
    setMasking((text) => (masks ? text.replace(/\S*@\S*/g, '…') : text));
    if (!masks) return;
    const load = async (): Promise<void> => {
      const { maskEmails } = await import('./core/maskEmails.ts');
      if (!isOn()) return;
      setMasking((text) => maskEmails(text, env.machineId));
      surfaces.redrawAll();
    };
    load().catch((error) => log.failure('masking', error));
  };
  let reads: Reads | undefined;
  const live = new LiveSnapshot({
    host: { env: process.env, homedir: homedir(), platform: process.platform },
    extraStateDirs: () => workspace.getConfiguration().get<unknown>(settings.stateFolders),
    clock,
    log: log.info,
    onReads: (read) => {
      reads = read;
      keeping?.saw(read);
    },
  });
  const added = new AddedSignIns(() => {
    surfaces.redraw();
    keeping?.wake();
  });

  const keeper = once(async (): Promise<Keeper> => {
    const { Keeper } = await import('./keeper.ts');
    const { name, version } = context.extension.packageJSON as { name: string; version: string };
    const app = `${name}/${version}`;
    const memory = context.globalState;
    const made = new Keeper({ app, clock, log, notifications, added, snapshot, memory });
    context.subscriptions.push(made);
    keeping = made;
    if (reads) keeping.saw(reads);
    if (live.current) keeping.update(live.current);
    return made;
  });
  const own = (...disposables: Disposable[]): void =>
    void context.subscriptions.push(...disposables);
  const workspaceAgent = once(async (): Promise<WorkspaceAgent> => {
    const { workspaceAgentHere } = await import('./ui/workspaceAgent/workspaceAgentHere.ts');
    here = workspaceAgentHere(context, { log, redraw: surfaces.redraw, own });
    if (live.current) here.update(live.current);
    surfaces.redraw();
    return here;
  });
  /** Most windows ask for no agent. */
  const lookForAgent = (): void => {
    const set = workspace.getConfiguration().inspect(settings.agent);
    if (set?.globalValue || set?.workspaceValue) {
      workspaceAgent().catch((error) => log.failure('the agent of this workspace', error));
    }
  };
  const snapshot = (): Promise<Snapshot> => live.ready;
  const refresh = async (): Promise<Snapshot> => {
    await live.refresh();
    return live.ready;
  };
  const acting = once(async (): Promise<Actions> => {
    const { actions } = await import('./actions/actions.ts');
    return actions({
      ...{ clock, log, notifications, added, surfaces, findingsView, own },
      memory: context.globalState,
      extensionUri: context.extensionUri,
      ...{ snapshot, refresh, keeper, uriCallbacks, workspaceAgent },
      onSnapshot: (listener) => live.onChange(listener),
      reads: () => reads,
    });
  });

  mask();
  context.subscriptions.push(
    log,
    window.registerUriHandler({
      handleUri: async (uri) => (await uriCallbacks()).handleUri(uri),
    }),
    window.registerWebviewPanelSerializer(dashboardView, {
      deserializeWebviewPanel: async (panel) => (await acting()).restoreDashboard(panel),
    }),
    surfaces,
    findingsView,
    live,
    live.onChange((now) => {
      surfaces.show(now);
      here?.update(now);
      // Not a part of the activation: what a person sees comes first.
      if (keeping) keeping.update(now);
      else if (now.stateDirs.length > 0) keeper().catch((error) => log.failure('keeping', error));
    }),
    // What was missed while the machine slept is seen when the person comes back.
    window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      void live.refresh();
      keeping?.wake();
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.stateFolders)) void live.refresh();
      if (change.affectsConfiguration(settings.agent)) lookForAgent();
      if (change.affectsConfiguration('coderclawAuth')) {
        mask();
        surfaces.redrawAll();
        keeping?.wake();
      }
    }),
    ...registerCommands(
      context.extension.packageJSON,
      async () => (await acting()).handlers,
      (id) => surfaces.rows.node(id) ?? findingsView.node(id),
      notifications,
    ),
  );

  lookForAgent();

  return {
    apiVersion: 1,
    registerProvider: (provider, options) => added.addProvider(provider, options),
    registerSignIn: (descriptor) => added.add(descriptor),
  };
}

/** VS Code waits for this: an answer that is under way is still stored. */
export async function deactivate(): Promise<void> {
  await keeping?.finish();
}
