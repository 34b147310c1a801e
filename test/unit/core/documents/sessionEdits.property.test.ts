import assert from 'node:assert/strict';
import fc from 'fast-check';
import { membersOf, withMembers } from '../../../../src/core/documents/jsonMembers.ts';
import { pinSession, unpinSessions } from '../../../../src/core/documents/sessionEdits.ts';
import { objects, strings, values, type WrittenObject } from './jsonTexts.ts';

const NOW = 1_795_000_000_000;
const PIN = [
  'authProfileOverride',
  'authProfileOverrideSource',
  'authProfileOverrideCompactionCount',
];
/** Keys that an edit may touch, one of them in another spelling. */
const touched = [...PIN, 'updatedAt', '\\u0061uthProfileOverride'].map((key) => `"${key}"`);
const fieldValues = fc.oneof(fc.constantFrom('"p:a"', '"user"', '"auto"', '0', '1'), values);
const entries = objects(fc.oneof(fc.constantFrom(...touched), strings), fieldValues);
/** So few that keys stand twice. */
const sessionKeys = fc.constantFrom('"a"', '"b"', '"\\u0061"', '"c:d"');

/** A list, and its entries by the place where their texts begin. */
const lists = fc
  .array(fc.oneof({ weight: 5, arbitrary: entries }, values), { maxLength: 4 })
  .chain((all) => {
    const texts = all.map((one) => (typeof one === 'string' ? one : one.text));
    const known = new Map(all.flatMap((one) => (typeof one === 'string' ? [] : [[one.text, one]])));
    const ofValues = texts.length === 0 ? values : fc.constantFrom(...texts);
    return fc.tuple(
      objects(sessionKeys, ofValues),
      fc.constant(known as Map<string, WrittenObject>),
    );
  });

/** That `after` is `before` but for the entry that counts for a key, and in that but for what edits touch. */
function assertRestIsAsWritten(
  [before, known]: readonly [WrittenObject, ReadonlyMap<string, WrittenObject>],
  key: string,
  after: string,
): Record<string, unknown> {
  const member = before.members.findLast((one) => one.key === key);
  assert.ok(member);
  const entryEnd = member.valueStart + member.value.length;
  const rest = before.text.slice(entryEnd);
  assert.equal(after.slice(0, member.valueStart), before.text.slice(0, member.valueStart));
  assert.ok(after.endsWith(rest));

  const entry = after.slice(member.valueStart, after.length - rest.length);
  let at = 0;
  for (const { raw, key: field } of known.get(member.value)?.members ?? []) {
    if (PIN.includes(field) || field === 'updatedAt') continue;
    assert.notEqual(entry.indexOf(raw, at), -1, raw);
    at = entry.indexOf(raw, at) + raw.length;
  }
  const [fields, fieldsBefore] = [JSON.parse(entry), JSON.parse(member.value)];
  for (const field of [...PIN, 'updatedAt']) delete fieldsBefore[field];
  const { updatedAt: _, ...kept } = fields;
  for (const field of PIN) delete kept[field];
  assert.deepEqual(kept, fieldsBefore);
  return fields;
}

const isObject = (text: string | undefined): text is string => text?.startsWith('{') ?? false;

describe('edits of sessions.json, whatever stands in it', () => {
  it('change the pin and time of one session, and no other byte', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom('a', 'b', 'c:d'), (list, key) => {
        const [{ text, members }] = list;
        const value = members.findLast((one) => one.key === key)?.value;
        const was = isObject(value) ? JSON.parse(value) : undefined;

        const pinned = pinSession(text, key, 'p:new', NOW);
        assert.equal(pinned === undefined, was === undefined);
        if (pinned === undefined) return;
        const fields = assertRestIsAsWritten(list, key, pinned);
        assert.deepEqual(
          PIN.map((field) => fields[field]),
          ['p:new', 'user', undefined],
        );
        // Nobody reads back a number that JSON has no room for.
        const isAhead = typeof was.updatedAt === 'number' && was.updatedAt > NOW;
        assert.equal(fields['updatedAt'], isAhead ? was.updatedAt : NOW);
        assert.equal(pinSession(pinned, key, 'p:new', NOW + 1), undefined);
      }),
    );
  });

  it('take all of a pin off, of several sessions as of one after the other', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const [{ text, members }] = list;
        const keys = ['a', 'b', 'c:d', 'gone'];
        const after = unpinSessions(text, keys, NOW);
        const oneByOne = keys.reduce((now, key) => unpinSessions(now, [key], NOW) ?? now, text);
        assert.equal(after ?? text, oneByOne);
        for (const key of keys) {
          const value = members.findLast((one) => one.key === key)?.value;
          if (!isObject(value)) continue;
          const alone = unpinSessions(text, [key], NOW);
          const hadPin = PIN.some((field) => JSON.parse(value)[field] !== undefined);
          assert.equal(alone !== undefined, hadPin);
          if (alone === undefined) continue;
          const fields = assertRestIsAsWritten(list, key, alone);
          for (const field of PIN) assert.equal(fields[field], undefined);
        }
      }),
    );
  });
});

describe('members of a JSON object', () => {
  it('are found where they stand', () => {
    fc.assert(
      fc.property(objects(strings, values), ({ text, members }) => {
        const found = membersOf(text).map(({ key, start, valueStart, end }) => ({
          key,
          raw: text.slice(start, end),
          valueStart,
          value: text.slice(valueStart, end),
        }));
        assert.deepEqual(found, members);
        assert.equal(withMembers(text, new Map()), text);
      }),
    );
  });

  it('are set and taken away as Map would have it', () => {
    const keys = fc.constantFrom('"a"', '"b"', '"c"');
    const changes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'd'), fc.option(values)));
    fc.assert(
      fc.property(objects(keys, values), changes, ({ text }, all) => {
        const wanted = new Map(all.map(([key, value]) => [key, value ?? undefined]));
        const expected = new Map(Object.entries(JSON.parse(text)));
        for (const [key, value] of wanted) {
          if (value === undefined) expected.delete(key);
          else expected.set(key, JSON.parse(value));
        }
        const after = JSON.parse(withMembers(text, wanted));
        assert.deepEqual(after, Object.fromEntries(expected));
      }),
    );
  });

  it('stand as those before them do', () => {
    const x = new Map([['x', '1']]);
    assert.equal(
      withMembers('{\n  "a": 1,\n  "b": 2\n}', x),
      '{\n  "a": 1,\n  "b": 2,\n  "x": 1\n}',
    );
    assert.equal(withMembers('{\n  "a": 1\n}', x), '{\n  "a": 1,\n  "x": 1\n}');
    assert.equal(withMembers('{"a":1}', x), '{"a":1,"x":1}');
    assert.equal(withMembers('{}', x), '{"x":1}');
    const noA = new Map([['a', undefined]]);
    assert.equal(withMembers('{\n  "a": 1,\n  "b": 2\n}', noA), '{\n  "b": 2\n}');
    assert.equal(withMembers('{\n  "b": 2,\n  "a": 1\n}', noA), '{\n  "b": 2\n}');
    assert.equal(withMembers('{\n  "a": 1\n}', noA), '{}');
  });

  it('are not looked for for ever in what is no JSON', () => {
    for (const text of ['', '{', '{"a', '{"a"', '{"a":', '{"a": [1', '{"a": 1', '{"a": "\\']) {
      assert.throws(() => membersOf(text), Error, text);
    }
  });
});
