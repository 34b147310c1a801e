import { createHash } from 'node:crypto';

/**
 * Whatever looks like an e-mail address, with a dot in its domain or cut off before it: also within an id,
 * as in `openai-codex:ann@example.com`. One that has been masked is left as it is.
 */
const ADDRESS =
  /([^\s@:;,<>()[\]"\\/'…])[^\s@:;,<>()[\]"\\/]{0,254}@([\p{L}\p{N}])(?:[\p{L}\p{N}.-]*\.\p{L}[\p{L}\p{N}-]*|[\p{L}\p{N}.-]*…(?!#))/gu;

/**
 * Every e-mail address in a text as `a…@e…#3f2c`: the first letters, and a tag by which two people, or two
 * accounts of one, can be told apart. The same address has the same tag, whatever its case.
 *
 * @param salt without which the tag tells nothing, not even to those who guess the address.
 */
export function maskEmails(text: string, salt: string): string {
  if (!text.includes('@')) return text;
  return text.replace(ADDRESS, (address, name: string, domain: string) => {
    const hash = createHash('sha256').update(`${salt} ${address.toLowerCase()}`);
    return `${name}…@${domain}…#${hash.digest('hex').slice(0, 4)}`;
  });
}
