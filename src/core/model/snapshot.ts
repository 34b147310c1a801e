import type { BindingMatch } from '../documents/configAgents.ts';
import type { JsonObject } from '../documents/json.ts';
import type { BillingStep } from './billingGuard.ts';
import type { Pause } from './pause.ts';
import type { ProfileState } from './profileState.ts';
import type { SessionPickReason, StalePin } from './sessionPick.ts';

/**
 * All that views may know, at one moment: plain immutable data without a single secret in it.
 * Built by `buildSnapshot` from strict reads; a new one replaces it as a whole.
 */
export interface Snapshot {
  /** Milliseconds since the epoch; states and relative times are as of this moment. */
  readonly takenAt: number;
  /** The one in use first. Empty: no CoderClaw was found. */
  readonly stateDirs: readonly StateDirSnapshot[];
  /** Where it was looked for, for the welcome view. Absolute paths. */
  readonly lookedIn: readonly string[];
}

export interface StateDirSnapshot {
  /** Absolute path: the id. */
  readonly path: string;
  /** Short for people: `~/.coderclaw/e4dde339`. */
  readonly label: string;
  /** The CLI on this machine would use this one. */
  readonly inUse: boolean;
  readonly config: ConfigSnapshot;
  /** The default agent first, then in the order of the config, then those only on disk by name. */
  readonly agents: readonly AgentSnapshot[];
  /** The store that all agents inherit from; only where the main agent is not among them. */
  readonly mainStore?: StoreSnapshot;
}

