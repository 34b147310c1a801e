/**
 * `next`, with every part that equals its counterpart in `previous` replaced by that very object:
 * unchanged parts stay identical (`===`), so a view redraws only what is new. If all is equal,
 * `previous` itself. Items of a list are counterparts by their `id` or `path`, else by position.
 *
 * For plain, acyclic data (JSON-like; absent and `undefined` members are the same). Neither
 * argument is changed.
 */
export function reuseEqualParts<T>(previous: T, next: T): T {
  return reuse(previous, next) as T;
}

function reuse(previous: unknown, next: unknown): unknown {
  // As a rule nearly all is equal: found out first, without making anything.
  if (isEqual(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) return reuseItems(previous, next);
  if (isRecord(previous) && isRecord(next)) return reuseMembers(previous, next);
  return next;
}

function reuseItems(previous: readonly unknown[], next: readonly unknown[]): unknown {
  const counterparts = new Map(previous.map((item, index) => [keyOf(item) ?? index, item]));
  return next.map((item, index) => reuse(counterparts.get(keyOf(item) ?? index), item));
}

function reuseMembers(previous: PlainRecord, next: PlainRecord): unknown {
  return Object.fromEntries(
    Object.entries(next).map(([key, value]) => [key, reuse(memberOf(previous, key), value)]),
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const key of Object.keys(b)) if (!isEqual(memberOf(a, key), b[key])) return false;
  for (const key of Object.keys(a)) {
    if (a[key] !== undefined && !Object.hasOwn(b, key)) return false;
  }
  return true;
}

type PlainRecord = Readonly<Record<string, unknown>>;

function memberOf(record: PlainRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function keyOf(item: unknown): string | undefined {
  if (!isRecord(item)) return undefined;
  const key = item['id'] ?? item['path'];
  return typeof key === 'string' ? key : undefined;
}

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
