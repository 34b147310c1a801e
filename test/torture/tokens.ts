import { randomBytes } from 'node:crypto';
import { SECRET_MARK } from './events.ts';

/** Fresh tokens of a person, recognisable as the torture's by their middle and by their end. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/** As ChatGPT's: the access token is a JWT that says whose it is. `expires` in ms since the epoch. */
export function tokensOf(person: string, expires: number): TokenPair {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    exp: Math.floor(expires / 1000),
    'https://api.openai.com/auth': {
      chatgpt_account_id: `account-${person}`,
      chatgpt_user_id: `user-${person}`,
    },
    'https://api.openai.com/profile': { email: `${person}@example.com` },
  };
  const header = part({ alg: 'RS256', typ: 'JWT' });
  return {
    access: `${header}.${part(claims)}.${secret('at')}`,
    refresh: secret('rt'),
  };
}

/** A secret of 256 bits that no log may show any part of. */
export function secret(kind: string): string {
  const random = randomBytes(16).toString('hex');
  return `${kind}_${random}${SECRET_MARK}${random}${SECRET_MARK}`;
}
