import type { JsonValue } from '../documents/json.ts';

/** What would be lost if a document were written again. */
export type RewriteLoss =
  /** A key stands twice in one object; `JSON.parse` keeps the last. */
  | { readonly kind: 'duplicateKey'; readonly key: string }
  /** A number reads as Infinity and would be written as null. */
  | { readonly kind: 'hugeNumber' };

/**
 * Finds what a rewrite would change although nobody asked for it.
 *
 * @param text valid JSON.
 * @param document what `JSON.parse` made of it.
 */
export function findRewriteLoss(text: string, document: JsonValue): RewriteLoss | undefined {
  const keys = countKeys(document);
  if (keys === 'hugeNumber') return { kind: 'hugeNumber' };
  // Each key ends so. A text value can look the same (`":"`), never the other way round; so equal
  // counts prove that there is no duplicate, and only others cost a real search.
  if (countKeyEnds(text) === keys) return undefined;
  const key = searchDuplicate(text);
  return key === undefined ? undefined : { kind: 'duplicateKey', key };
}

function countKeys(document: JsonValue): number | 'hugeNumber' {
  let keys = 0;
  const left: JsonValue[] = [document];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value === 'number' && !Number.isFinite(value)) return 'hugeNumber';
    if (typeof value !== 'object' || value === null) continue;
    const values: readonly JsonValue[] = Array.isArray(value) ? value : Object.values(value);
    if (!Array.isArray(value)) keys += values.length;
    for (const inner of values) if (typeof inner !== 'string') left.push(inner);
  }
  return keys;
}

/** Quotes with a colon behind them. Most of a store is long texts, which `indexOf` leaps over. */
function countKeyEnds(text: string): number {
  let ends = 0;
  for (let quote = text.indexOf('"'); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let after = quote + 1;
    while (isSpace(text.charCodeAt(after))) after++;
    if (text[after] === ':') ends++;
  }
  return ends;
}

/** What JSON takes for white space. */
function isSpace(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x0a || charCode === 0x0d || charCode === 0x09;
}

/** A string, with the colon if it is a key; or a bracket of an object. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;

function searchDuplicate(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
