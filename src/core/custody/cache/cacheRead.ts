import { isUtf8 } from 'node:buffer';
import type { Clock } from '../../clock.ts';
import { type ReadFile, strictRead } from '../../disk/strictRead.ts';
import type { JsonObject, JsonValue } from '../../documents/json.ts';
import { parseRuntimeCache } from '../../documents/runtimeCache.ts';
import { findRewriteLoss } from '../rewriteLoss.ts';

/** The runtime cache beside a store, as far as it can be understood. */
export type RuntimeCacheRead =
  | { readonly kind: 'absent' }
  /** Unreadable, torn, not an object, or not to be written again without a loss: it is left alone. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'whole'; readonly document: JsonObject; readonly read: ReadFile };

/** Its other writer truncates, then writes; a torn one is given this long to become whole. */
const TORN_MS = 500;
const TORN_RETRY_MS = 20;

/** Reads the runtime cache at `path`. Takes no lock; never throws for what the disk may hold. */
export async function readRuntimeCache(path: string, clock: Clock): Promise<RuntimeCacheRead> {
  const deadline = performance.now() + TORN_MS;
  for (;;) {
    const read = await strictRead(path);
    if (read.kind === 'absent') return read;
    if (read.kind === 'unreadable') return { kind: 'unknown' };
    const document = understood(read.bytes);
    if (document !== undefined) return { kind: 'whole', document, read };
    if (performance.now() >= deadline) return { kind: 'unknown' };
    await clock.sleep(TORN_RETRY_MS);
  }
}

function understood(bytes: Buffer): JsonObject | undefined {
  // Decoding would put U+FFFD for what is not UTF-8, and a write would make that permanent.
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString();
  const document = parseRuntimeCache(text);
  if (document === undefined) return undefined;
  return findRewriteLoss(text, document as JsonValue) === undefined ? document : undefined;
}
