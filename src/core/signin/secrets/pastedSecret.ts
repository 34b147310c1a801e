import { type BadSecret, KnownError } from '../../errors.ts';
import { plainOwner } from './tokenOwner.ts';

/** Longer than any key or token. */
const LONGEST = 16 * 1024;

const LINE_BREAKS = /[\r\n\u2028\u2029]+/;

/**
 * A pasted secret as CoderClaw 2026.3.21 takes it: without the line breaks that a terminal wrapped it
 * with, and without white space at its ends (`test/vectors/secret-input.json`).
 */
export function withoutLineBreaks(text: string): string {
  return text.split(LINE_BREAKS).join('').trim();
}

/**
 * The one secret in what a person pasted. Beyond {@link withoutLineBreaks} it takes off what belongs to
 * where it was copied from: indentation of wrapped lines, `export X=`, `X=`, `Authorization: Bearer`,
 * quotes. What cannot be a secret then is refused.
 *
 * @throws {KnownError} `secret.bad`. The text is in no error, not even a part of it.
 */
export function readSecret(text: string): string {
  if (text.length > LONGEST) throw badSecret('tooLong');
  const lines = text
    .replace(INVISIBLE, '')
    .split(LINE_BREAKS)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (holdsSeveral(lines)) throw badSecret('several');
  let secret = lines.join('');
  for (let inner = unwrapped(secret); inner !== secret; inner = unwrapped(secret)) secret = inner;
  if (secret === '') throw badSecret('empty');
  if (/[…•]|\*{3}|\.{3}$/.test(secret)) throw badSecret('masked');
  if (REFERENCES.some((reference) => reference.test(secret))) throw badSecret('reference');
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(secret)) throw badSecret('address');
  // A header (RFC 9110 5.5) could carry no more than this; quotes here are the rest of a longer text.
  if (!/^[\x21-\x7e]+$/.test(secret) || /["'`]/.test(secret)) throw badSecret('characters');
  return secret;
}

export function badSecret(why: BadSecret): KnownError {
  return new KnownError('secret.bad', { why });
}

/** Zero-width and direction marks, byte order marks, soft hyphens: web pages and chats add them. */
const INVISIBLE = /\p{Cf}/gu;

const NAMED = /^(?:(?:export|set|const|let)\s+|\$env:)[A-Za-z_]\w*\s*=\s*(?=[^=\s])/;
/** Without a word before it a name needs an underscore: base64 can end in `=` too. */
const ASSIGNED = /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\s*=\s*(?=[^=\s])/;
const HEADER = /^(?:(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key)\s*:\s*/i;
const WRAPPINGS = [NAMED, ASSIGNED, HEADER, /^bearer\s+/i];

const QUOTES: readonly RegExp[] = [
  /^"([^"]*)"[;,]?$/,
  /^'([^']*)'[;,]?$/,
  /^`([^`]*)`[;,]?$/,
  /^[“„]([^”“]*)[”“]$/,
  /^‘([^’]*)’$/,
  /^«([^»]*)»$/,
  /^<([^<>]*)>$/,
];

/** Names of a variable in place of its value: shells, PowerShell, cmd, templates. */
const REFERENCES: readonly RegExp[] = [
  /^\$\{?(?:env:)?[A-Za-z_]\w*\}?$/i,
  /^\$\(.*\)$/,
  /^%[A-Za-z_]\w*%$/,
  /^\$?\{\{.*\}\}$/,
];

function unwrapped(text: string): string {
  for (const quotes of QUOTES) {
    const inner = quotes.exec(text)?.[1];
    if (inner !== undefined) return inner.trim();
  }
  for (const wrapping of WRAPPINGS) {
    if (wrapping.test(text)) return text.replace(wrapping, '').trim();
  }
  return text;
}

/** A wrapped secret begins once, on its first line. */
function holdsSeveral(lines: readonly string[]): boolean {
  const begins = (line: string): boolean =>
    NAMED.test(line) || ASSIGNED.test(line) || plainOwner(unwrapped(line)) !== undefined;
  return lines.slice(1).some(begins);
}
