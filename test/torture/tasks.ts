import { join } from 'node:path';
import type { StorePlace } from '../../src/core/custody/storePlaces.ts';

/** Who writes: the real thing, or a control that must be found out. */
export type SideName = 'ours' | 'fenceOff' | 'forgetful' | 'peerLibraries' | 'coderclawLike';

/** A login that stands in several stores: its person is also its profile's name. */
export interface SharedLogin {
  readonly profileId: string;
  readonly person: string;
}

export interface TortureWorld {
  /** Holds all that follows. */
  readonly root: string;
  /** Events, log lines and error output of all processes. */
  readonly logs: string;
  readonly places: readonly StorePlace[];
  readonly logins: readonly SharedLogin[];
  /** The state dir that lies on a small disk of its own, if one could be made. */
  readonly smallDisk: string | undefined;
}

/** What an actor process is to do, as JSON in its argument. */
export interface ActorTask {
  /** In the logs; `slot` and how often it has been started. */
  readonly name: string;
  /** Actors of one slot follow each other and own the same profiles. */
  readonly slot: number;
  readonly world: TortureWorld;
  readonly side: SideName;
  readonly seed: number;
  /** Of time limits: see `time.ts`. */
  readonly factor: number;
  readonly callers: number;
  /** Of the authorization server. */
  readonly origin: string;
  /** Kills itself when it comes to the n-th named point from its start. */
  readonly killAtPoint?: number;
  /** How often it kills itself soon after the answer to a refresh, 0 to 1. */
  readonly diesAfterAnswer: number;
  /** When the machine's clock is set, and how far off it is from then on, in milliseconds. */
  readonly clockSteps: readonly { readonly at: number; readonly byMs: number }[];
  /** The clock of its locks jumps to and fro by this much, in milliseconds. */
  readonly lockStepMs?: number;
  /** Brings what is open to rest and ends, without doing anything of its own. */
  readonly settleOnly?: boolean;
}

export interface NeighbourTask {
  readonly name: string;
  readonly world: TortureWorld;
  readonly seed: number;
  /** Of locks, in real milliseconds. */
  readonly staleMs: number;
}

/** What the parent sends to its children; nothing else is ever sent. */
export const STOP = 'stop';

/** While this file exists, neighbours keep off the small disk: it is full, or soon will be. */
export function noRoomMark({ root }: TortureWorld): string {
  return join(root, 'no-room');
}

/** For neighbours to finish what they have begun when the mark appears. */
export const LONGEST_WRITE_MS = 700;
