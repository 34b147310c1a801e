import { KnownError } from '../../errors.ts';
import { maskTyped } from '../../redact.ts';
import type { AddedProvider } from '../addedSignIns.ts';
import { providerWords } from '../providerWords.ts';
import { isUnsent } from '../unsent.ts';

type Named = Pick<AddedProvider, 'id' | 'label'>;

/** The connection broke or fell silent once it stood: the request may have arrived. */
const BROKEN: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** RFC 6749 5.2, as a word of its own in whatever an error says. */
const INVALID_GRANT = /(?<![\w-])invalid_grant(?![\w-])/;
/** No message is looked through any further. */
const LONGEST = 20_000;

/**
 * What foreign code threw, as a failure with a code. Its words are good for people, so they are shown
 * after they were cleaned; the error itself goes no further, since it may hold anything.
 * @param secrets What it was given and what it may quote.
 * @param typed Those that a person typed in secret: masked however short they are.
 */
export function pluginFailure(
  { id, label }: Named,
  thrown: unknown,
  secrets: Iterable<string>,
  typed: Iterable<string> = [],
): KnownError {
  const words = maskTyped(messageOf(thrown).slice(0, LONGEST), typed);
  const description = providerWords(words, secrets);
  return new KnownError('plugin.failed', {
    provider: id,
    label,
    ...(description !== undefined && { description }),
  });
}

/**
 * What foreign code threw when it was to refresh a login: whether the grant was refused, whether the
 * request certainly never left, or may have arrived. Where none of that can be told it is
 * `plugin.failed`, which ends no login.
 */
export function refreshFailureOf(
  added: Named,
  thrown: unknown,
  secrets: readonly string[],
): KnownError {
  const { id, label } = added;
  const chain = chainOf(thrown);
  if (chain.some(saysInvalidGrant) && !chain.some(hasOtherStatus)) {
    return new KnownError('signin.tokenRefused', {
      host: label,
      status: 400,
      error: 'invalid_grant',
    });
  }
  const network = { host: label, timedOut: false };
  if (wasUnsent(thrown)) return new KnownError('signin.network', { ...network, unsent: true });
  if (chain.some((error) => read(error, 'name') === 'TimeoutError')) return unanswered(added);
  if (chain.some((error) => BROKEN.has(read(error, 'code')))) {
    return new KnownError('signin.network', network);
  }
  return pluginFailure({ id, label }, thrown, secrets);
}

/** It did not come to an end in time; what it sent may have arrived. */
export function unanswered({ label }: Named): KnownError {
  return new KnownError('signin.network', { host: label, timedOut: true });
}

/** `error` and `code` are what the OAuth libraries of Node put the answer's `error` into. */
function saysInvalidGrant(error: unknown): boolean {
  if (read(error, 'error') === 'invalid_grant' || read(error, 'code') === 'invalid_grant') {
    return true;
  }
  return INVALID_GRANT.test(messageOf(error).slice(0, LONGEST));
}

function wasUnsent(thrown: unknown): boolean {
  try {
    return isUnsent(thrown);
  } catch {
    // Causes that go round in a circle, or getters that throw.
    return false;
  }
}

/** RFC 6749 5.2 has 400 and 401. With any other status the word is only quoted. */
function hasOtherStatus(error: unknown): boolean {
  const status = read(error, 'status') ?? read(error, 'statusCode');
  return typeof status === 'number' && status !== 400 && status !== 401;
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  const message = read(thrown, 'message');
  return typeof message === 'string' ? message : '';
}

/** The error and its causes, so far as anybody goes. */
function chainOf(thrown: unknown): readonly unknown[] {
  const chain = [thrown];
  for (let next = read(thrown, 'cause'); next !== undefined && chain.length < 5; ) {
    chain.push(next);
    next = read(next, 'cause');
  }
  return chain;
}

/** A member of something foreign, whose getters may throw. */
function read(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  try {
    return (from as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
