import { join } from 'node:path';
import { envValue, type HostEnvironment, withTilde } from '../documents/hostEnvironment.ts';
import { isJsonObject, type JsonValue, ownValue } from '../documents/json.ts';
import type { OtherProgram } from './finding.ts';

/** Where another program on this machine keeps its login. */
export interface OtherLogins {
  readonly program: OtherProgram;
  /** Absolute path. */
  path(host: HostEnvironment): string;
  /** The refresh tokens in its file: secrets. */
  refreshTokens(file: JsonValue): readonly string[];
}

/**
 * The files in which they are kept as of 2026. What a program keeps in the keychain of macOS is not looked
 * at: asking for it opens a dialog.
 */
export const OTHER_PROGRAMS: readonly OtherLogins[] = [
  {
    program: 'codex',
    path: (host) => join(folder(host, 'CODEX_HOME', '.codex'), 'auth.json'),
    refreshTokens: (file) => textsAt(file, ['tokens', 'refresh_token']),
  },
  {
    program: 'claude',
    path: (host) => join(folder(host, 'CLAUDE_CONFIG_DIR', '.claude'), '.credentials.json'),
    refreshTokens: (file) => textsAt(file, ['claudeAiOauth', 'refreshToken']),
  },
  {
    program: 'qwen',
    path: ({ homedir }) => join(homedir, '.qwen', 'oauth_creds.json'),
    refreshTokens: (file) => textsAt(file, ['refresh_token']),
  },
  {
    program: 'minimax',
    path: ({ homedir }) => join(homedir, '.minimax', 'oauth_creds.json'),
    refreshTokens: (file) => textsAt(file, ['refresh_token']),
  },
  {
    program: 'pi',
    path: ({ homedir }) => join(homedir, '.pi', 'agent', 'auth.json'),
    refreshTokens: (file) =>
      isJsonObject(file) ? Object.values(file).flatMap((entry) => textsAt(entry, ['refresh'])) : [],
  },
];

function folder(host: HostEnvironment, variable: string, usual: string): string {
  const given = envValue(host, variable);
  return given === undefined ? join(host.homedir, usual) : withTilde(given, host.homedir);
}

function textsAt(value: JsonValue, keys: readonly string[]): readonly string[] {
  let found: JsonValue | undefined = value;
  for (const key of keys) found = isJsonObject(found) ? ownValue(found, key) : undefined;
  return typeof found === 'string' && found.trim() !== '' ? [found] : [];
}