export type ConfigSnapshot =
  | { readonly kind: 'absent'; readonly path: string }
  | { readonly kind: 'whole'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  | {
      readonly kind: 'invalid';
      readonly path: string;
      readonly detail: string;
      /** Where in the file, counted from 1; absent where the fault has no one place in it. */
      readonly line?: number;
      readonly column?: number;
    };

export interface AgentSnapshot {
  readonly id: string;
  /** The config's name for it, if it has one. */
  readonly name?: string;
  readonly isDefault: boolean;
  /** Not in the config: only its folder was found. */
  readonly onDiskOnly: boolean;
  readonly agentDir: string;
  readonly store: StoreSnapshot;
  /** Which chats come to it, in the sequence of the config. */
  readonly chats: readonly ChatsSnapshot[];
  /** The models that the config names for it, as `provider/model`, its own choice first. */
  readonly models: readonly string[];
  /** Absent where there is no list of sessions. */
  readonly sessions?: SessionsSnapshot;
  /** By provider id. Empty where the agent has no profile, own or inherited. */
  readonly providers: readonly ProviderSnapshot[];
}

/** Chats that come to an agent: an entry of `bindings`. */
export interface ChatsSnapshot {
  /** Tells it from others of the same agent. */
  readonly key: string;
  readonly match: BindingMatch;
  /** The entry as it is written: by it, it is removed. */
  readonly written: JsonObject;
}

/** The list of an agent's sessions, in CoderClaw's `sessions.json`. */
export type SessionsSnapshot =
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  | { readonly kind: 'invalid'; readonly path: string }
  | {
      readonly kind: 'whole';
      readonly path: string;
      /** Newest first: the newest ones, and older ones that a person pinned or whose pin is stale. */
      readonly shown: readonly SessionSnapshot[];
      /** How many there are in all. */
      readonly count: number;
      /** How many a person pinned, the stale ones left out. */
      readonly pinned: number;
      /** Every pin that counts for nothing, newest session first. */
      readonly stale: readonly PinnedSession[];
    };

export interface PinnedSession {
  readonly sessionKey: string;
  readonly profileId: string;
}

export interface SessionSnapshot {
  /** E.g. `agent:main:main`. */
  readonly key: string;
  /** Milliseconds since the epoch; 0 where it is not told. */
  readonly updatedAt: number;
  /** Normalized id: its own, else that of the agent's model; absent where neither is known. */
  readonly provider?: string;
  /** Its own choice of a model. */
  readonly model?: string;
  readonly pin?: {
    readonly profileId: string;
    /** A person chose it for this session, or CoderClaw did, to stay with it. */
    readonly by: 'user' | 'auto';
    readonly stale?: StalePin;
  };
  /** What it uses at its next turn. */
  readonly pick?: { readonly profileId: string; readonly reason: SessionPickReason };
}

/** What the strict read of the agent's own store found. Different things, and never mixed up. */
export type StoreSnapshot =
  | {
      readonly kind: 'absent';
      readonly path: string;
      /** Older files that wait for their import; absent where there is none. */
      readonly legacyPaths?: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly path: string; readonly errno: string }
  /**
   * Where it lies is not known: the config names its folder by a `variable` that is not set in this
   * environment. `path` takes the config literally: it tells agents apart, and nothing is read or
   * written there.
   */
  | { readonly kind: 'unplaced'; readonly path: string; readonly variable: string }
  | { readonly kind: 'torn'; readonly path: string; readonly detail: string }
  | { readonly kind: 'unknownVersion'; readonly path: string; readonly version: string }
  | {
      readonly kind: 'whole';
      readonly path: string;
      /** Parts of the file that CoderClaw drops or that make no sense, for the log and tooltip. */
      readonly problems: readonly string[];
      /**
       * Why a rewrite would lose something, so that nothing may be written. Not looked for in a very
       * large store; there only a commit finds it.
       */
      readonly unwritable?: string;
    };

export interface ProviderSnapshot {
  /** Normalized provider id. */
  readonly id: string;
  /** Those of the effective order first, as used; then the rest by id. */
  readonly profiles: readonly ProfileSnapshot[];
  /** Which rule gave the order (FORMAT: store's order, config's order, config's profiles, stored). */
  readonly orderSource: OrderSource;
  /** Where the order goes from a subscription on to a paid key, if it does. */
  readonly billing?: BillingStep;
  /** Where `orderSource` is `store`: in whose it stands, the agent's own or the one of `main`. */
  readonly orderFrom?: 'own' | 'main';
}

export type OrderSource = 'store' | 'config' | 'configProfiles' | 'stored';

/** Why a stored profile is not in the effective order. */
export type LeftOutReason =
  /** An order was written down (in the store or the config), and it does not stand in it. */
  | 'notInOrder'
  /** The config lists profiles of this provider, and it is not among them. */
  | 'notInConfig'
  /** The config's entry for it names another provider, or another kind of credential. */
  | 'configDisagrees'
  | 'noSecret'
  /** A token past its end. */
  | 'expired';

/** What decides when a login is refreshed (`refreshDue`). Times in milliseconds since the epoch. */
export interface Renewal {
  /**
   * Names the login by the profile and the store in which it is found first: the same for all that
   * hold it, and no secret.
   */
  readonly login: string;
  /** End of the access token; absent where none is stored that CoderClaw would respect. */
  readonly expires?: number;
  /** When it was received, where a refresh of ours brought it. */
  readonly receivedAt?: number;
  /** The last try failed, and the next one is not to come before. */
  readonly retryAt?: number;
  /** Only when a person asks: its last renewals got no answer. */
  readonly byHand?: true;
}

export interface ProfileSnapshot {
  readonly id: string;
  /** The part after `<provider>:`, or the whole id. */
  readonly name: string;
  readonly provider: string;
  readonly type: 'oauth' | 'token' | 'api_key';
  readonly email?: string;
  readonly state: ProfileState;
  /** Place in the effective order, counted from 0; absent when it is not in it. */
  readonly position?: number;
  /** Why it is not in the effective order; absent when it is. */
  readonly leftOut?: LeftOutReason;
  /** Why CoderClaw leaves it alone for a while, whatever else is said of it. */
  readonly pause?: Pause;
  /** The first of the effective order and usable: what the agent uses next. */
  readonly next: boolean;
  /** Stands in the agent's own file, or is seen from the main agent's. */
  readonly origin: 'own' | 'inherited';
  /** Ids of other agents (of any state dir, as `<state dir label> <agent>` there) whose own store holds the same login. */
  readonly sharedWith: readonly string[];
  /** End of the access token or token: milliseconds since the epoch, as stored. */
  readonly expires?: number;
  /** How it can be renewed without a new sign-in; absent where it cannot. */
  readonly renewal?: Renewal;
  /** Odd things about this profile worth a line in the tooltip (e.g. an end in seconds). */
  readonly problems: readonly string[];
}
