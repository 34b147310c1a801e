import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  type Credential,
  looksLikeSeconds,
  parseAuthStore,
  type UsageStats,
} from '../../../../src/core/documents/authStore.ts';
import { isJsonObject, type JsonObject } from '../../../../src/core/documents/json.ts';
import { effectiveOrder } from '../../../../src/core/model/order.ts';
import { complaints, namedProperties, readSchema, within } from '../../../support/schemas.ts';

const schema = readSchema('auth-profiles');
const complaintsOf = complaints(schema);
const NO_CONFIG = { authProfiles: new Map(), authOrder: new Map() };

/** Whether our reader takes everything in a store as it is meant, and CoderClaw can use every profile. */
function isFlawless(document: JsonObject): boolean {
  const parse = parseAuthStore(JSON.stringify(document));
  if (parse.kind !== 'whole' || parse.problems.length > 0) return false;
  const { store } = parse;
  return [...store.profiles].every(([id, { provider }]) => {
    const alone = {
      ...store,
      profiles: new Map([...store.profiles].filter(([one]) => one === id)),
    };
    const order = effectiveOrder({ provider, store: alone, config: NO_CONFIG, now: 0 });
    return order.leftOut.get(id) !== 'noSecret';
  });
}

/** Every store in a vector, wherever it stands in it. */
function* storesIn(value: unknown): Generator<JsonObject> {
  if (Array.isArray(value)) for (const item of value) yield* storesIn(item);
  else if (isJsonObject(value as JsonObject)) {
    const object = value as JsonObject;
    const isStore =
      isJsonObject(object['profiles'] ?? null) && ('version' in object || 'order' in object);
    if (isStore) yield object;
    for (const part of Object.values(object)) yield* storesIn(part);
  }
}

const vector = (name: string): readonly JsonObject[] =>
  JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8'));

const odd = fc.constantFrom(null, 5, -5, '', ' ', 'x', [], {}, true, 1_795_000_000, 1.795e12);
const text = fc.oneof({ weight: 15, arbitrary: fc.constantFrom('x', 'y ') }, odd);
const time = fc.oneof({ weight: 15, arbitrary: fc.constantFrom(0, -5, 1.795e12) }, odd);
const part = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.record(members, { requiredKeys: [], noNullPrototype: true }) },
    odd,
  );
