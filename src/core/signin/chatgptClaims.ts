import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { jwtClaims } from './jwtClaims.ts';

/** What ChatGPT's tokens say about whose they are. Labels for the person's own tokens, not proof. */
export interface ChatgptClaims {
  /** The workspace; several people can be in it. */
  readonly accountId?: string;
  /** The person; one can be in several workspaces. */
  readonly userId?: string;
  readonly email?: string;
  /** `exp` in seconds since the epoch, if it is a positive number. */
  readonly exp?: number;
}

/**
 * Reads the claims `https://api.openai.com/auth` and `https://api.openai.com/profile` that OpenAI
 * puts into access tokens, and the plain `email` of its ID tokens. Empty for what is not a JWT.
 */
export function chatgptClaims(token: string): ChatgptClaims {
  const claims = jwtClaims(token) ?? {};
  const auth = claims['https://api.openai.com/auth'];
  const profile = claims['https://api.openai.com/profile'];
  const { chatgpt_account_id, chatgpt_user_id } = isJsonObject(auth) ? auth : {};
  const { email: profileEmail } = isJsonObject(profile) ? profile : {};
  const { email: plainEmail, exp } = claims;
  const accountId = text(chatgpt_account_id);
  const userId = text(chatgpt_user_id);
  const email = text(profileEmail) ?? text(plainEmail);
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(userId === undefined ? {} : { userId }),
    ...(email === undefined ? {} : { email }),
    ...(typeof exp === 'number' && exp > 0 && exp < 1e11 ? { exp } : {}),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
