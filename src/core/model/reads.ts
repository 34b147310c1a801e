import type { AuthStore } from '../documents/authStore.ts';
import type { ConfigRead } from '../documents/config.ts';
import type { ConfigAuth } from './order.ts';
import type { RefreshOutcome } from './profileState.ts';
import type { SessionsSnapshot } from './snapshot.ts';

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

/**
 * The list of an agent's sessions; each read of an unchanged file is the same object. It knows itself what
 * views may know of it: few agents have such a list, and an activation loads nothing for those that do not.
 */
export interface SessionsRead {
  /** Absolute. */
  readonly path: string;
  /** Pure. */
  seenIn(context: SessionContext): SessionsSnapshot;
}

/** What decides about the sessions of one agent. */
export interface SessionContext {
  /** What the agent sees. */
  readonly store: AuthStore;
  readonly config: ConfigAuth;
  /** Normalized id of the provider of the agent's model, if the config says it. */
  readonly provider: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

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
