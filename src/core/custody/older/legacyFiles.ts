import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import { type ReadFile, strictRead } from '../../disk/strictRead.ts';
import type { JsonValue } from '../../documents/json.ts';
import { type LegacyKind, type LegacyLogin, parseLegacy } from '../../documents/legacyStores.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { shownKey } from '../../documents/shownText.ts';
import { KnownError } from '../../errors.ts';
import { findRewriteLoss, type RewriteLoss } from '../rewriteLoss.ts';

/** An older file that CoderClaw 2026.3.21 imports where there is no store. */
export interface LegacyFile {
  readonly path: string;
  readonly kind: LegacyKind;
}

export type LegacyRead =
  /** No file, or certainly nothing in it that would be imported. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly detail: string }
  | {
      readonly kind: 'logins';
      readonly read: ReadFile;
      /** One at least. Holds secrets. */
      readonly logins: readonly LegacyLogin[];
    };

/**
 * The older files of a store, in the order in which CoderClaw merges them: `auth.json` beside it,
 * then all others.
 *
 * @param others Absolute paths; `auth.json` may be among them.
 */
export function legacyFilesOf(storePath: string, others: readonly string[]): readonly LegacyFile[] {
  const beside = runtimeCachePath(dirname(storePath));
  const oauth = [...new Set(others)].filter((path) => path !== beside);
  return [
    { path: beside, kind: 'auth' },
    ...oauth.map((path): LegacyFile => ({ path, kind: 'oauth' })),
  ];
}

/** Strict, without a lock; what cannot be understood is `unknown`, never `none`. */
export async function readLegacy({ path, kind }: LegacyFile): Promise<LegacyRead> {
  const read = await strictRead(path);
  if (read.kind === 'absent') return { kind: 'none' };
  if (read.kind === 'unreadable') return { kind: 'unknown', detail: read.errno };
  if (!isUtf8(read.bytes)) return { kind: 'unknown', detail: 'not UTF-8' };
  const text = read.bytes.toString();
  const parsed = parseLegacy(kind, text);
  if (parsed.kind === 'unknown') return parsed;
  const loss = findRewriteLoss(text, JSON.parse(text) as JsonValue);
  if (loss !== undefined) return { kind: 'unknown', detail: lossWords(loss) };
  return parsed.logins.length === 0
    ? { kind: 'none' }
    : { kind: 'logins', read, logins: parsed.logins };
}

function lossWords(loss: RewriteLoss): string {
  return loss.kind === 'duplicateKey'
    ? `the key ${shownKey(loss.key)} stands twice in one object`
    : 'a number in it is too large';
}

/**
 * Refuses to create a store where an older file waits for its import: a new one would hide the
 * logins in it for good. A file counts unless it is certain that nothing is in it.
 *
 * @throws {KnownError} `store.legacyPending`
 */
export async function refuseLegacy(path: string, others: readonly string[]): Promise<void> {
  const [legacyPath] = await pendingLegacy(path, others);
  if (legacyPath !== undefined) throw new KnownError('store.legacyPending', { path, legacyPath });
}

/** The older files of an absent store that hold something, or may. */
export async function pendingLegacy(
  storePath: string,
  others: readonly string[],
): Promise<readonly string[]> {
  const pending: string[] = [];
  for (const file of legacyFilesOf(storePath, others)) {
    if ((await readLegacy(file)).kind !== 'none') pending.push(file.path);
  }
  return pending;
}
