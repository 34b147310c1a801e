import { parse } from '@humanwhocodes/momoa';
import { KnownError } from '../errors.ts';
import type { TextFile } from './textCommit.ts';

/** `coderclaw.json`: JSON5, written by people and, without a lock, by CoderClaw 2026.3.21. */
export const configFile: TextFile = {
  unreadable: (facts) => new KnownError('config.unreadable', facts),
  invalid: (facts) => new KnownError('config.invalid', facts),
  assertValid: assertJson5,
  isMade: true,
  hasBackups: true,
  pidInLock: 'ifReachable',
};

function assertJson5(text: string, path: string): void {
  try {
    parse(text, { mode: 'json5' });
  } catch (error) {
    // The parser's message quotes the file, which can hold secrets; its place does not.
    const place = placeOf(error);
    throw new KnownError('config.invalid', { path, detail: 'the edit is not JSON5', ...place });
  }
}

function placeOf(error: unknown): { readonly line?: number; readonly column?: number } {
  const { line, column } = error as { readonly line?: unknown; readonly column?: unknown };
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : {};
}
