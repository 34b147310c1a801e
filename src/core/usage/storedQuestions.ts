import type { Clock } from '../clock.ts';
import { readKnownStore } from '../custody/storeRead.ts';
import { readCredential } from '../documents/authStore.ts';
import { isJsonObject, type JsonObject, ownValue } from '../documents/json.ts';
import { type ErrorCode, KnownError } from '../errors.ts';
import { loginFingerprint } from '../model/loginFingerprint.ts';
import type { Environment } from '../signin/endpoints.ts';
import { type UsageQuestion, usageQuestion } from './askUsage.ts';
import type { UsageFailure } from './usage.ts';

/** A profile, by the store in which it stands (for an inherited one: that of the main agent). */
export interface UsageTarget {
  /** Absolute path. */
  readonly storePath: string;
  readonly profileId: string;
}

/** What a profile holds that could be asked about. */
export interface StoredQuestion {
  /** The same for all profiles with one login, and no secret; absent where there is none to ask about. */
  readonly key?: string;
  /** Why it cannot be asked about now. */
  readonly failure?: UsageFailure;
  /** There where `failure` is not. Holds a token: not to be kept. */
  readonly question?: UsageQuestion;
}

/**
 * What these profiles hold at this moment, in the sequence of `targets`. Reads each store once, strictly,
 * and takes no lock. What cannot be read is a failure of its profiles.
 */
export function storedQuestions(
  targets: readonly UsageTarget[],
  environment: Environment,
  clock: Clock,
): Promise<readonly StoredQuestion[]> {
  const stores = new Map<string, Promise<JsonObject | ErrorCode>>();
  return Promise.all(
    targets.map(async ({ storePath, profileId }) => {
      const store = stores.get(storePath) ?? storedProfiles(storePath, clock);
      stores.set(storePath, store);
      const profiles = await store;
      return typeof profiles === 'string'
        ? { failure: { kind: 'store', code: profiles } }
        : questionIn(ownValue(profiles, profileId), environment, clock.now());
    }),
  );
}

/** The profiles of a store, or why they cannot be told. */
async function storedProfiles(storePath: string, clock: Clock): Promise<JsonObject | ErrorCode> {
  try {
    const store = await readKnownStore(storePath, clock);
    const profiles = store.kind === 'whole' ? store.document['profiles'] : undefined;
    return isJsonObject(profiles) ? profiles : {};
  } catch (error) {
    if (error instanceof KnownError) return error.code;
    throw error;
  }
}

function questionIn(
  entry: JsonObject[string] | undefined,
  environment: Environment,
  now: number,
): StoredQuestion {
  const credential = readCredential(entry);
  // CoderClaw drops what is no credential: for it, too, there is no such profile.
  if (typeof credential === 'string') return { failure: { kind: 'gone' } };
  const question = usageQuestion(credential, environment);
  if ('failure' in question) return question;
  const { source, request } = question;
  const { address, headers, ends } = request;
  const key = JSON.stringify([source.provider, loginFingerprint(credential), address, headers]);
  return ends !== undefined && ends <= now
    ? { key, failure: { kind: 'ended', since: ends } }
    : { key, question };
}
