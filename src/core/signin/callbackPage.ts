import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';

/** What the browser is told in the end; a closed union with one page each. */
export type CallbackPageKind =
  /** Only after the code was redeemed. */
  | 'signedIn'
  /** The provider sent an error instead of a code. */
  | 'refused'
  /** The code could not be redeemed. */
  | 'failed'
  | 'cancelled'
  /** This attempt has its answer already. */
  | 'gone'
  /** The `state` is not this attempt's. */
  | 'otherAttempt'
  /** Not the answer of an authorization server. */
  | 'incomplete';

export interface CallbackPageWords {
  readonly title: string;
  readonly text: string;
}

export interface CallbackPage {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly html: string;
}

const STATUS: Readonly<Record<CallbackPageKind, number>> = {
  signedIn: 200,
  refused: 200,
  failed: 200,
  cancelled: 200,
  gone: 410,
  otherAttempt: 400,
  incomplete: 400,
};

/** English; a caller can bring its own words for all of them. */
export function callbackPageWords(
  label: string,
): Readonly<Record<CallbackPageKind, CallbackPageWords>> {
  return {
    signedIn: {
      title: `Signed in to ${label}`,
      text: 'You can close this page and go back to the editor.',
    },
    refused: {
      title: `Not signed in to ${label}`,
      text: 'The sign-in was turned down. The editor shows what the provider said.',
    },
    failed: {
      title: `Signing in to ${label} failed`,
      text: 'The editor shows what happened and lets you try again.',
    },
    cancelled: {
      title: 'Sign-in cancelled',
      text: 'It was cancelled in the editor. You can close this page.',
    },
    gone: {
      title: 'This sign-in is over',
      text: 'It has had its answer. If you still need to sign in, start again in the editor.',
    },
    otherAttempt: {
      title: 'This page belongs to another sign-in',
      text: 'The editor is waiting for a newer one. Use the page that it opened last.',
    },
    incomplete: {
      title: 'This address is not complete',
      text: 'Go back and sign in again from the page that the editor opened.',
    },
  };
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f7; --card: #fff; --ink: #1c1d21; --soft: #5b5e66; --line: #e2e3e7; --mark: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #17181b; --card: #212327; --ink: #ececef; --soft: #a6a9b2; --line: #33363c; --mark: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; padding: 2rem 2.25rem; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--mark); border-radius: 12px; }
main.good { --mark: #1a7f4b; }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0; color: var(--soft); }
footer { margin-top: 1.5rem; font-size: .8125rem; color: var(--soft); }
@media (prefers-color-scheme: dark) { main.good { --mark: #5fd39a; } }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The page for one outcome: static, without script, image, font or link, and with nothing in it of
 * what the request said. Not kept by the browser, and no referrer leads away from it.
 */
export function callbackPage(kind: CallbackPageKind, words: CallbackPageWords): CallbackPage {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(words.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main${kind === 'signedIn' ? ' class="good"' : ''}>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.text)}</p>
<footer>CoderClaw Auth</footer>
</main>
</body>
</html>
`;
  return { status: STATUS[kind], headers: { ...HEADERS }, html };
}

const HEADERS: OutgoingHttpHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  Connection: 'close',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
