import type { Credential } from '../../documents/authStore.ts';
import type { ConfigProfile } from '../../documents/config.ts';
import type { Pause } from '../pause.ts';
import type { ProfileState } from '../profileState.ts';
import type { StoreRead } from '../reads.ts';
import type { SessionPickReason, StalePin } from '../sessionPick.ts';
import type { OrderSource } from '../snapshot.ts';
import type { SeenVariable } from './environmentVariables.ts';

/**
 * Why an agent uses what it uses, as facts without words (those stand in `ui/words/explain.ts`) and
 * without secrets. Times are milliseconds since the epoch; ids and paths are as stored, so a view shows
 * them as plain text.
 */
export interface Explanation {
  /** Normalized id; absent where none is known. */
  readonly provider?: string;
  readonly answer: Answer;
  /** The rule that led there, in its sequence. */
  readonly steps: readonly Step[];
}

/** What is asked about, in one agent. */
export type Subject =
  | { readonly kind: 'provider'; readonly provider: string }
  | { readonly kind: 'profile'; readonly profileId: string }
  | { readonly kind: 'session'; readonly sessionKey: string };

/** What comes out for a provider, whatever was asked about. */
export type Outcome =
  /**
   * `passed`: those before it in a written list, which cannot be used now. `afterwards`: the one that
   * it goes on to if that one fails.
   */
  | {
      readonly kind: 'uses';
      readonly profileId: string;
      readonly because: FirstReason;
      readonly state: ProfileState;
      readonly passed?: readonly string[];
      readonly afterwards?: string;
    }
  /** Nothing in the order can be used before `until`, when `soonest` is back. */
  | { readonly kind: 'allPause'; readonly soonest: string; readonly until: number }
  /** The order is empty. `variable`: the one whose key is used in its place. */
  | { readonly kind: 'nothing'; readonly variable?: string };

export type Answer =
  /** About a provider. */
  | Outcome
  /** About a profile: how it stands to what comes out. */
  | {
      readonly kind: 'profile';
      readonly profileId: string;
      readonly standing: Standing;
      readonly outcome: Outcome;
    }
  /** About a session. */
  | {
      readonly kind: 'session';
      readonly profileId: string;
      readonly reason: SessionPickReason;
      /** It does not use its pin, for that counts for nothing. */
      readonly stale?: StalePin;
    }
  /** Nothing says which provider the model of the session is of. */
  | { readonly kind: 'noProvider' }
  /** It is not there any more. */
  | { readonly kind: 'gone' }
  /** The agent's store cannot be read as it stands. */
  | { readonly kind: 'unknown'; readonly store: BrokenStore };

export type BrokenStore = Exclude<StoreRead, { readonly kind: 'whole' | 'absent' }>;

/** Where a profile stands in what CoderClaw tries. */
export type Standing =
  | { readonly kind: 'next' }
  /** `place` counts from 0; `before`: those that are tried first. */
  | { readonly kind: 'later'; readonly place: number; readonly before: readonly string[] }
  | { readonly kind: 'pausing'; readonly until: number }
  | { readonly kind: 'unlisted'; readonly source: OrderSource }
  | { readonly kind: 'unfit'; readonly why: Unfitness };

/**
 * Why the first is the first:
 * - `only`: nothing else is stored for the provider;
 * - `onlyUsable`: all others are left out or pause;
 * - `headOfList`: it stands first in the list that somebody wrote;
 * - `nextOfList`: those before it in that list cannot be used now;
 * - `type`: without a list, sign-ins go before tokens, and those before keys;
 * - `longestUnused`: of the same kind, the one that was not used for the longest time;
 * - `storedFirst`: nothing else tells them apart.
 */
export type FirstReason =
  | 'only'
  | 'onlyUsable'
  | 'headOfList'
  | 'nextOfList'
  | 'type'
  | 'longestUnused'
  | 'storedFirst';

