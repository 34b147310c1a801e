import type { Clock } from '../clock.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { JsonObject } from '../documents/json.ts';
import { KnownError } from '../errors.ts';
import type { StorePlace } from './storePlaces.ts';
import { readKnownStore } from './storeRead.ts';

export interface MainStoreParts {
  readonly clock: Clock;
  /** Every agent of every state dir; without it, nobody is known to inherit anything. */
  readonly places?: () => Promise<readonly StorePlace[]>;
}

/** What another agent sees under its own store. */
export interface MainStore {
  readonly storePath: string;
  /** As read without a lock: what is decided by it is decided again by who reads next. */
  readonly document: JsonObject;
}

/**
 * The store of the main agent, as it lies under that of another agent of its state folder; undefined
 * for main itself, and where main's adds nothing: there is none, or it could not be read whole.
 */
export async function mainStoreUnder(
  { clock, places }: MainStoreParts,
  { stateDir, storePath }: Pick<StorePlace, 'stateDir' | 'storePath'>,
): Promise<MainStore | undefined> {
  const all = (await places?.()) ?? [];
  const main = all.find((one) => one.stateDir === stateDir && one.agentId === MAIN_AGENT_ID);
  if (main === undefined || main.storePath === storePath) return undefined;
  try {
    const store = await readKnownStore(main.storePath, clock);
    return store.kind === 'whole'
      ? { storePath: main.storePath, document: store.document }
      : undefined;
  } catch (error) {
    if (error instanceof KnownError) return undefined;
    throw error;
  }
}
