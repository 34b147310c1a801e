import { homedir } from 'node:os';
import { type Disposable, type Memento, workspace } from 'vscode';
import { commands } from './commandIds.ts';
import { settings } from './contributions.ts';
import { cliProgram } from './core/cliProgram.ts';
import { Cancelled, type Clock } from './core/clock.ts';
import type { AgentService } from './core/custody/agentService.ts';
import type { Custody } from './core/custody/custody.ts';
import type { ProfileService } from './core/custody/profileService.ts';
import type { SessionService } from './core/custody/sessionService.ts';
import type { SignInService } from './core/custody/signInService.ts';
import type { Repairs } from './core/doctor/repairs.ts';
import { normalizeProviderId } from './core/documents/providerIds.ts';
import { shownKey } from './core/documents/shownText.ts';
import { buildSnapshot } from './core/model/buildSnapshot.ts';
import type { Reads } from './core/model/reads.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import type { StatusScene } from './core/reports/statusReport.ts';
import { type AddedSignIns, builtInProviders, codeSignIns } from './core/signin/addedSignIns.ts';
import type { DeviceCodeOptions } from './core/signin/registry.ts';
import type { Keeper } from './keeper.ts';
import type { CliPluginRequest } from './ui/addProfile/cliPlugin.ts';
import { offeredProviders } from './ui/addProfile/offered.ts';
import { agentCommands } from './ui/agents/agentCommands.ts';
import type { AgentCommandParts } from './ui/agents/agentParts.ts';
import { chatCommands } from './ui/agents/chatCommands.ts';
import type { AuditDocuments } from './ui/auditDocument.ts';
import { addProfileCommands } from './ui/commands/addProfileCommands.ts';
import { auditCommands } from './ui/commands/auditCommands.ts';
import { diagnosticCommands } from './ui/commands/diagnosticCommands.ts';
import { explainCommands } from './ui/commands/explainCommands.ts';
import { fileCommands } from './ui/commands/fileCommands.ts';
import { findingCommands } from './ui/commands/findingCommands.ts';
import { legacyCommands } from './ui/commands/legacyCommands.ts';
import { type OrderCommandParts, orderCommands } from './ui/commands/orderCommands.ts';
import {
  type BrowserSignIn,
  filesOf,
  type ProfileCommandParts,
  profileCommands,
  storeRequest,
  tellSignedIn,
} from './ui/commands/profileCommands.ts';
import { refreshCommands } from './ui/commands/refreshCommands.ts';
import type { CommandHandlers } from './ui/commands/register.ts';
import { sessionCommands } from './ui/commands/sessionCommands.ts';
import { statusCommands } from './ui/commands/statusCommands.ts';
import { warningCommands } from './ui/commands/warningCommands.ts';
import type { ExplainDocuments } from './ui/explainDocument.ts';
import type { Findings } from './ui/findings/findings.ts';
import type { FindingsView } from './ui/findings/findingsView.ts';
import type { PlannedDocuments } from './ui/findings/plannedDocuments.ts';
import type { Log } from './ui/log.ts';
import type { Notifications } from './ui/notifications.ts';
import { once } from './ui/once.ts';
import type { CodeFlow } from './ui/signIn/codeFlow.ts';
import type { PluginFlow } from './ui/signIn/pluginFlow.ts';
import type { SignInFlow, StoreRequest } from './ui/signIn/signInFlow.ts';
import type { SnapshotViews } from './ui/snapshotViews.ts';
import type { StatusDocuments } from './ui/statusDocument.ts';
import type { Target } from './ui/target.ts';
import { profileRowId } from './ui/tree/rowIds.ts';
import type { UriCallbacks } from './ui/uriCallbacks.ts';
import { chooseAgentCommands } from './ui/workspaceAgent/chooseAgent.ts';
import type { WorkspaceAgent } from './ui/workspaceAgent/workspaceAgent.ts';

