import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JsonObject } from '../../src/core/documents/json.ts';

const HOUR = 3_600_000;

/** A made-up ChatGPT login, with tokens as long as real ones (a JWT of some 2 KB). */
export function sampleLogin(seed: string, now: number): JsonObject {
  const text = (length: number, part: string): string => {
    let made = '';
    for (let n = 0; made.length < length; n++) {
      made += createHash('sha512').update(`${part} ${seed} ${n}`).digest('base64url');
    }
    return made.slice(0, length);
  };
  return {
    type: 'oauth',
    provider: 'openai-codex',
    access: `${text(90, 'header')}.${text(1600, 'claims')}.${text(340, 'signature')}`,
    refresh: `rt_${text(90, 'refresh')}`,
    expires: now + 100 * HOUR,
    accountId: text(36, 'account'),
    email: `${text(8, 'mail').toLowerCase()}@example.com`,
  };
}

/** A whole store with so many logins, each with usage; ids `openai-codex:<seed>-<n>`. */
export function sampleStore(count: number, seed: string, now: number): JsonObject {
  const ids = Array.from({ length: count }, (_, n) => `openai-codex:${seed}-${n}`);
  return {
    version: 1,
    profiles: Object.fromEntries(ids.map((id) => [id, sampleLogin(id, now)])),
    order: { 'openai-codex': ids.slice(0, 5) },
    usageStats: Object.fromEntries(
      ids.map((id, n) => [id, { lastUsed: now - n * 1000, errorCount: 0 }]),
    ),
  };
}

/** The text that CoderClaw would write. */
export function storeText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Writes a store, or any document, with its folders, all private. */
export async function writeDocument(path: string, document: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, storeText(document), { mode: 0o600 });
}
