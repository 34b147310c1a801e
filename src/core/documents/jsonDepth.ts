import { isJsonObject, type JsonValue } from './json.ts';

/** Nobody writes a store or a config that is nested deeper than this. */
export const DEEPEST = 100;

/**
 * Whether a value is nested at most `levels` deep (a bare value is 0 levels). V8 parses JSON of any
 * depth, but throws a RangeError when it has to write it again.
 */
export function isNestedWithin(value: JsonValue | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (!isJsonObject(value)) return value.every((item) => isNestedWithin(item, levels - 1));
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item === 'object' && !isNestedWithin(item, levels - 1)) return false;
  }
  return true;
}