const profile = part({
  type: fc.constantFrom<unknown>('oauth', 'oauth', 'token', 'token', 'api_key', 'weird'),
  provider: text,
  ...Object.fromEntries(['access', 'refresh', 'token', 'key'].map((field) => [field, text])),
  ...Object.fromEntries(['email', 'accountId', 'other'].map((field) => [field, text])),
  expires: time,
});
const generatedStore = fc.record(
  {
    profiles: part({ 'zai:a': profile, 'x y:b:c': profile }),
    version: fc.constantFrom<unknown>(1, 1, 1, null, '1', 2, '2'),
    order: part({ zai: fc.oneof(fc.array(text, { maxLength: 2 }), odd) }),
    lastGood: part({ zai: text }),
    usageStats: part({
      'zai:a': part({
        ...Object.fromEntries(
          ['lastUsed', 'cooldownUntil', 'disabledUntil', 'errorCount', 'lastFailureAt'].map(
            (field) => [field, time],
          ),
        ),
        disabledReason: text,
        failureCounts: part({ billing: time }),
        other: text,
      }),
    }),
    other: odd,
  },
  { requiredKeys: ['profiles'], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

describe('the schema of auth-profiles.json', () => {
  it('complains of a store exactly where our reader finds something, or a profile has no secret', () => {
    let flawless = 0;
    fc.assert(
      fc.property(generatedStore, (document) => {
        const found = complaintsOf(document);
        const expected = isFlawless(document);
        if (expected) flawless += 1;
        assert.equal(found.length === 0, expected, JSON.stringify(found));
      }),
      { numRuns: 3000 },
    );
    assert.ok(flawless > 100, `only ${flawless} of the generated stores are flawless`);
  });

  it('says the same of every store of the vectors', () => {
    const verdicts = { flawless: 0, flawed: 0 };
    for (const name of [
      'load',
      'order',
      'health',
      'runtime-cache',
      'session-pick',
      'status-report',
    ]) {
      for (const store of storesIn(vector(name))) {
        const found = complaintsOf(store);
        assert.equal(found.length === 0, isFlawless(store), `${name}: ${JSON.stringify(found)}`);
        verdicts[found.length === 0 ? 'flawless' : 'flawed'] += 1;
      }
    }
    assert.ok(verdicts.flawless > 50 && verdicts.flawed > 50, JSON.stringify(verdicts));
  });

  it('complains of every profile that CoderClaw dropped when it read', () => {
    let dropped = 0;
    for (const { files, effective, agent } of vector('load')) {
      const store = (files as JsonObject)[`agents/${agent}/agent/auth-profiles.json`];
      if (!isJsonObject(store ?? null)) continue;
      const { profiles } = store as JsonObject;
      if (!isJsonObject(profiles ?? null)) {
        assert.notDeepEqual(complaintsOf(store), [], 'a store without profiles');
        continue;
      }
      const kept = Object.keys((effective as JsonObject)['profiles'] as JsonObject);
      const marked = new Set(complaintsOf(store).map(({ instancePath }) => instancePath));
      for (const id of Object.keys(profiles as JsonObject)) {
        if (kept.includes(id)) continue;
        dropped += 1;
        const path = `/profiles/${id}`;
        assert.ok(
          [...marked].some((one) => one === path || one.startsWith(`${path}/`)),
          id,
        );
      }
    }
    assert.ok(dropped > 10, `${dropped}`);
  });

  it('takes the same numbers for seconds', () => {
    for (const expires of [0, 1, 1e9, 1e9 + 1, 1_795_000_000, 1e11 - 1, 1e11, 1.795e12]) {
      const profiles = { 'zai:a': { type: 'token', provider: 'zai', token: 'x', expires } };
      assert.equal(complaintsOf({ profiles }).length > 0, looksLikeSeconds(expires), `${expires}`);
    }
  });

  it('wants ids with the provider in front', () => {
    const of = (id: string) =>
      complaintsOf({ profiles: { [id]: { type: 'api_key', provider: 'zai', key: 'x' } } });
    for (const id of ['zai:a', 'openai-codex:ann@example.com', 'a:b:c']) {
      assert.deepEqual(of(id), [], id);
    }
    for (const id of ['zai', ':a', 'zai:', '']) assert.notDeepEqual(of(id), [], id);
  });

  it('explains every kind of profile and every field that our reader knows', () => {
    const types: Readonly<Record<Credential['type'], true>> = {
      oauth: true,
      token: true,
      api_key: true,
    };
    const stats: Readonly<Record<keyof UsageStats, true>> = {
      lastUsed: true,
      cooldownUntil: true,
      disabledUntil: true,
      disabledReason: true,
      errorCount: true,
      failureCounts: true,
      lastFailureAt: true,
    };
    const { profile: anyProfile, usageStats } = schema.definitions ?? {};
    assert.deepEqual(anyProfile?.properties?.['type']?.enum, Object.keys(types));
    assert.deepEqual(Object.keys(usageStats?.properties ?? {}), Object.keys(stats));
    assert.deepEqual(
      namedProperties(schema)
        .filter(
          ([, { markdownDescription, const: fixed, pattern }]) =>
            // Those in a condition, or beside the place that explains them.
            markdownDescription === undefined && fixed === undefined && pattern === undefined,
        )
        .map(([name]) => name),
      [],
    );
  });

  it('offers no value for a secret, nor the field of one', () => {
    const secrets = namedProperties(schema).filter(([name]) =>
      ['access', 'refresh', 'token', 'key'].includes(name),
    );
    for (const [name, { markdownDescription, doNotSuggest, ...rest }] of secrets) {
      for (const keyword of ['default', 'examples', 'enum', 'const', 'defaultSnippets']) {
        assert.ok(!(keyword in rest), `${name} has ${keyword}`);
      }
      if (markdownDescription === undefined) continue;
      assert.match(markdownDescription, /\*\*a secret\*\*/, name);
      assert.equal(doNotSuggest, true, name);
    }
    assert.ok(secrets.length >= 4);
    const snippets = JSON.stringify(
      [...within(schema)].map((one) => one['defaultSnippets'] ?? null),
    );
    assert.doesNotMatch(snippets, /"(access|refresh|token|key)"/);
  });
});
