import { homedir } from 'node:os';
import { type ExtensionContext, window, workspace } from 'vscode';
import { commands, settings } from './contributions.ts';
import { systemClock } from './core/clock.ts';
import type { Custody } from './core/custody/custody.ts';
import type { ProfileService } from './core/custody/profileService.ts';
import { normalizeProviderId } from './core/documents/providerIds.ts';
import { shownKey } from './core/documents/shownText.ts';
import { LiveSnapshot } from './core/liveSnapshot/liveSnapshot.ts';
import type { Reads } from './core/model/reads.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import { AddedSignIns, builtInProviders } from './core/signin/addedSignIns.ts';
import type { SignInDescriptor } from './core/signin/descriptor.ts';
import type { DeviceSignInDescriptor } from './core/signin/device/deviceDescriptor.ts';
import type { Keeper } from './keeper.ts';
import type { AuditDocuments } from './ui/auditDocument.ts';
import type { ProfileCommandParts } from './ui/commands/profileCommands.ts';
import { type CommandHandlers, registerCommands } from './ui/commands/register.ts';
import { Log } from './ui/log.ts';
import { Notifications } from './ui/notifications.ts';
import { once } from './ui/once.ts';
import type { CodeFlow } from './ui/signIn/codeFlow.ts';
import type { SignInFlow } from './ui/signIn/signInFlow.ts';
import { SnapshotViews } from './ui/snapshotViews.ts';
import { profileRowId } from './ui/tree/nodes.ts';
import type { UriCallbacks } from './ui/uriCallbacks.ts';

/**
 * What other extensions may use. Version 0: it may change until signing in by provider extensions
 * is part of a release.
 */
export interface CoderClawAuthApi {
  readonly apiVersion: 0;
  /**
   * Adds a way to sign in, until disposed.
   * @throws {Error} The provider id is taken, or is that of a built-in provider, in any spelling.
   */
  registerSignIn(descriptor: SignInDescriptor): { dispose(): void };
}

/** What takes care of credentials, once it is loaded. */
let keeping: Custody | undefined;

