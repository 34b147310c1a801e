import { plainText } from './plainText.ts';

/** A name from a file as one part of a document's path, where it is the title of a tab. */
export function pathPart(name: string): string {
  return plainText(name).replace(/[\\/]/g, '_');
}
