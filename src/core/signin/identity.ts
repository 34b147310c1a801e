import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { chatgptClaims } from './chatgptClaims.ts';
import type { Identity } from './descriptor.ts';

/** Whether two credentials belong to the same person in the same account. */
export type IdentityComparison = 'same' | 'other' | 'unknown';

/**
 * The member of a stored credential with what the extension of its provider told of whose it is, where
 * the provider itself did not write that: `accountId`, `email`.
 */
export const TOLD_IDENTITY = 'toldIdentity';

/**
 * Who a stored credential belongs to: by what the extension of its provider told, by the claims of its
 * access token where it is ChatGPT's, else by the fields beside it. Never throws; `provider` is '' where none is stored.
 */
export function identityOfStored(credential: JsonObject): Identity {
  const { provider, access, accountId: storedAccount, email: storedEmail } = credential;
  const claims = typeof access === 'string' ? chatgptClaims(access) : {};
  const told = isJsonObject(credential[TOLD_IDENTITY]) ? credential[TOLD_IDENTITY] : {};
  const accountId = text(told['accountId']) ?? claims.accountId ?? text(storedAccount);
  const email = text(told['email']) ?? claims.email ?? text(storedEmail);
  return {
    provider: text(provider) ?? '',
    ...(accountId === undefined ? {} : { accountId }),
    ...(claims.userId === undefined ? {} : { userId: claims.userId }),
    ...(email === undefined ? {} : { email }),
  };
}

/**
 * Whose a stored credential is as far as it says so itself, for deciding whether it may be replaced. A
 * key or token that was pasted says nothing: an e-mail beside one is a label that anybody wrote.
 * Never throws.
 */
export function personOf(credential: JsonObject): Identity {
  const identity = identityOfStored(credential);
  const { type } = credential;
  return type === 'api_key' || type === 'token' ? { provider: identity.provider } : identity;
}

/** Normalized ids of providers whose accounts hold several people (a ChatGPT workspace), or may. */
const SHARED_ACCOUNTS: ReadonlySet<string> = new Set(['openai-codex', '']);

/**
 * Compares two identities. User and account id together decide. Where an account may hold several
 * people and its id alone is on both sides, the e-mails decide; and so they do where neither side has
 * an id. An account of anybody else is one person's: its id decides, unless the e-mails differ. 'unknown' must be treated as another's by whoever is about to
 * replace something.
 */
export function sameIdentity(a: Identity, b: Identity): IdentityComparison {
  if (normalized(a.provider) !== normalized(b.provider)) return 'other';
  const account = compare(a.accountId, b.accountId);
  const user = compare(a.userId, b.userId);
  if (account === 'other' || user === 'other') return 'other';
  const email = compare(normalized(a.email), normalized(b.email));
  if (account === 'same' && user === 'same') return 'same';
  if (account === 'same') return email === 'unknown' && !mayBeShared(a, b) ? 'same' : email;
  // The same person, but perhaps in another workspace.
  if (user === 'same') return 'unknown';
  const hasId = [a.accountId, b.accountId, a.userId, b.userId].some((id) => id !== undefined);
  return hasId ? 'unknown' : email;
}

/** Whoever knows users of an account counts several. */
function mayBeShared(a: Identity, b: Identity): boolean {
  const isShared = SHARED_ACCOUNTS.has(normalizeProviderId(a.provider));
  return isShared || a.userId !== undefined || b.userId !== undefined;
}

function compare(a: string | undefined, b: string | undefined): IdentityComparison {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'other';
}

function normalized(value: string | undefined): string | undefined {
  return value?.trim().toLowerCase();
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
