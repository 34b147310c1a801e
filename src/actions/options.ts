import { homedir } from 'node:os';
import type { Disposable, Memento, Uri } from 'vscode';
import type { Clock } from '../core/clock.ts';
import type { Reads } from '../core/model/reads.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import type { AddedSignIns } from '../core/signin/addedSignIns.ts';
import type { Keeper } from '../keeper.ts';
import type { FindingsView } from '../ui/findings/findingsView.ts';
import type { Log } from '../ui/log.ts';
import type { Notifications } from '../ui/notifications.ts';
import type { SnapshotViews } from '../ui/snapshotViews.ts';
import type { UriCallbacks } from '../ui/uriCallbacks.ts';
import type { WorkspaceAgent } from '../ui/workspaceAgent/workspaceAgent.ts';

export interface ActionsOptions {
  /** Of this extension. */
  readonly extensionUri: Uri;
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

/** The machine that this runs on, and its variables. */
export const host = { env: process.env, homedir: homedir(), platform: process.platform };
