import type { WebviewPanel } from 'vscode';
import { commands } from '../commandIds.ts';
import { offeredProviders } from '../ui/addProfile/offered.ts';
import { agentCommands } from '../ui/agents/agentCommands.ts';
import type { AgentCommandParts } from '../ui/agents/agentParts.ts';
import { chatCommands } from '../ui/agents/chatCommands.ts';
import { addProfileCommands } from '../ui/commands/addProfileCommands.ts';
import { auditCommands } from '../ui/commands/auditCommands.ts';
import { diagnosticCommands } from '../ui/commands/diagnosticCommands.ts';
import { explainCommands } from '../ui/commands/explainCommands.ts';
import { fileCommands } from '../ui/commands/fileCommands.ts';
import { findingCommands } from '../ui/commands/findingCommands.ts';
import { legacyCommands } from '../ui/commands/legacyCommands.ts';
import { type OrderCommandParts, orderCommands } from '../ui/commands/orderCommands.ts';
import { profileCommands } from '../ui/commands/profileCommands.ts';
import { refreshCommands } from '../ui/commands/refreshCommands.ts';
import type { CommandHandlers } from '../ui/commands/register.ts';
import { sessionCommands } from '../ui/commands/sessionCommands.ts';
import { statusCommands } from '../ui/commands/statusCommands.ts';
import { warningCommands } from '../ui/commands/warningCommands.ts';
import type { Findings } from '../ui/findings/findings.ts';
import type { Target } from '../ui/target.ts';
import { chooseAgentCommands } from '../ui/workspaceAgent/chooseAgent.ts';
import { type ActionsOptions, host } from './options.ts';
import { seeingOf } from './seeing.ts';
import { servicesOf } from './services.ts';
import { signInsOf } from './signIns.ts';

export interface Actions {
  readonly handlers: CommandHandlers;
  /** What it means to drop a profile on a row. Every failure is told. */
  readonly dropped: (dragged: Target, onto: Target) => Promise<void>;
  /** What the Findings view shows. */
  readonly findings: () => Promise<Findings>;
  /** Goes on with a dashboard that was open when the window was left. */
  readonly restoreDashboard: (panel: WebviewPanel) => Promise<void>;
}

/**
 * The part of the composition root that is built with the first command: what commands do. Flows and
 * services load when they are first used.
 */
export function actions(options: ActionsOptions): Actions {
  const { clock, log, notifications, added, snapshot, refresh, keeper } = options;
  const services = servicesOf(options);
  const { custody, service, agentService } = services;
  const signIns = signInsOf(options, services);
  const { parts, cli, signInByCli } = signIns;
  const seeing = seeingOf(options, services, cli);
  const { statusScene: scene, findings } = seeing;

  const agentParts: AgentCommandParts = {
    ...{ snapshot, refresh, host, clock, notifications },
    service: agentService,
    trash: async () => {
      const { vault, journal } = await custody();
      return { vault, journal, platform: host.platform };
    },
    reveal: (rowId) => options.surfaces.reveal(rowId),
  };

  const orders: OrderCommandParts = { snapshot, refresh, service, notifications };
  const handlers: CommandHandlers = {
    ...profileCommands(parts),
    ...orderCommands(orders),
    ...sessionCommands({ snapshot, refresh, sessions: services.sessions, notifications }),
    [commands.switcherShow]: async () => {
      const { showSwitcher } = await import('../ui/switcher/switcher.ts');
      await showSwitcher({
        ...{ snapshot, refresh, service, notifications },
        onSnapshot: options.onSnapshot,
        inUse: async (shown) => (await options.workspaceAgent()).inUse(shown),
        isAdded: (provider) => added.get(provider) !== undefined,
      });
    },
    [commands.dashboardOpen]: async () => (await seeing.dashboard()).open(),
    ...addProfileCommands({
      ...parts,
      environment: process.env,
      now: () => clock.now(),
      flow: signIns.flow,
      offered: () => offeredProviders(added),
      asks: async (id) => (await signIns.provider(id))?.asks,
      ...{ cli, signInByCli },
    }),
    ...legacyCommands(parts),
    ...refreshCommands({ snapshot, look: refresh, keeper, clock, notifications }),
    ...auditCommands({ snapshot, documents: seeing.auditDocuments, notifications }),
    ...explainCommands({ snapshot, documents: seeing.explainDocuments, notifications }),
    ...statusCommands({ scene, documents: seeing.statusDocuments, notifications }),
    ...findingCommands({
      ...{ snapshot, refresh, notifications },
      ...{ findings, repairs: services.repairs, documents: seeing.plannedDocuments },
    }),
    ...diagnosticCommands({ scene, examined: seeing.examined, notifications }),
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
    restoreDashboard: async (panel) => (await seeing.dashboard()).restore(panel),
    dropped: async (dragged, onto) => {
      const { dropped } = await import('../ui/commands/drops.ts');
      await dropped({ ...orders, agents: agentService }, dragged, onto);
    },
  };
}
