import type { Credential } from '../documents/authStore.ts';
import type { JsonObject } from '../documents/json.ts';
import type { Usage } from './usage.ts';

/** How one provider is asked: data and two pure functions; sending is not theirs. */
export interface UsageSource {
  /** CoderClaw's provider id, normalized. */
  readonly provider: string;
  /**
   * What to send for a stored credential; undefined where it holds no token for that.
   * @param endpoint In the place of the provider's, already checked.
   * @throws {KnownError} `signin.badEndpoint` if the credential names a host that is none.
   */
  request(credential: Credential, endpoint: string | undefined): UsageRequest | undefined;
  /** What a 200 says. `now` in milliseconds since the epoch. */
  read(body: JsonObject, now: number): ReadUsage;
  /** The 403 with this body is about the kind of token. */
  readonly lacksScope?: (body: JsonObject) => boolean;
}

/** A GET. Only `token` is a secret; it goes into `Authorization` and nowhere else. */
export interface UsageRequest {
  readonly address: string;
  /** As stored; whether a header can carry it is seen to by who sends it. */
  readonly token: string;
  readonly scheme: 'Bearer' | 'token';
  readonly headers: Readonly<Record<string, string>>;
  /** When `token` ends, where that is stored: milliseconds since the epoch. */
  readonly ends?: number;
}

/** The parts of a {@link Usage} that an answer gives. */
export type ReadUsage = Omit<Usage, 'provider' | 'takenAt'>;
