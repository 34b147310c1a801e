import fc from 'fast-check';
import type { JsonValue } from '../../../../src/core/documents/json.ts';

/** A generated JSON5 text, as a person may have written it, and what it means. */
export interface Json5Sample {
  readonly text: string;
  readonly value: JsonValue;
}

const PROVIDERS = ['anthropic', 'openai-codex', 'zai'] as const;
export const PROFILE_IDS = [
  'anthropic:a',
  'anthropic:b',
  'openai-codex:a',
  'zai:it\'s "x"',
] as const;

export const provider = fc.constantFrom(...PROVIDERS);
export const profileId = fc.constantFrom(...PROFILE_IDS);

const word = fc.constantFrom(
  'alpha',
  'b c',
  '',
  '__proto__',
  'constructor',
  'ключ',
  '// no comment',
);
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  word,
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
  fc.constant(null),
);
const anything = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(word, tie('value')), { maxLength: 3 }).map(objectOf),
  ),
})).value;

/** `__proto__` becomes an own key. */
function objectOf(entries: readonly (readonly [string, JsonValue])[]): JsonValue {
  return Object.fromEntries(entries);
}

const profiles = fc
  .uniqueArray(profileId, { maxLength: 4 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc
          .tuple(provider, fc.constantFrom('oauth', 'token', 'api_key'), fc.boolean())
          .map(([name, mode, email]): [string, JsonValue] => [
            id,
            { provider: name, mode, ...(email ? { email: 'a@x.test' } : {}) },
          ]),
      ),
    ),
  )
  .map(objectOf);

const order = fc
  .uniqueArray(provider, { maxLength: 3 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.array(profileId, { maxLength: 5 }).map((ids): [string, JsonValue] => [name, ids]),
      ),
    ),
  )
  .map(objectOf);

const auth = fc.tuple(fc.option(profiles), fc.option(order), fc.boolean()).map(
  ([p, o, cooldowns]): JsonValue => ({
    ...(cooldowns ? { cooldowns: { billingBackoffHours: 2 } } : {}),
    ...(p ? { profiles: p } : {}),
    ...(o ? { order: o } : {}),
  }),
);

const document = fc
  .tuple(fc.array(fc.tuple(word, anything), { maxLength: 3 }), fc.option(auth), fc.boolean())
  .map(([others, own, first]): JsonValue => {
    const entries: [string, JsonValue][] = own === null ? [] : [['auth', own]];
    return objectOf(first ? [...entries, ...others] : [...others, ...entries]);
  });

/** Documents in every layout: quotes or none, comments anywhere, trailing commas, CRLF, one line. */
export const json5Sample: fc.Arbitrary<Json5Sample> = fc
  .tuple(document, fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }), fc.nat(3))
  .map(([value, choices, style]) => ({ value, text: written(value, choices, style) }));

function written(value: JsonValue, choices: readonly number[], style: number): string {
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
    /^[A-Za-z]\w*$/.test(name) && chance(50) ? name : text(name);
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
