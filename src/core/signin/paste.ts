import { type BadPaste, KnownError } from '../errors.ts';
import { type CallbackVerdict, judgeCallback } from './callback.ts';
import { isLoopbackHost } from './endpoints.ts';

/** What a paste can lead to; everything else about it is thrown as `signin.badPaste`. */
export type PasteVerdict = Exclude<
  CallbackVerdict,
  { readonly kind: 'otherAttempt' } | { readonly kind: 'incomplete' }
>;

/** Longer than any address that a browser shows. */
const LONGEST = 16 * 1024;

/**
 * Reads what a person pasted: the address that the browser ended on, its query alone, `code#state`
 * (as some providers show it), or, if `acceptBareCode`, only a code, whose origin nothing proves.
 * Quotes, angle brackets and line breaks that mails, chats and terminals add do not matter.
 * @throws {KnownError} `signin.badPaste`. The text itself is in no error.
 */
export function judgePaste(
  text: string,
  expected: {
    readonly state: string;
    readonly issuer?: string | undefined;
    readonly redirectUri: string;
    readonly acceptBareCode: boolean;
  },
): PasteVerdict {
  if (text.length > LONGEST) throw bad('notAnAddress');
  const pasted = withoutWrapping(text);
  if (pasted === '') throw bad('empty');

  const address = asAddress(pasted);
  if (address) {
    // First, since the sign-in link itself carries our `state` too, and people copy the wrong tab.
    if (!isRedirect(address, new URL(expected.redirectUri))) throw bad('otherAddress');
    return judgeQuery(address.searchParams, expected);
  }
  if (/^\??(?:[\w.]+=[^&]*&)*(?:code|error)=/.test(pasted)) {
    return judgeQuery(new URLSearchParams(pasted), expected);
  }
  const [code, state, ...more] = pasted.split('#');
  if (!code || more.length > 0 || !/^[\w.~+/=-]+$/.test(code)) throw bad('notAnAddress');
  if (state !== undefined) return judgeQuery(new URLSearchParams({ code, state }), expected);
  // A word or a sentence is not a code: those are long, and stand in one piece (or wrapped by lines).
  if (code.length < 10 || /[^\S\r\n]/.test(text.trim())) throw bad('notAnAddress');
  if (!expected.acceptBareCode) throw bad('bareCode');
  return { kind: 'code', code };
}

function judgeQuery(
  query: URLSearchParams,
  expected: { readonly state: string; readonly issuer?: string | undefined },
): PasteVerdict {
  if (!query.has('state') && !query.get('code') && !query.get('error')) throw bad('noCode');
  const verdict = judgeCallback(query, expected);
  if (verdict.kind === 'otherAttempt') throw bad('otherAttempt');
  if (verdict.kind === 'incomplete') throw bad('noCode');
  return verdict;
}

/** Removes what no address has in it: white space, quotes, brackets, invisible characters. */
function withoutWrapping(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}"'`<>‘’“”«»]+/gu, '').replaceAll('&amp;', '&');
}

/** Also without its `http://`, which some browsers leave out of what they copy. */
function asAddress(text: string): URL | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return URL.canParse(text) ? new URL(text) : undefined;
  const complete = `http://${text}`;
  return /^[\w.[\]:-]+\/[^?#]*\?/.test(text) && URL.canParse(complete)
    ? new URL(complete)
    : undefined;
}

/**
 * The registered redirect, under any name of this machine, or what code-server makes of it
 * (`https://host/proxy/1455/auth/callback`).
 */
function isRedirect(address: URL, redirect: URL): boolean {
  if (redirect.protocol !== 'http:') {
    return address.protocol === redirect.protocol && address.pathname === redirect.pathname;
  }
  const same =
    address.protocol === 'http:' &&
    address.port === redirect.port &&
    isLoopbackHost(address.hostname) &&
    address.pathname === redirect.pathname;
  return same || address.pathname.endsWith(`/proxy/${redirect.port}${redirect.pathname}`);
}

function bad(why: BadPaste): KnownError {
  return new KnownError('signin.badPaste', { why });
}
