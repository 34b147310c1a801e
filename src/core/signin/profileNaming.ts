import type { Identity } from './descriptor.ts';
import { sameIdentity } from './identity.ts';

export interface ProfilePlan {
  readonly profileId: string;
  readonly situation: /** Nothing is stored under this id. */
    | 'new'
    /** The same identity is stored under it: it can be replaced. */
    | 'sameIdentity'
    /** Another identity is, or one that cannot be told: ask before replacing it. */
    | 'otherIdentity';
  /** With 'otherIdentity': a free id to store it under instead. */
  readonly suggestion?: string;
}

/**
 * Under which id a finished sign-in is to be stored: `<provider>:<name>`, named by what the person
 * typed, else by the e-mail, else `default`. Nobody loses a profile by signing in: an identity that
 * is stored already goes back where it is, and another one's place is never taken unasked. (The CLI
 * names every login `<provider>:default`, so there a second account overwrites the first.) Pure.
 */
export function planProfile(request: {
  readonly provider: string;
  readonly identity: Identity;
  readonly typedName?: string;
  readonly existing: readonly { readonly id: string; readonly identity: Identity }[];
}): ProfilePlan {
  const { provider, identity, existing } = request;
  const typedName = request.typedName?.trim();
  const wished = `${provider}:${profileName(typedName || identity.email || '')}`;
  const isSame = (stored: { readonly identity: Identity }): boolean =>
    sameIdentity(identity, stored.identity) === 'same';

  const there = existing.find(({ id }) => id === wished);
  if (there && isSame(there)) return { profileId: wished, situation: 'sameIdentity' };
  if (!typedName) {
    const elsewhere = existing.find(isSame);
    if (elsewhere) return { profileId: elsewhere.id, situation: 'sameIdentity' };
  }
  if (!there) return { profileId: wished, situation: 'new' };
  return { profileId: wished, situation: 'otherIdentity', suggestion: freeId(wished, existing) };
}

/**
 * A name as CoderClaw 2026.3.21 makes it of what is typed (lower case, `[a-z0-9._-]`, everything
 * else one hyphen, none at the ends, `default` if nothing is left); an e-mail is kept as it is.
 */
export function profileName(typed: string): string {
  const trimmed = typed.trim();
  return EMAIL.test(trimmed) ? trimmed : nameSlug(trimmed);
}

/**
 * A name just as CoderClaw 2026.3.21 makes it of what is typed for a token
 * (`test/vectors/token-names.json`), e-mails too; but for a bound that only nonsense reaches.
 */
export function nameSlug(typed: string): string {
  const slug = typed
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, LONGEST_NAME);
  return slug || 'default';
}

const LONGEST_NAME = 120;
/** Plain addresses only: nothing that would need quoting in a chat directive, a shell or a path. */
const EMAIL = /^[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,190}$/u;

/** The first of `<id>-2`, `<id>-3`, … that nothing is stored under. */
export function freeId(wished: string, existing: readonly { readonly id: string }[]): string {
  const taken = new Set(existing.map(({ id }) => id));
  let number = 2;
  while (taken.has(`${wished}-${number}`)) number += 1;
  return `${wished}-${number}`;
}
