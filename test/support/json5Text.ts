import type { JsonValue } from '../../src/core/documents/json.ts';

/**
 * A value as JSON5 in one of many layouts: quotes of both kinds or none, comments anywhere (each its own, with
 * brackets in it), trailing commas, CRLF, tabs, one line, a byte order mark.
 * @param choices Numbers from 0 to 99 that decide what it looks like.
 * @param style 0 to 3: one line, CRLF, tabs, a byte order mark.
 */
export function json5Text(value: JsonValue, choices: readonly number[], style: number): string {
  let used = 0;
  let comments = 0;
  const chance = (percent: number): boolean => {
    used += 1;
    return ((choices[used % choices.length] ?? 0) + used * 37) % 100 < percent;
  };
  const oneLine = style === 0;
  const lineEnd = style === 1 ? '\r\n' : '\n';
  const comment = (): string => {
    if (!chance(25)) return '';
    comments += 1;
    if (oneLine || chance(50)) return `/* c${comments} "},[ */`;
    return `// c${comments} }],${lineEnd}`;
  };
  const gap = (depth: number): string => {
    if (oneLine) return chance(70) ? ' ' : '';
    return chance(85) ? lineEnd + (style === 2 ? '\t' : '  ').repeat(depth) : ' ';
  };
  const text = (content: string): string =>
    chance(30)
      ? `'${JSON.stringify(content).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
      : JSON.stringify(content);
  const key = (name: string): string =>
    /^[A-Za-z$]\w*$/.test(name) && chance(50) ? name : text(name);
  const list = (open: string, items: readonly string[], close: string, depth: number): string => {
    const inner = items.map(
      (item, index) =>
        `${gap(depth + 1)}${comment()}${item}${comment()}${index < items.length - 1 ? `,${comment()}` : ''}`,
    );
    const trailing = items.length > 0 && chance(40) ? `,${comment()}` : '';
    return `${open}${inner.join('')}${trailing}${comment()}${gap(depth)}${close}`;
  };
  const write = (node: JsonValue, depth: number): string => {
    if (typeof node === 'string') return text(node);
    if (typeof node !== 'object' || node === null) return String(node);
    if (Array.isArray(node)) {
      const items = (node as readonly JsonValue[]).map((item) => write(item, depth + 1));
      return list('[', items, ']', depth);
    }
    const members = Object.entries(node).map(
      ([name, item]) => `${key(name)}${comment()}:${comment()} ${write(item, depth + 1)}`,
    );
    return list('{', members, '}', depth);
  };
  return `${style === 3 ? '\uFEFF' : ''}${comment()}${write(value, 0)}${comment()}${lineEnd}`;
}
