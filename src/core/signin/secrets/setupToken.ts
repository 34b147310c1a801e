import { badSecret, readSecret } from './pastedSecret.ts';

/** What `claude setup-token` prints begins with this (CoderClaw 2026.3.21 demands it). */
const PREFIX = 'sk-ant-oat01-';
/** Shorter ones were not copied whole (CoderClaw 2026.3.21). */
const SHORTEST = 80;
/** What the console of Anthropic gives out begins with this. */
const CONSOLE_PREFIX = 'sk-ant-api';

/** How long a setup-token is good for, in milliseconds: about a year. It says nothing of it itself. */
export const SETUP_TOKEN_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

export type PastedSetupToken =
  | { readonly kind: 'setupToken'; readonly token: string }
  /** A key of the console: to be stored as an api_key, if the person agrees. */
  | { readonly kind: 'consoleKey'; readonly key: string };

/** What CoderClaw's own check says against a setup-token; undefined for nothing. */
export function setupTokenProblem(
  text: string,
): 'empty' | 'notSetupToken' | 'shortSetupToken' | undefined {
  const token = text.trim();
  if (token === '') return 'empty';
  if (!isSetupToken(token)) return 'notSetupToken';
  return token.length < SHORTEST ? 'shortSetupToken' : undefined;
}

/** Whether a stored token is one, by its beginning. */
export function isSetupToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/**
 * Reads what was pasted where a setup-token is asked for.
 * @throws {KnownError} `secret.bad`. The text is in no error.
 */
export function readSetupToken(text: string): PastedSetupToken {
  const secret = readSecret(text);
  if (secret.startsWith(CONSOLE_PREFIX)) return { kind: 'consoleKey', key: secret };
  const problem = setupTokenProblem(secret);
  if (problem !== undefined) throw badSecret(problem);
  return { kind: 'setupToken', token: secret };
}
