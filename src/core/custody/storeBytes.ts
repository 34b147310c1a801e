import { isAscii, isUtf8 } from 'node:buffer';
import type { DocumentParse } from '../documents/authStore.ts';

/** Reads the bytes of a store, for showing and for changing it: both by the same rule. */
export function parseStoreBytes<Parse extends DocumentParse>(
  bytes: Buffer,
  parse: (text: string) => Parse,
): Parse | Extract<DocumentParse, { kind: 'torn' }> {
  // Decoding would put U+FFFD for what is not UTF-8, and a write would then make that permanent.
  return isUtf8(bytes) ? parse(textOf(bytes)) : { kind: 'torn', detail: 'not UTF-8' };
}

/** The text of UTF-8 bytes. Stores are nearly always plain ASCII, which is only to be copied. */
export function textOf(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString();
}