/** The composition root: every part is built here, by hand, and given what it needs. */
export function activate(context: ExtensionContext): CoderClawAuthApi {
  const clock = systemClock;
  const log = new Log(window.createOutputChannel('CoderClaw', { log: true }));
  const notifications = new Notifications(log, window);
  const uriCallbacks = once(async (): Promise<UriCallbacks> => {
    const { UriCallbacks } = await import('./ui/uriCallbacks.ts');
    const callbacks = new UriCallbacks(log, notifications);
    context.subscriptions.push(callbacks);
    return callbacks;
  });
  const surfaces = new SnapshotViews(clock);
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
  const added = new AddedSignIns();

  const keeper = once(async (): Promise<Keeper> => {
    const { Keeper } = await import('./keeper.ts');
    const { name, version } = context.extension.packageJSON as { name: string; version: string };
    const app = `${name}/${version}`;
    const made = new Keeper({ app, clock, log, notifications, added, snapshot });
    context.subscriptions.push(made);
    keeping = made.custody;
    if (reads) keeping.saw(reads);
    if (live.current) keeping.update(live.current);
    return made;
  });
  const custody = async (): Promise<Custody> => (await keeper()).custody;

  const service = once(async (): Promise<ProfileService> => {
    const { ProfileService } = await import('./core/custody/profileService.ts');
    const { vault, journal, places } = await custody();
    return new ProfileService({ vault, journal, places, clock, log: log.info });
  });

  const signInFlow = once(async (): Promise<SignInFlow> => {
    const [{ SignInFlow }, { SignInService }] = await Promise.all([
      import('./ui/signIn/signInFlow.ts'),
      import('./core/custody/signInService.ts'),
    ]);
    const [{ vault, journal, places, tokenEnds }, callbacks] = await Promise.all([
      custody(),
      uriCallbacks(),
    ]);
    const flow = new SignInFlow({
      service: new SignInService({ vault, journal, places, tokenEnds, clock, log: log.info }),
      services: {
        fetch: globalThis.fetch,
        clock,
        log: log.info,
        callbackUri: callbacks.address,
      },
      uriCallbacks: callbacks,
      notifications,
      log,
      stored: async (request, profileId, { credential, identity }, configFault) => {
        const { tellSignedIn } = await import('./ui/commands/profileCommands.ts');
        const row = await tellSignedIn(
          parts,
          request,
          profileId,
          credential['type'] === 'oauth' ? (identity.email ?? profileId) : undefined,
          configFault,
        );
        if (row) await surfaces.reveal(profileRowId(row));
        await (await custody()).adoptElsewhere(profileId);
      },
    });
    context.subscriptions.push(flow);
    return flow;
  });

  const codeFlow = once(async (): Promise<CodeFlow> => {
    const { CodeFlow } = await import('./ui/signIn/codeFlow.ts');
    const { store } = await signInFlow();
    const services = { fetch: globalThis.fetch, clock, log: log.info };
    const flow = new CodeFlow({ services, notifications, store });
    context.subscriptions.push(flow);
    return flow;
  });

  /** How a built-in provider gives out codes. */
  const codeDescriptor = async (provider: string): Promise<DeviceSignInDescriptor> => {
    const { signInProviders } = await import('./core/signin/registry.ts');
    const found = await signInProviders(process.env)
      .get(normalizeProviderId(provider))
      ?.deviceCode?.();
    if (!found) throw new Error(`no code for ${shownKey(provider)}`);
    return found;
  };

  const descriptor = async (provider = 'openai-codex'): Promise<SignInDescriptor> => {
    const id = normalizeProviderId(provider);
    const found = builtInProviders.has(id)
      ? await (await import('./core/signin/registry.ts'))
          .signInProviders(process.env)
          .get(id)
          ?.browser?.()
      : added.get(id);
    if (!found) throw new Error(`no way to sign in to ${shownKey(provider)}`);
    return found;
  };

  const snapshot = (): Promise<Snapshot> => live.ready;
  const refresh = async (): Promise<Snapshot> => {
    await live.refresh();
    return live.ready;
  };
  const parts: ProfileCommandParts = {
    snapshot,
    refresh,
    service,
    signInFlow,
    descriptor,
    notifications,
  };

  const auditDocuments = once(async (): Promise<AuditDocuments> => {
    const { AuditDocuments } = await import('./ui/auditDocument.ts');
    const { trail } = await custody();
    const documents = new AuditDocuments((stateDir) => trail.read(stateDir), clock);
    context.subscriptions.push(documents);
    return documents;
  });

  const handlers = once(async (): Promise<CommandHandlers> => {
    const [
      { profileCommands },
      { addProfileCommands },
      { offeredProviders },
      { legacyCommands },
      { refreshCommands },
      { auditCommands },
      { fileCommands },
    ] = await Promise.all([
      import('./ui/commands/profileCommands.ts'),
      import('./ui/commands/addProfileCommands.ts'),
      import('./ui/addProfile/offered.ts'),
      import('./ui/commands/legacyCommands.ts'),
      import('./ui/commands/refreshCommands.ts'),
      import('./ui/commands/auditCommands.ts'),
      import('./ui/commands/fileCommands.ts'),
    ]);
    return {
      ...profileCommands(parts),
      ...addProfileCommands({
        ...parts,
        environment: process.env,
        now: () => clock.now(),
        flow: signInFlow,
        codeFlow,
        codeDescriptor,
        offered: () => offeredProviders(added),
      }),
      ...legacyCommands(parts),
      ...refreshCommands({ snapshot, look: refresh, keeper, clock, notifications }),
      ...auditCommands({ snapshot, documents: auditDocuments, notifications }),
      ...fileCommands({ snapshot, notifications }),
      [commands.viewRefresh]: refresh,
      [commands.logShow]: () => log.show(),
    };
  });

  context.subscriptions.push(
    log,
    window.registerUriHandler({
      handleUri: async (uri) => (await uriCallbacks()).handleUri(uri),
    }),
    surfaces,
    live,
    live.onChange((now) => {
      surfaces.show(now);
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
      if (change.affectsConfiguration(settings.keepFresh)) keeping?.wake();
    }),
    ...registerCommands(handlers, (id) => surfaces.rows.node(id), notifications),
  );

  return {
    apiVersion: 0,
    registerSignIn: (descriptor) => added.add(descriptor),
  };
}

/** VS Code waits for this: an answer that is under way is still stored. */
export async function deactivate(): Promise<void> {
  await keeping?.finish();
}
