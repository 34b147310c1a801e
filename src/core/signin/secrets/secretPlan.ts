import { isJsonObject, type JsonValue } from '../../documents/json.ts';
import { freeId, nameSlug } from '../profileNaming.ts';

export type SecretPlan =
  /** Nothing is stored under this id. */
  | { readonly profileId: string; readonly situation: 'new' }
  /** This very secret is. */
  | { readonly profileId: string; readonly situation: 'sameSecret' }
  /** Something else is: ask before replacing it. `suggestion`: a free id to store it under instead. */
  | { readonly profileId: string; readonly situation: 'taken'; readonly suggestion: string };

/**
 * Under which id a key or pasted token is to be stored: `<provider>:<name>`, the name as CoderClaw
 * makes it of what was typed, `default` where nothing was. A secret does not say whose it is, so
 * nothing but the same secret is taken for the same. Pure. (To replace a profile in place, its own id
 * is the one, and there is nothing to plan.)
 *
 * @param provider normalized id.
 * @param existing what is stored of the provider: `SignInService.stored`.
 */
export function planSecret(request: {
  readonly provider: string;
  readonly secret: string;
  readonly typedName?: string;
  readonly existing: readonly { readonly id: string; readonly entry: JsonValue }[];
}): SecretPlan {
  const { provider, secret, existing } = request;
  const typedName = request.typedName?.trim() ?? '';
  const wished = `${provider}:${nameSlug(typedName)}`;
  const there = existing.find(({ id }) => id === wished);
  const same = typedName === '' ? existing.find(({ entry }) => holds(entry, secret)) : there;
  if (same !== undefined && holds(same.entry, secret)) {
    return { profileId: same.id, situation: 'sameSecret' };
  }
  if (there === undefined) return { profileId: wished, situation: 'new' };
  return { profileId: wished, situation: 'taken', suggestion: freeId(wished, existing) };
}

function holds(entry: JsonValue, secret: string): boolean {
  if (!isJsonObject(entry)) return false;
  return entry['token'] === secret || entry['key'] === secret;
}
