import type { Identity } from './descriptor.ts';

/**
 * Under which id a sign-in would be stored if nothing were yet: `<provider>:<name>`, named by what the
 * person typed, else by the e-mail, else `default`.
 */
export function wishedId(
  provider: string,
  typedName: string | undefined,
  { email }: Pick<Identity, 'email'>,
): string {
  return `${provider}:${profileName(typedName?.trim() || email || '')}`;
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
