import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splicedBytes, toBytes } from '../../../../src/core/custody/storeText.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import { setOrder } from '../../../../src/core/documents/orderIntents.ts';
import { putEntry, upsertProfile } from '../../../../src/core/documents/storeIntents.ts';

const known = (document: JsonObject) => {
  const bytes = toBytes(document);
  return { bytes, document: JSON.parse(bytes.toString()) as JsonObject };
};
const upserted = (document: JsonObject, id: string, credential: JsonObject): JsonObject =>
  upsertProfile(id, credential).apply(document, '/s');

const ids = fc.constantFrom('p:a', 'p:b', '7', '', '__proto__', 'p:"\n}', 'é');
const credentials = fc.oneof(
  fc.constantFrom<JsonObject>({}, { a: {} }, { a: { b: [] } }),
  fc.dictionary(ids, fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxKeys: 3 }),
) as fc.Arbitrary<JsonObject>;
const parts = fc.dictionary(ids, fc.oneof(credentials, fc.constant('text'), fc.constant(1)), {
  maxKeys: 4,
}) as fc.Arbitrary<JsonObject>;

describe('the bytes of a store in which one profile was replaced', () => {
  it('are those that writing all of it would give, or none', () => {
    let spliced = 0;
    fc.assert(
      fc.property(parts, parts, ids, credentials, (profiles, backup, id, credential) => {
        const before = known({ version: 1, profiles, backup });
        const after = upserted(before.document, id, credential);
        const bytes = splicedBytes(after, before, id);
        if (bytes === undefined) return;
        spliced += 1;
        assert.equal(bytes.toString(), toBytes(after).toString());
      }),
      { numRuns: 2_000 },
    );
    assert.ok(spliced > 50, `only ${spliced}`);
  });

  it('are made where a login is replaced by another of any length', () => {
    const before = known({
      version: 1,
      profiles: { 'p:a': { n: 1 }, 'p:b': { n: 'x' }, 'p:c': {} },
    });
    for (const id of ['p:a', 'p:b', 'p:c']) {
      const after = upserted(before.document, id, {
        long: 'y'.repeat(99),
        deep: { list: [1, {}] },
      });
      assert.deepEqual(splicedBytes(after, before, id), toBytes(after));
    }
  });

  it('are not made where more or something else changed, or its text stands twice', () => {
    const twin = { n: 1 };
    const profiles = { 'p:a': twin, 'p:b': { n: 2 }, 'p:c': 3 };
    const { document, ...bytes } = known({ version: 1, profiles, order: { p: ['p:a'] } });
    const before = { ...bytes, document };
    const changed = upserted(document, 'p:a', { n: 9 });
    for (const after of [
      document,
      upserted(changed, 'p:b', { n: 9 }),
      upserted(document, 'p:b', { n: 9 }),
      upserted(document, 'p:new', { n: 9 }),
      upserted(document, 'p:c', { n: 9 }),
      setOrder('p', ['p:b']).apply(changed, '/s'),
      putEntry(document, ['profiles', 'p:a'], undefined),
      { ...changed, version: 2 },
      { profiles: changed['profiles'] ?? null, version: 1, order: document['order'] ?? null },
      JSON.parse(JSON.stringify(changed)) as JsonObject,
    ]) {
      assert.equal(splicedBytes(after, before, 'p:a'), undefined, JSON.stringify(after));
    }
    const copied = known({ copy: { 'p:a': twin }, version: 1, profiles });
    assert.equal(
      splicedBytes(upserted(copied.document, 'p:a', { n: 9 }), copied, 'p:a'),
      undefined,
    );
  });
});
