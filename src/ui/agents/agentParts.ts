import { l10n, commands as vscodeCommands } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Clock } from '../../core/clock.ts';
import type { AgentService, AgentsPlace } from '../../core/custody/agentService.ts';
import type { TrashParts } from '../../core/custody/agentTrash.ts';
import type { HostEnvironment } from '../../core/documents/hostEnvironment.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import type { Notifications, Way } from '../notifications.ts';
import type { Target } from '../target.ts';

export interface AgentCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  /** Loaded when first used. */
  readonly service: () => Promise<AgentService>;
  readonly trash: () => Promise<TrashParts>;
  /** Brings a row into view. */
  readonly reveal: (rowId: string) => Promise<void>;
  readonly host: HostEnvironment;
  readonly clock: Clock;
  readonly notifications: Notifications;
}

/** What the agent service works on. */
export function agentsPlaceOf({ path, inUse, config }: StateDirSnapshot): AgentsPlace {
  return { stateDir: path, inUse, configPath: config.path };
}

/** Signing in for an agent, from a message. */
export function signInWay(target: Target): Way {
  return {
    label: l10n.t('Sign In…'),
    run: () => vscodeCommands.executeCommand(commands.profileAdd, target),
  };
}
