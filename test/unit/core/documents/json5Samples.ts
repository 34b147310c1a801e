import fc from 'fast-check';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { json5Text } from '../../../support/json5Text.ts';

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
  .map(([value, choices, style]) => ({ value, text: json5Text(value, choices, style) }));
