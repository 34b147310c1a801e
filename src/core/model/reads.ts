import type { AuthStore } from '../documents/authStore.ts';
import type { ConfigRead } from '../documents/config.ts';
import type { SessionEntry } from '../documents/sessions.ts';
import type { RefreshOutcome } from './profileState.ts';

/** What the disk said, at about one moment: all that a Snapshot is made of. Holds secrets. */
export interface Reads {
  /** The one in use first. */
  readonly stateDirs: readonly StateDirRead[];
  /** Absolute paths. */
  readonly lookedIn: readonly string[];
  /** By `loginFingerprint`: a refusal belongs to a token, and ends when another is stored. */
  readonly refreshOutcomes?: ReadonlyMap<string, RefreshOutcome>;
  /**
   * When a stored login was received by a refresh of ours, by `loginFingerprint`; milliseconds since
   * the epoch. Its lifetime is reckoned from then.
   */
  readonly receivedAt?: ReadonlyMap<string, number>;
  /**
   * When stored tokens that carry no end are expected to end, by `loginFingerprint`; milliseconds since
   * the epoch.
   */
  readonly expectedEnds?: ReadonlyMap<string, number>;
}

export interface StateDirRead {
  readonly path: string;
  readonly label: string;
  readonly inUse: boolean;
  readonly config: ConfigRead;
  /** In the order in which they are shown. */
  readonly agents: readonly AgentRead[];
  /** The store that the other agents inherit from, whether its agent is listed or not. */
  readonly mainStore: StoreRead;
}

export interface AgentRead {
  readonly id: string;
  readonly name?: string;
  readonly isDefault: boolean;
  readonly onDiskOnly: boolean;
  readonly agentDir: string;
  readonly store: StoreRead;
  /** Absent where there is no list of sessions. */
  readonly sessions?: SessionsRead;
}

/** The list of an agent's sessions; each read of an unchanged file is the same object. */
export type SessionsRead =
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  | { readonly kind: 'invalid'; readonly path: string }
  | {
      readonly kind: 'whole';
      readonly path: string;
      /** Newest first. */
      readonly sessions: readonly SessionEntry[];
    };

export type StoreRead =
  | {
      readonly kind: 'absent';
      readonly path: string;
      /** Older files that wait for their import; absent where there is none. */
      readonly legacyPaths?: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  | { readonly kind: 'unplaced'; readonly path: string; readonly variable: string }
  | { readonly kind: 'torn'; readonly path: string; readonly detail: string }
  | { readonly kind: 'unknownVersion'; readonly path: string; readonly version: string }
  | {
      readonly kind: 'whole';
      readonly path: string;
      readonly store: AuthStore;
      readonly problems: readonly string[];
      readonly unwritable?: string;
    };
