import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type AuthStore, parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import { type CoderClawConfig, configFrom } from '../../../../src/core/documents/config.ts';

/** The cases of `test/vectors/<name>.json`: inputs, and what CoderClaw 2026.3.21 answered. */
export function vectorCases<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8')) as T[];
}

export function storeOf(document: unknown): AuthStore {
  const parsed = parseAuthStore(JSON.stringify(document));
  assert.equal(parsed.kind, 'whole');
  return parsed.kind === 'whole' ? parsed.store : assert.fail();
}

/** The config of a vector case or a test, as it stands in `coderclaw.json`. */
export interface ConfigDocument {
  readonly auth?: {
    readonly profiles?: Readonly<Record<string, ConfigProfileDocument>>;
    readonly order?: Readonly<Record<string, readonly string[]>>;
  };
}

interface ConfigProfileDocument {
  readonly provider: string;
  readonly mode: string;
  readonly email?: string;
}

export function configOf(document: ConfigDocument): CoderClawConfig {
  return {
    ...configFrom({}),
    authProfiles: new Map(Object.entries(document.auth?.profiles ?? {})),
    authOrder: new Map(Object.entries(document.auth?.order ?? {})),
  };
}
