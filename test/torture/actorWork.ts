import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorePlace } from '../../src/core/custody/storePlaces.ts';
import { isJsonObject, type JsonObject } from '../../src/core/documents/json.ts';
import { KnownError } from '../../src/core/errors.ts';
import { tokenHash } from '../../src/core/model/loginFingerprint.ts';
import { credentialOf } from './credentials.ts';
import { markOf, type NewEvent, type OperationKind, parsedOrEmpty, partOf } from './events.ts';
import { type Random, randomOf } from './random.ts';
import type { Side, SideParts } from './side.ts';
import type { SharedLogin } from './tasks.ts';
import { steppedClock } from './time.ts';
import { secret, type TokenPair } from './tokens.ts';

const OWN_PROVIDER = 'torture';
/** Profiles that each caller has of its own in each store. */
const OWN_PROFILES = 2;
/** Pauses of one caller between two things, in milliseconds. */
const PAUSE: readonly [number, number] = [0, 60];

/** Lets all callers of one process work until `signal` aborts, and waits for what they have begun. */
export async function work(side: Side, parts: SideParts, signal: AbortSignal): Promise<void> {
  const { callers } = parts.task;
  await Promise.all(
    Array.from({ length: callers }, (_, n) => new Caller(side, parts, n).work(signal)),
  );
}

class Caller {
  readonly #side: Side;
  readonly #parts: SideParts;
  /** Of its own profiles: the same after a restart, and nobody else's. */
  readonly #owner: string;
  readonly #random: Random;
  readonly #clock;
  #operations = 0;

  constructor(side: Side, parts: SideParts, n: number) {
    this.#side = side;
    this.#parts = parts;
    this.#owner = `${parts.task.slot}-${n}`;
    this.#random = randomOf(parts.task.seed, `${parts.task.name} ${n}`);
    this.#clock = steppedClock(parts.stepMs);
  }

  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#doOne();
      await sleep(this.#random.between(...PAUSE));
    }
  }

  async #doOne(): Promise<void> {
    const { places, logins } = this.#parts.task.world;
    const place = this.#random.pick(places);
    const choice = this.#random.next();
    if (choice < 0.4) return await this.#refresh(place, this.#random.pick(logins));
    const ids = Array.from(
      { length: OWN_PROFILES },
      (_, n) => `${OWN_PROVIDER}:${this.#owner}-${n}`,
    );
    const id = this.#random.pick(ids);
    if (choice < 0.75) {
      const credential = { type: 'token', provider: OWN_PROVIDER, token: secret('t') };
      await this.#operate('upsert', place, 'profiles', id, credential, () =>
        this.#side.store(place, id, credential),
      );
    } else if (choice < 0.9) {
      const provider = `order-${this.#owner}`;
      // No profile's id: a removal would take that out of the list.
      const list = ['ghost:a', `ghost:${this.#random.next()}`];
      await this.#operate('order', place, 'order', provider, list, () =>
        this.#side.order(place, provider, list),
      );
    } else {
      await this.#operate('removal', place, 'profiles', id, undefined, () =>
        this.#side.remove(place, id),
      );
    }
  }

  /** As the schedule does: a login whose access token has run out. One that is dead is signed in again. */
  async #refresh(place: StorePlace, login: SharedLogin): Promise<void> {
    const stored = this.#stored(place, login.profileId);
    if (stored === undefined || Number(stored['expires']) > this.#clock.now()) return;
    const { log, task } = this.#parts;
    const token = tokenHash(String(stored['refresh']));
    log.write({ kind: 'ask', token });
    let outcome: string;
    try {
      outcome = await this.#side.refresh(place, login.profileId, this.#random.chance(0.4));
    } catch (error) {
      outcome = codeOf(error);
    }
    log.write({ kind: 'refreshed', token, outcome });
    // One process in turn is the person who signs in again, so that there are not eight of them.
    const isPerson = Number(login.person.slice(-1)) % 8 === task.slot % 8;
    if (outcome === 'dead' && isPerson) await this.#signIn(place, login);
  }

  async #signIn(place: StorePlace, login: SharedLogin): Promise<void> {
    const body = new URLSearchParams({ person: login.person });
    const answer = await fetch(`${this.#parts.task.origin}/grant`, { method: 'POST', body });
    const tokens = (await answer.json()) as TokenPair & { readonly seconds: number };
    const expires = this.#clock.now() + tokens.seconds * 1000;
    const credential = credentialOf(login, { ...tokens, expires });
    await this.#operate('signIn', place, 'profiles', login.profileId, credential, () =>
      this.#side.store(place, login.profileId, credential, login.person),
    );
  }

  async #operate(
    what: OperationKind,
    { storePath: store }: StorePlace,
    part: 'profiles' | 'order',
    key: string,
    value: JsonObject | readonly string[] | undefined,
    act: () => Promise<void>,
  ): Promise<void> {
    const { log, task } = this.#parts;
    this.#operations += 1;
    const op = `${task.name}/${this.#owner}/${this.#operations}`;
    log.write({ kind: 'begin', op, what, store, part, key, mark: markOf(value) });
    let told: NewEvent = { kind: 'acked', op };
    try {
      await act();
    } catch (error) {
      told = { kind: 'failed', op, code: codeOf(error) };
    }
    await log.writeDurably(told);
  }

  /** Without a lock, as the tree reads; undefined while it is torn. */
  #stored({ storePath }: StorePlace, profileId: string): JsonObject | undefined {
    try {
      const entry = partOf(parsedOrEmpty(readFileSync(storePath, 'utf8')), 'profiles')[profileId];
      return isJsonObject(entry) ? entry : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A code, or what an error says: that is searched for secrets. */
function codeOf(error: unknown): string {
  return error instanceof KnownError ? error.code : String(error);
}
