import { homedir } from 'node:os';
import { type ExtensionContext, window, workspace } from 'vscode';
import { commands, settings } from './contributions.ts';
import { systemClock } from './core/clock.ts';
import type { ProfileService } from './core/custody/profileService.ts';
import type { Vault } from './core/custody/vault.ts';
import { normalizeProviderId } from './core/documents/providerIds.ts';
import { shownKey } from './core/documents/shownText.ts';
import { LiveSnapshot } from './core/liveSnapshot/liveSnapshot.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import { AddedSignIns, builtInProviders } from './core/signin/addedSignIns.ts';
import type { SignInDescriptor } from './core/signin/descriptor.ts';
import type { ProfileCommandParts } from './ui/commands/profileCommands.ts';
import { type CommandHandlers, registerCommands } from './ui/commands/register.ts';
import { Log } from './ui/log.ts';
import { Notifications } from './ui/notifications.ts';
import { once } from './ui/once.ts';
import type { SignInFlow } from './ui/signIn/signInFlow.ts';
import { SnapshotViews } from './ui/snapshotViews.ts';
import { profileRowId } from './ui/tree/nodes.ts';
import { UriCallbacks } from './ui/uriCallbacks.ts';

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

/** The composition root: every part is built here, by hand, and given what it needs. */
export function activate(context: ExtensionContext): CoderClawAuthApi {
  const clock = systemClock;
  const log = new Log();
  const notifications = new Notifications(log, window);
  const uriCallbacks = new UriCallbacks(log, notifications);
  const surfaces = new SnapshotViews(clock);
  const live = new LiveSnapshot({
    host: { env: process.env, homedir: homedir(), platform: process.platform },
    extraStateDirs: () => workspace.getConfiguration().get<unknown>(settings.stateFolders),
    clock,
    log: log.info,
  });
  const added = new AddedSignIns();

  const vault = once(async (): Promise<Vault> => {
    const [{ FileLocks }, { Vault }] = await Promise.all([
      import('./core/disk/fileLock.ts'),
      import('./core/custody/vault.ts'),
    ]);
    const { name, version } = context.extension.packageJSON as { name: string; version: string };
    const locks = new FileLocks({ app: `${name}/${version}`, clock });
    const vault = new Vault({ locks, clock, log: log.info });
    context.subscriptions.push(vault);
    return vault;
  });

  const service = once(async (): Promise<ProfileService> => {
    const { ProfileService } = await import('./core/custody/profileService.ts');
    return new ProfileService(await vault());
  });

  const signInFlow = once(async (): Promise<SignInFlow> => {
    const [{ SignInFlow }, { SignInService }] = await Promise.all([
      import('./ui/signIn/signInFlow.ts'),
      import('./core/custody/signInService.ts'),
    ]);
    const flow = new SignInFlow({
      service: new SignInService(await vault(), clock),
      services: {
        fetch: globalThis.fetch,
        clock,
        log: log.info,
        callbackUri: uriCallbacks.address,
      },
      uriCallbacks,
      notifications,
      log,
      stored: async (request, profileId, { identity }, configFault) => {
        const { tellSignedIn } = await import('./ui/commands/profileCommands.ts');
        const row = await tellSignedIn(
          parts,
          request,
          profileId,
          identity.email ?? profileId,
          configFault,
        );
        if (row) await surfaces.reveal(profileRowId(row));
      },
    });
    context.subscriptions.push(flow);
    return flow;
  });

  const descriptor = async (provider = 'openai-codex'): Promise<SignInDescriptor> => {
    const id = normalizeProviderId(provider);
    const found = builtInProviders.has(id)
      ? (await import('./core/signin/registry.ts')).signInDescriptors(process.env).get(id)
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

  const handlers = once(async (): Promise<CommandHandlers> => {
    const [{ profileCommands }, { fileCommands }] = await Promise.all([
      import('./ui/commands/profileCommands.ts'),
      import('./ui/commands/fileCommands.ts'),
    ]);
    return {
      ...profileCommands(parts),
      ...fileCommands({ snapshot, notifications }),
      [commands.viewRefresh]: refresh,
      [commands.logShow]: () => log.show(),
    };
  });

  context.subscriptions.push(
    log,
    uriCallbacks,
    surfaces,
    live,
    live.onChange((now) => surfaces.show(now)),
    // What was missed while the machine slept is seen when the person comes back.
    window.onDidChangeWindowState(({ focused }) => {
      if (focused) void live.refresh();
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.stateFolders)) void live.refresh();
    }),
    ...registerCommands(handlers, (id) => surfaces.rows.node(id), notifications),
  );

  return {
    apiVersion: 0,
    registerSignIn: (descriptor) => added.add(descriptor),
  };
}
