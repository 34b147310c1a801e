import { isUtf8 } from 'node:buffer';
import { parseAuthStore, type StoreParse } from '../documents/authStore.ts';

/** Reads the bytes of a store, for showing and for changing it: both by the same rule. */
export function parseStoreBytes(bytes: Buffer, parse = parseAuthStore): StoreParse {
  // Decoding would put U+FFFD for what is not UTF-8, and a write would then make that permanent.
  return isUtf8(bytes) ? parse(bytes.toString()) : { kind: 'torn', detail: 'not UTF-8' };
}