export interface ActionsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly notifications: Notifications;
  readonly added: AddedSignIns;
  readonly surfaces: SnapshotViews;
  readonly findingsView: FindingsView;
  /** What windows share. */
  readonly memory: Memento;
  /** The Snapshot of the moment. */
  readonly snapshot: () => Promise<Snapshot>;
  /** What that one was made from; holds secrets. */
  readonly reads: () => Reads | undefined;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  /** Called with every Snapshot that shows something else than the one before. */
  readonly onSnapshot: (listener: (snapshot: Snapshot) => void) => Disposable;
  readonly keeper: () => Promise<Keeper>;
  readonly uriCallbacks: () => Promise<UriCallbacks>;
  readonly workspaceAgent: () => Promise<WorkspaceAgent>;
  /** Takes over what has to be disposed of. */
  readonly own: (disposable: Disposable) => void;
}

export interface Actions {
  readonly handlers: CommandHandlers;
  /** What it means to drop a profile on a row. Every failure is told. */
  readonly dropped: (dragged: Target, onto: Target) => Promise<void>;
  /** What the Findings view shows. */
  readonly findings: () => Promise<Findings>;
}

/**
 * The part of the composition root that is built with the first command: what commands do. Flows and
 * services load when they are first used.
 */
export function actions(options: ActionsOptions): Actions {
  const { clock, log, notifications, added, snapshot, refresh, keeper, own } = options;
  const custody = async (): Promise<Custody> => (await keeper()).custody;

  const service = once(async (): Promise<ProfileService> => {
    const { ProfileService } = await import('./core/custody/profileService.ts');
    const { vault, journal, places } = await custody();
    return new ProfileService({ vault, journal, places, clock, log: log.info });
  });

  const host = { env: process.env, homedir: homedir(), platform: process.platform };
  const agentService = once(async (): Promise<AgentService> => {
    const { AgentService } = await import('./core/custody/agentService.ts');
    const { vault, journal } = await custody();
    return new AgentService({ vault, journal, clock, host, log: log.info });
  });

  const sessions = once(async (): Promise<SessionService> => {
    const { SessionService } = await import('./core/custody/sessionService.ts');
    const { vault } = await custody();
    return new SessionService({ vault, clock, log: log.info });
  });

  const signInService = once(async (): Promise<SignInService> => {
    const { SignInService } = await import('./core/custody/signInService.ts');
    const { vault, journal, places, tokenEnds } = await custody();
    return new SignInService({ vault, journal, places, tokenEnds, clock, log: log.info });
  });

  const signInFlow = once(async (): Promise<SignInFlow> => {
    const { SignInFlow } = await import('./ui/signIn/signInFlow.ts');
    const [service, callbacks, { fetch }] = await Promise.all([
      signInService(),
      options.uriCallbacks(),
      keeper(),
    ]);
    const flow = new SignInFlow({
      service,
      services: {
        fetch,
        clock,
        log: log.info,
        callbackUri: callbacks.address,
      },
      uriCallbacks: callbacks,
      notifications,
      log,
      stored: async (request, profileId, { credential, identity }, configFault) => {
        const person = credential['type'] === 'oauth' ? (identity.email ?? profileId) : undefined;
        const row = await tellSignedIn(parts, request, profileId, person, configFault);
        if (row) await options.surfaces.reveal(profileRowId(row));
        await (await custody()).adoptElsewhere(profileId);
      },
    });
    own(flow);
    return flow;
  });

  const codeFlow = once(async (): Promise<CodeFlow> => {
    const { CodeFlow } = await import('./ui/signIn/codeFlow.ts');
    const [{ store, assertStorable }, { fetch }] = await Promise.all([signInFlow(), keeper()]);
    const services = { fetch, clock, log: log.info };
    const flow = new CodeFlow({ services, notifications, store, assertStorable });
    own(flow);
    return flow;
  });

  /** Never in a folder that is not trusted. */
  const cli = async (): Promise<string | undefined> => {
    if (!workspace.isTrusted) return undefined;
    const named = workspace.getConfiguration().get<unknown>(settings.cliPath);
    return await cliProgram(named, process.env, homedir());
  };

  const signInByCli = async (request: CliPluginRequest): Promise<void> => {
    const { signInByCli } = await import('./ui/addProfile/cliPlugin.ts');
    await signInByCli(request, {
      ...{ clock, notifications },
      holdTerminals: async () => (await options.workspaceAgent()).holdTerminals(),
      watchCommits: async (told) => (await custody()).watchCommits(told),
      cameIn: async (place, profileId, provider) => {
        // What paused did so with another credential. A sign-in of ours ends it by itself.
        await (await service())
          .clearPause(filesOf(place), profileId)
          .catch((error: unknown) => log.failure('ending a pause', error));
        const stored = storeRequest(place, provider, { profileId });
        const row = await tellSignedIn(parts, stored, profileId, undefined, undefined);
        if (row) await options.surfaces.reveal(profileRowId(row));
      },
    });
  };

  const signInProvider = async (id: string) => {
    const { signInProviders } = await import('./core/signin/registry.ts');
    return signInProviders(process.env).get(id);
  };

  const signInByCode = async (request: StoreRequest, known?: DeviceCodeOptions): Promise<void> => {
    const { signInByCode } = await import('./ui/signIn/codeSignIn.ts');
    const { stored } = await signInService();
    await signInByCode(request, known, { provider: signInProvider, flow: codeFlow, stored });
  };

  const pluginFlow = once(async (): Promise<PluginFlow> => {
    const { PluginFlow } = await import('./ui/signIn/pluginFlow.ts');
    const { store, assertStorable } = await signInFlow();
    const services = { clock, log: log.info };
    const flow = new PluginFlow({ services, notifications, store, assertStorable });
    own(flow);
    return flow;
  });

  const browserSignIn = async (name = 'openai-codex'): Promise<BrowserSignIn> => {
    const provider = normalizeProviderId(name);
    const one = added.get(provider);
    if (one?.kind === 'provider') {
      const run = async (request: StoreRequest): Promise<void> =>
        (await pluginFlow()).run({ ...request, added: one.added });
      return { provider, label: one.label, run };
    }
    const descriptor = builtInProviders.has(provider)
      ? await (await signInProvider(provider))?.browser?.()
      : one?.descriptor;
    if (!descriptor) throw new Error(`no way to sign in to ${shownKey(name)}`);
    const useCode = codeSignIns.has(provider) ? { useCode: signInByCode } : {};
    const run = async (request: StoreRequest): Promise<void> =>
      (await signInFlow()).run({ ...request, ...useCode, descriptor });
    return { provider, label: descriptor.label, run };
  };

  const auditDocuments = once(async (): Promise<AuditDocuments> => {
    const { AuditDocuments } = await import('./ui/auditDocument.ts');
    const { trail } = await custody();
    const documents = new AuditDocuments((stateDir) => trail.read(stateDir), clock);
    own(documents);
    return documents;
  });

  /** There are some once there is a Snapshot. */
  const readsNow = (): Reads => options.reads() ?? { stateDirs: [], lookedIn: [] };

  const explainDocuments = once(async (): Promise<ExplainDocuments> => {
    const [{ ExplainDocuments }, { explain }] = await Promise.all([
      import('./ui/explainDocument.ts'),
      import('./core/model/explain/explain.ts'),
    ]);
    const documents = new ExplainDocuments({
      ...{ clock, onChange: options.onSnapshot },
      explain: async ({ stateDir, agentId, about: subject }) => {
        await snapshot();
        const now = clock.now();
        return explain({
          ...{ reads: readsNow(), stateDir, agentId, subject, now },
          environment: process.env,
        });
      },
    });
    own(documents);
    return documents;
  });

  /** Reads and their Snapshot: one of another moment would not tell what these say. */
  const statusScene = async (): Promise<StatusScene> => {
    const shown = await snapshot();
    const reads = readsNow();
    const now = clock.now();
    return { reads, snapshot: buildSnapshot(reads, now, shown), host, now };
  };

  const statusDocuments = once(async (): Promise<StatusDocuments> => {
    const { StatusDocuments } = await import('./ui/statusDocument.ts');
    const documents = new StatusDocuments(statusScene, options.onSnapshot);
    own(documents);
    return documents;
  });

  const findings = once(async (): Promise<Findings> => {
    const [{ Findings }, { HiddenFindings }, { examine }, { surroundings }] = await Promise.all([
      import('./ui/findings/findings.ts'),
      import('./ui/findings/hiddenFindings.ts'),
      import('./core/doctor/doctor.ts'),
      import('./core/doctor/surroundings.ts'),
    ]);
    const clocks = async () => {
      const { stateDirs } = await snapshot();
      return stateDirs.length === 0 ? undefined : (await keeper()).serverClocks;
    };
    const made = new Findings({
      ...{ view: options.findingsView, clock, snapshot, onSnapshot: options.onSnapshot },
      examine: async (signal) => {
        const around = await surroundings({ clocks, program: cli, platform: host.platform });
        return examine({ ...around, reads: readsNow(), now: clock.now(), host, signal });
      },
      hidden: new HiddenFindings(options.memory),
      isAdded: (provider) => added.get(provider) !== undefined,
      failed: (error) => {
        if (!(error instanceof Cancelled)) log.failure('looking for problems', error);
      },
    });
    own(made);
    return made;
  });

  const repairs = once(async (): Promise<Repairs> => {
    const { Repairs } = await import('./core/doctor/repairs.ts');
    const { vault, journal } = await custody();
    return new Repairs({ vault, journal, clock, snapshot, log: log.info });
  });

  const plannedDocuments = once(async (): Promise<PlannedDocuments> => {
    const { PlannedDocuments } = await import('./ui/findings/plannedDocuments.ts');
    const documents = new PlannedDocuments();
    own(documents);
    return documents;
  });

  const agentParts: AgentCommandParts = {
    ...{ snapshot, refresh, host, clock, notifications },
    service: agentService,
    trash: async () => {
      const { vault, journal } = await custody();
      return { vault, journal, platform: host.platform };
    },
    reveal: (rowId) => options.surfaces.reveal(rowId),
  };

  const parts: ProfileCommandParts = {
    ...{ snapshot, refresh, service, browserSignIn, signInByCode, notifications },
  };
  const orders: OrderCommandParts = { snapshot, refresh, service, notifications };
  const handlers: CommandHandlers = {
    ...profileCommands(parts),
    ...orderCommands(orders),
    ...sessionCommands({ snapshot, refresh, sessions, notifications }),
    [commands.switcherShow]: async () => {
      const { showSwitcher } = await import('./ui/switcher/switcher.ts');
      await showSwitcher({
        ...{ snapshot, refresh, service, notifications },
        onSnapshot: options.onSnapshot,
        inUse: async (shown) => (await options.workspaceAgent()).inUse(shown),
        isAdded: (provider) => added.get(provider) !== undefined,
      });
    },
    ...addProfileCommands({
      ...parts,
      environment: process.env,
      now: () => clock.now(),
      flow: signInFlow,
      offered: () => offeredProviders(added),
      asks: async (id) => (await signInProvider(id))?.asks,
      ...{ cli, signInByCli },
    }),
    ...legacyCommands(parts),
    ...refreshCommands({ snapshot, look: refresh, keeper, clock, notifications }),
    ...auditCommands({ snapshot, documents: auditDocuments, notifications }),
    ...explainCommands({ snapshot, documents: explainDocuments, notifications }),
    ...statusCommands({ scene: statusScene, documents: statusDocuments, notifications }),
    ...findingCommands({
      ...{ snapshot, refresh, findings, repairs, documents: plannedDocuments, notifications },
    }),
    ...diagnosticCommands({ scene: statusScene, notifications }),
    ...warningCommands({ keeper }),
    ...agentCommands(agentParts),
    ...chatCommands(agentParts),
    ...fileCommands({ snapshot, notifications }),
    ...chooseAgentCommands({
      ...{ snapshot, notifications },
      workspaceAgent: options.workspaceAgent,
    }),
    [commands.viewRefresh]: refresh,
    [commands.logShow]: () => log.show(),
  };
  return {
    handlers,
    findings,
    dropped: async (dragged, onto) => {
      const { dropped } = await import('./ui/commands/drops.ts');
      await dropped({ ...orders, agents: agentService }, dragged, onto);
    },
  };
}
