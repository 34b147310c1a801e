import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findRewriteLoss } from '../../../../src/core/custody/rewriteLoss.ts';

const lossOf = (text: string) => findRewriteLoss(text, JSON.parse(text));

describe('loss by a rewrite', () => {
  const twice: readonly [string, string][] = [
    ['{"a":1,"a":1}', 'a'],
    ['{"p":{"x":{"a":1}, "x" : 2}}', 'x'],
    ['[{"a":1},{"b":1,"b":2}]', 'b'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a\\"":1,"b":"{\\"","a\\"":2}', 'a"'],
    ['{"v":":","a":1,"a":2}', 'a'],
  ];
  for (const [text, key] of twice) {
    it(`finds the key that stands twice in ${text}`, () => {
      assert.deepEqual(lossOf(text), { kind: 'duplicateKey', key });
    });
  }

  it('finds a number that would become null', () => {
    assert.deepEqual(lossOf('{"a":[1e999]}'), { kind: 'hugeNumber' });
    assert.deepEqual(lossOf(`{"a":${'9'.repeat(400)}}`), { kind: 'hugeNumber' });
  });

  it('finds nothing where nothing is', () => {
    const harmless = [
      'null',
      '{}',
      '{"a":{"a":{"a":1}}}',
      '[{"a":1},{"a":1}]',
      '{"a":"\\":","b":":"}',
    ];
    for (const text of harmless) assert.equal(lossOf(text), undefined);
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        assert.equal(lossOf(JSON.stringify(value, null, indent)), undefined);
      }),
    );
  });

  it('finds any doubled key', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
        const [first] = Object.entries(object);
        const text = JSON.stringify(object);
        const doubled = `{${JSON.stringify(first?.[0])}:0,${text.slice(1)}`;
        assert.deepEqual(lossOf(doubled), { kind: 'duplicateKey', key: first?.[0] });
      }),
    );
  });
});
