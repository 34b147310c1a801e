import { tokenHash } from '../../src/core/model/loginFingerprint.ts';
import { machineTime } from './time.ts';

/** What a request met with instead of a plain answer. */
export type ServerFault =
  | 'slow'
  | 'dropped'
  | 'tooMany'
  | 'serverError'
  | 'html'
  | 'htmlAfterCommit'
  | 'redirect'
  | 'noRefreshToken'
  | 'noExpiresIn';

/** What the server made of the token. */
export type Verdict =
  /** It was good, and is spent now. */
  | 'rotated'
  /** It was good, and still is. */
  | 'kept'
  /** It had been spent before: somebody may have stolen it, so the whole family is revoked. */
  | 'reused'
  /** Its family had been revoked before. */
  | 'revoked'
  | 'unknown';

export interface TokenRequest {
  readonly t: number;
  /** SHA-256 of the refresh token. */
  readonly token: string;
  /** Who asked: a process's name in the logs. */
  readonly sender: string;
  readonly verdict: Verdict;
  readonly fault: ServerFault | undefined;
  /** SHA-256 of the token that replaces it. */
  readonly next?: string;
  /** When the last byte of the answer was handed over, if it was. */
  answeredAt?: number;
}

interface Family {
  readonly person: string;
  revoked: boolean;
}

interface KnownToken {
  readonly family: Family;
  spent: boolean;
}

/** Which refresh tokens there are, as a strict server keeps them (RFC 9700 4.14.2). */
export class Ledger {
  readonly requests: TokenRequest[] = [];
  readonly #tokens = new Map<string, KnownToken>();

  /** A new family, from a sign-in. */
  begin(person: string, refresh: string): void {
    this.#tokens.set(tokenHash(refresh), { family: { person, revoked: false }, spent: false });
  }

  personOf(token: string): string | undefined {
    return this.#tokens.get(token)?.family.person;
  }

  /** Judges a token, and revokes its family if it was spent. */
  judge(token: string): 'good' | 'reused' | 'revoked' | 'unknown' {
    const known = this.#tokens.get(token);
    if (known === undefined) return 'unknown';
    if (known.family.revoked) return 'revoked';
    if (!known.spent) return 'good';
    known.family.revoked = true;
    return 'reused';
  }

  /** The token is spent, and another of its family takes its place. @returns the SHA-256 of that. */
  rotate(token: string, refresh: string): string {
    const known = this.#tokens.get(token);
    if (known === undefined) throw new Error('no such token');
    known.spent = true;
    const next = tokenHash(refresh);
    this.#tokens.set(next, { family: known.family, spent: false });
    return next;
  }

  /** Whether somebody who holds it is signed in. */
  isGood(token: string): boolean {
    const known = this.#tokens.get(token);
    return known !== undefined && !known.spent && !known.family.revoked;
  }

  note(request: Omit<TokenRequest, 't'>): TokenRequest {
    const noted = { t: machineTime(), ...request };
    this.requests.push(noted);
    return noted;
  }
}
