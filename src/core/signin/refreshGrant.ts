import type { JsonObject } from '../documents/json.ts';
import type { Identity } from './descriptor.ts';
import type { TokenServices } from './tokenEndpoint.ts';

/** How one provider renews what is stored of it (RFC 6749 6). */
export interface RefreshGrant {
  /** CoderClaw's provider id, normalized. */
  readonly provider: string;
  /**
   * Whether an answer may replace the refresh token (rotation, RFC 9700 4.14.2), so that one whose
   * answer was lost may be spent. False where using a token never spends it (GitHub).
   */
  readonly rotates: boolean;
  /**
   * Sends one request with the refresh token of a stored credential. The caller holds whatever keeps
   * others from sending the same token, and waits for it: it comes to an end within
   * `TOKEN_REQUEST_LIMIT_MS`, one way or the other.
   *
   * @param keepLate Takes tokens that come after all once this has thrown, and resolves with whether
   * they are safe; never rejects. Where they are not, the next call with the same token has them.
   * @throws {KnownError} `signin.network`, `signin.tokenRefused`, `signin.badAnswer`,
   * `signin.badEndpoint`; nothing in them is a secret.
   */
  renew(
    credential: JsonObject,
    services: TokenServices,
    keepLate?: (renewed: RenewedTokens) => Promise<boolean>,
  ): Promise<RenewedTokens>;
}

/** What a refresh brought. */
export interface RenewedTokens {
  /**
   * The fields of the credential that change: `access`, `expires` (milliseconds since the epoch),
   * `refresh` (the old one where the answer had none), and others that come with them.
   */
  readonly fields: JsonObject & {
    readonly access: string;
    readonly refresh: string;
    readonly expires: number;
  };
  /** Whose they are, as far as the answer says. */
  readonly identity: Identity;
}