/** What makes a listed profile unfit, with what the config and the store say of it. */
export type Unfitness =
  | {
      readonly kind: 'configDisagrees';
      readonly entry: Pick<ConfigProfile, 'provider' | 'mode'>;
      readonly stored: Pick<Credential, 'provider' | 'type'>;
    }
  | { readonly kind: 'noSecret'; readonly type: Credential['type'] }
  | { readonly kind: 'expired'; readonly since: number };

/**
 * One step of the rule, with what it saw. Of the steps of a provider, `unlisted`, `unfit`, `pausing` and
 * `tried` have every stored profile of it exactly once between them.
 */
export type Step =
  | ModelStep
  | PinStep
  | StoredStep
  | ListStep
  | { readonly kind: 'unlisted'; readonly source: OrderSource; readonly profiles: readonly Kind[] }
  | { readonly kind: 'unfit'; readonly profiles: readonly (Named & { readonly why: Unfitness })[] }
  | { readonly kind: 'pausing'; readonly profiles: readonly (Named & { readonly pause: Pause })[] }
  | TriedStep
  | PreferredStep
  | SessionsStep
  | EnvironmentStep
  | LastResortStep;

interface Named {
  readonly profileId: string;
}

/** A profile and what kind of credential it is. */
export interface Kind extends Named {
  readonly type: Credential['type'];
}

/** Which provider a session's model is of, and what says so. */
export interface ModelStep {
  readonly kind: 'model';
  readonly provider: string;
  readonly model?: string;
  readonly from: ProviderSource;
}

/** The session's own choice, the model of its agent, or, where neither is known, the pinned profile. */
export type ProviderSource = 'session' | 'agent' | 'pin';

export interface PinStep {
  readonly kind: 'pin';
  /** Absent: the session has none. */
  readonly profileId?: string;
  readonly by?: 'user' | 'auto';
  readonly stale?: StalePin;
}

/** Which profiles of the provider the agent sees, and where they are stored. */
export interface StoredStep {
  readonly kind: 'stored';
  readonly path: string;
  readonly own: readonly string[];
  /** The store that it inherits from; absent for the agent that others inherit from. */
  readonly main?: {
    readonly path: string;
    readonly inherited: readonly string[];
    /** It could not be read, so nothing is inherited from it here. */
    readonly isUnknown: boolean;
  };
}

/** Which list is in force. */
export interface ListStep {
  readonly kind: 'list';
  readonly source: OrderSource;
  /** Whose order it is, where it stands in a store. */
  readonly orderOf?: 'own' | 'main';
  /** The file that it stands in; absent where nobody wrote one. */
  readonly path?: string;
  readonly ids: readonly string[];
  /** Of `ids`, those that are not stored for this provider: CoderClaw passes over them. */
  readonly missing: readonly string[];
  /** Other lists that are there too, and do not count. */
  readonly overruled: readonly Exclude<OrderSource, 'stored'>[];
  /** The config cannot be read, so it counts here as if it said nothing. */
  readonly unknownConfig?: string;
}

/** Those that CoderClaw tries now, in this sequence. */
export interface TriedStep {
  readonly kind: 'tried';
  /** Somebody wrote the sequence; else it follows from kind and last use. */
  readonly isWritten: boolean;
  readonly profiles: readonly (Kind & {
    readonly state: ProfileState;
    readonly lastUsed?: number;
  })[];
}

/** What the session's profile means for the sequence. */
export interface PreferredStep {
  readonly kind: 'preferred';
  readonly profileId: string;
  /** A person chose it: no other is tried, and it is, even while it pauses. */
  readonly isOnly: boolean;
}

/** Sessions stay with the profile that they have: those that use another one than the first. */
export interface SessionsStep {
  readonly kind: 'sessions';
  readonly others: readonly (Named & { readonly count: number })[];
}

export interface EnvironmentStep {
  readonly kind: 'environment';
  readonly provider: string;
  readonly variables: readonly SeenVariable[];
  /** The order has a profile, so that CoderClaw does not look there. */
  readonly isPassedOver: boolean;
}

/** What comes when that fails: with `one` to try, with `more` of them in turn, with `none` at all. */
export interface LastResortStep {
  readonly kind: 'lastResort';
  readonly provider: string;
  readonly tried: 'one' | 'more' | 'none';
}
