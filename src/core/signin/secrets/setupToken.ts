import type { JsonObject } from '../../documents/json.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { badSecret, readSecret } from './pastedSecret.ts';

/** What `claude setup-token` prints begins with this (CoderClaw 2026.3.21 demands it). */
const PREFIX = 'sk-ant-oat01-';
/** Shorter ones were not copied whole (CoderClaw 2026.3.21). */
const SHORTEST = 80;
/** What the console of Anthropic gives out begins with this. */
const CONSOLE_PREFIX = 'sk-ant-api';

/** How long a setup-token is good for, in milliseconds: about a year. It says nothing of it itself. */
const SETUP_TOKEN_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

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

function isSetupToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/**
 * How long a stored credential is expected to last from when it was made, in milliseconds, although it
 * carries no end; undefined where it has one, or nothing is to be expected.
 */
export function expectedLifetime(credential: JsonObject): number | undefined {
  const { type, provider, token, expires } = credential;
  if (type !== 'token' || typeof provider !== 'string' || typeof token !== 'string') {
    return undefined;
  }
  if (normalizeProviderId(provider) !== 'anthropic' || !isSetupToken(token)) return undefined;
  return typeof expires === 'number' && expires > 0 ? undefined : SETUP_TOKEN_LIFETIME_MS;
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
