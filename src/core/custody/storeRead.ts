import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { callsIn } from '../disk/callsIn.ts';
import { type AbsentFile, type ReadFile, strictRead } from '../disk/strictRead.ts';
import { parseStoreDocument } from '../documents/authStore.ts';
import type { JsonObject } from '../documents/json.ts';
import { shownKey } from '../documents/shownText.ts';
import { KnownError } from '../errors.ts';
import { findRewriteLoss } from './rewriteLoss.ts';
import { parseStoreBytes, textOf } from './storeBytes.ts';

/** There is no store yet, or all of it was understood. */
export type KnownStore =
  | { readonly kind: 'absent'; readonly read: AbsentFile }
  | { readonly kind: 'whole'; readonly read: ReadFile; readonly document: JsonObject };

/**
 * What certain bytes of a store mean, found out before. (We know it of those that we wrote ourselves,
 * for as long as we look after them.)
 */
export interface KnownBytes {
  readonly bytes: Buffer;
  /** As parsed from them. */
  readonly document: JsonObject;
}

/** Unlocked writers truncate, then write; a torn store is given this long to become whole. */
const TORN_MS = 1_000;
const TORN_RETRY_MS = 20;

/**
 * Reads a store that must be understood.
 *
 * @param known spares the parsing where the store is still these very bytes.
 * @throws {KnownError} `store.unreadable`; `store.torn` if it stays torn for a second;
 * `store.unknownVersion`.
 */
export async function readKnownStore(
  path: string,
  clock: Clock,
  known?: KnownBytes,
): Promise<KnownStore> {
  const deadline = performance.now() + TORN_MS;
  for (;;) {
    const read = await strictRead(path, await callsIn(dirname(path)));
    if (read.kind === 'absent') return { kind: 'absent', read };
    if (read.kind === 'unreadable') {
      throw new KnownError('store.unreadable', { path, errno: read.errno });
    }
    if (known?.bytes.equals(read.bytes)) {
      return { kind: 'whole', read, document: known.document };
    }
    const parsed = parseStoreBytes(read.bytes, parseStoreDocument);
    switch (parsed.kind) {
      case 'whole':
        return { kind: 'whole', read, document: parsed.document };
      case 'unknownVersion':
        throw new KnownError('store.unknownVersion', { path, version: parsed.version });
      case 'torn':
        if (performance.now() >= deadline) {
          throw new KnownError('store.torn', { path, detail: parsed.detail });
        }
        await clock.sleep(TORN_RETRY_MS);
    }
  }
}

/**
 * Reads a store in order to change it: {@link readKnownStore}, and all of it must survive a rewrite.
 *
 * @param known as there; and they are bytes that we wrote, so a rewrite loses nothing.
 * @throws {KnownError} also `store.duplicateKey`.
 */
export async function readWritableStore(
  path: string,
  clock: Clock,
  known?: KnownBytes,
): Promise<KnownStore> {
  const store = await readKnownStore(path, clock, known);
  if (store.kind === 'absent' || store.document === known?.document) return store;
  const loss = findRewriteLoss(textOf(store.read.bytes), store.document);
  switch (loss?.kind) {
    case 'duplicateKey':
      throw new KnownError('store.duplicateKey', { path, key: shownKey(loss.key) });
    case 'hugeNumber':
      throw new KnownError('store.torn', { path, detail: 'a number in it is too large' });
    case undefined:
      return store;
  }
}
