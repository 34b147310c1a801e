import type { StorePlace } from '../../src/core/custody/storePlaces.ts';
import type { JsonObject } from '../../src/core/documents/json.ts';
import type { EventLog } from './events.ts';
import type { ActorTask } from './tasks.ts';

/** One way to do what the actors do. Each promise resolves when the change is acknowledged. */
export interface Side {
  /** Stores a credential as a finished sign-in does. `person` is whose it is, where that is known. */
  store(
    place: StorePlace,
    profileId: string,
    credential: JsonObject,
    person?: string,
  ): Promise<void>;
  order(place: StorePlace, provider: string, ids: readonly string[]): Promise<void>;
  remove(place: StorePlace, profileId: string): Promise<void>;
  /**
   * @param force a person asked, so that back-off does not count.
   * @returns the outcome's name.
   */
  refresh(place: StorePlace, profileId: string, force: boolean): Promise<string>;
  /** Brings what is open to its end, within its own limits, and lets go of everything. */
  rest(): Promise<void>;
}

export interface SideParts {
  readonly task: ActorTask;
  readonly log: EventLog;
  /** Lines for people: they are searched for secrets. */
  readonly say: (line: string) => void;
  /** The `fetch` that says who sends, and logs what arrived. */
  readonly fetch: typeof fetch;
  /** Called at each named point; may not return. */
  readonly point: (name: string) => void;
  /** How far off this process's clock is, in milliseconds. */
  readonly stepMs: () => number;
  /** The same for the clock that it judges locks by. */
  readonly lockStepMs: () => number;
}
