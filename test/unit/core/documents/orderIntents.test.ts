import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import {
  appendProfile,
  dropGhosts,
  leaveKeysOut,
  moveFirst,
  moveProfile,
  resetOrder,
  setOrder,
  takeBackFirst,
} from '../../../../src/core/documents/orderIntents.ts';
import type { OrderPlace } from '../../../../src/core/documents/orderMove.ts';
import { entryOf } from '../../../../src/core/documents/storeIntents.ts';
import { isKnown } from '../../../../src/core/errors.ts';

const TOKEN = { type: 'token', provider: 'zai', token: 't' };
const KEY = { type: 'api_key', provider: 'zai', key: 'k' };

describe('order intents', () => {
  it('set and remove an order', () => {
    const document = { profiles: {}, order: { q: ['q:1'] } };
    const set = setOrder('p', ['p:b', 'p:a']).apply(document, 's');
    assert.deepEqual(set, { profiles: {}, order: { q: ['q:1'], p: ['p:b', 'p:a'] } });
    assert.deepEqual(setOrder('p', []).apply(set, 's'), document);
    assert.equal(setOrder('p', []).apply(document, 's'), document);
  });

  describe('move a profile to the front', () => {
    const profiles = { 'z:a': TOKEN, 'z:b': TOKEN };
    const moved = (order: JsonObject) => {
      const intent = moveFirst('zai', 'z:a', ['z:b', 'z:a']);
      const after = intent.apply({ profiles, order }, 's');
      const [first] = entryOf(after, ...intent.entry) as readonly JsonValue[];
      assert.equal(first, 'z:a', 'the entry that tells whether it stands');
      assert.deepEqual(intent.apply(after, 's'), after);
      return after['order'];
    };

    it('of the list that is there, in whatever spelling, and keep the rest', () => {
      assert.deepEqual(moved({ 'Z.AI': ['z:new', ' z:a ', 7, 'z:b', 'z:a'], q: ['q:1'] }), {
        'Z.AI': ['z:a', 'z:new', 7, 'z:b'],
        q: ['q:1'],
      });
      assert.deepEqual(moved({ zai: ['z:b'] }), { zai: ['z:a', 'z:b'] });
    });

    it('of the order that was shown, where the store has none', () => {
      assert.deepEqual(moved({ q: ['q:1'] }), { q: ['q:1'], zai: ['z:a', 'z:b'] });
      // CoderClaw takes these for no list.
      assert.deepEqual(moved({ 'z.ai': [' '], zai: 'z:b' }), {
        'z.ai': [' '],
        zai: ['z:a', 'z:b'],
      });
    });

    it('unless it has gone', () => {
      assert.throws(
        () => moveFirst('zai', 'z:c', []).apply({ profiles }, 's'),
        (error) => isKnown(error, 'profile.gone'),
      );
    });
  });

  describe('move a profile', () => {
    const profiles = { 'z:a': TOKEN, 'z:b': TOKEN, 'z:c': TOKEN };
    const shown = ['z:a', 'z:b', 'z:c'];
    const moved = (list: JsonValue | undefined, id: string, to: OrderPlace): unknown => {
      const document = { profiles, ...(list !== undefined && { order: { zai: list } }) };
      const intent = moveProfile('zai', id, to, shown);
      return entryOf(intent.apply(document, 's'), ...intent.entry);
    };

    it('beside another, to the end and to the start', () => {
      assert.deepEqual(moved(shown, 'z:c', { before: 'z:b' }), ['z:a', 'z:c', 'z:b']);
      assert.deepEqual(moved(shown, 'z:a', { after: 'z:b' }), ['z:b', 'z:a', 'z:c']);
      assert.deepEqual(moved(shown, 'z:a', { before: undefined }), ['z:b', 'z:c', 'z:a']);
      assert.deepEqual(moved(shown, 'z:c', { after: undefined }), ['z:c', 'z:a', 'z:b']);
      assert.deepEqual(moved(shown, 'z:b', { before: 'z:b' }), shown);
    });

    it('of the order that was shown, where there is none', () => {
      assert.deepEqual(moved(undefined, 'z:c', { before: 'z:b' }), ['z:a', 'z:c', 'z:b']);
    });

    it('and leave what nobody knows where it stands', () => {
      assert.deepEqual(moved(['z:a', 'z:gone', 7, 'z:b', 'z:c'], 'z:c', { before: 'z:b' }), [
        ...['z:a', 'z:gone', 7, 'z:c', 'z:b'],
      ]);
      assert.deepEqual(moved(['z:a', ' z:c ', 'z:b', 'z:c'], 'z:c', { after: 'z:b' }), [
        ...['z:a', 'z:b', 'z:c'],
      ]);
    });

    it('beside whoever was seen next, where the neighbour has gone', () => {
      assert.deepEqual(moved(['z:c', 'z:x'], 'z:a', { before: 'z:b' }), ['z:a', 'z:c', 'z:x']);
      assert.deepEqual(moved(['z:x', 'z:a'], 'z:c', { after: 'z:b' }), ['z:x', 'z:a', 'z:c']);
      assert.deepEqual(moved(['z:x', 'z:a'], 'z:a', { before: 'z:b' }), ['z:x', 'z:a']);
      assert.deepEqual(moved(['z:x', 'z:c'], 'z:c', { after: 'z:b' }), ['z:c', 'z:x']);
    });

    it('that an agent inherits, and take the list that it has in force', () => {
      const main = { profiles, order: { 'Z.AI': ['z:b', 'z:ghost', 'z:a'] } };
      const own = { profiles: {}, order: { zai: ['z:c'] } };
      const intent = moveProfile('zai', 'z:a', { before: 'z:b' }, shown, main);
      const order = { zai: ['z:c'], 'Z.AI': ['z:a', 'z:b', 'z:ghost'] };
      assert.deepEqual(intent.apply(own, 's'), { profiles: {}, order });
      assert.throws(
        () => moveProfile('zai', 'z:a', { before: 'z:b' }, shown).apply(own, 's'),
        (error) => isKnown(error, 'profile.gone'),
      );
    });

    it('each id stands once, and the last mover has its wish, whoever moved meanwhile', () => {
      const ids = ['z:a', 'z:b', 'z:c', 'z:d', 'z:e'];
      const id = fc.constantFrom(...ids);
      const all = Object.fromEntries(ids.map((one) => [one, TOKEN]));
      const place = fc.option(id, { nil: undefined });
      const move = fc.record({
        who: fc.constantFrom(0, 1),
        what: id,
        to: fc.oneof(
          place.map((before) => ({ before })),
          place.map((after) => ({ after })),
        ),
        looks: fc.boolean(),
      });
      const start = fc.option(fc.shuffledSubarray([...ids, 'z:ghost']), { nil: undefined });
      fc.assert(
        fc.property(start, fc.array(move, { maxLength: 12 }), (list, moves) => {
          let document: JsonObject = { profiles: all, ...(list && { order: { zai: list } }) };
          const now = () => (entryOf(document, 'order', 'zai') ?? ids) as readonly string[];
          const ghosts = now().filter((one) => one === 'z:ghost').length;
          const seen = [now(), now()];
          for (const { who, what, to, looks } of moves) {
            const before = now();
            const shownNow = seen[who] ?? [];
            document = moveProfile('zai', what, to, shownNow).apply(document, 's');
            const after = now();
            assert.equal(new Set(after).size, after.length, 'nobody stands there twice');
            const others = (of: readonly string[]) => of.filter((one) => one !== what);
            assert.deepEqual(others(after), others(before), 'all others as they stood');
            assert.equal(after.filter((one) => one === 'z:ghost').length, ghosts);
            const at = after.indexOf(what);
            assert.notEqual(at, -1);
            if ('before' in to) {
              if (to.before === undefined) assert.equal(at, after.length - 1);
              else if (to.before !== what && before.includes(to.before)) {
                assert.equal(after[at + 1], to.before);
              }
            } else if (to.after === undefined) assert.equal(at, 0);
            else if (to.after !== what && before.includes(to.after)) {
              assert.equal(after[at - 1], to.after);
            }
            if (looks) seen[who] = after;
          }
        }),
        { numRuns: 1_000 },
      );
    });

    it('two people who move different ones at the same time both have their wish', () => {
      const document = { profiles, order: { zai: shown } };
      const one = moveProfile('zai', 'z:c', { before: 'z:b' }, shown);
      const two = moveProfile('zai', 'z:a', { before: undefined }, shown);
      const inForce = (first: typeof one, second: typeof one) =>
        entryOf(second.apply(first.apply(document, 's'), 's'), 'order', 'zai');
      assert.deepEqual(inForce(one, two), ['z:c', 'z:b', 'z:a']);
      assert.deepEqual(inForce(two, one), ['z:c', 'z:b', 'z:a']);
    });
  });

  it('put a profile last in the order that hides it, once, and make no order for that', () => {
    const profiles = { 'z:a': TOKEN, 'z:b': TOKEN };
    const appended = (document: JsonObject, main?: JsonObject) =>
      appendProfile('zai', 'z:b', main).apply(document, 's')['order'];
    const order = { 'Z.AI': ['z:a', 7] };
    assert.deepEqual(appended({ profiles, order }), { 'Z.AI': ['z:a', 7, 'z:b'] });
    assert.deepEqual(appended({ profiles, order: { zai: ['z:b', 'z:a'] } }), {
      zai: ['z:b', 'z:a'],
    });
    assert.equal(appended({ profiles }), undefined);
    assert.deepEqual(appended({ profiles: {} }, { profiles, order }), {
      'Z.AI': ['z:a', 7, 'z:b'],
    });
    assert.throws(
      () => appended({ profiles: {} }),
      (error) => isKnown(error, 'profile.gone'),
    );
  });

  it('take the paid keys out of an order, unless nothing else is left', () => {
    const profiles = { 'z:key': KEY, 'z:a': TOKEN, 'q:key': { ...KEY, provider: 'q' } };
    const without = (document: JsonObject, shown: readonly string[], main?: JsonObject) =>
      leaveKeysOut('zai', shown, main).apply(document, 's')['order'];
    assert.deepEqual(without({ profiles }, ['z:a', 'z:key']), { zai: ['z:a'] });
    const order = { 'Z.AI': ['z:key', 'z:ghost', 'q:key', 'z:a'] };
    assert.deepEqual(without({ profiles, order }, []), { 'Z.AI': ['z:ghost', 'q:key', 'z:a'] });
    assert.deepEqual(
      without({ profiles: { 'z:a': KEY, 'z:b': TOKEN } }, ['z:b', 'z:a', 'z:key'], { profiles }),
      {
        zai: ['z:b'],
      },
    );
    for (const shown of [['z:key'], ['z:key', 'z:ghost'], ['z:key', 'q:key'], []]) {
      assert.throws(
        () => without({ profiles }, shown),
        (error) => isKnown(error, 'order.onlyKeys'),
      );
    }
  });

  describe('take back that a profile was put first', () => {
    const profiles = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [`z:${id}`, TOKEN]));
    const orderOf = (document: JsonObject) => document['order'] ?? {};

    it('leaves it as it was, whoever had the order', () => {
      const ids = fc.shuffledSubarray(Object.keys(profiles), { minLength: 1 });
      const lists = fc.record({ own: fc.option(ids), main: fc.option(ids), unlisted: ids });
      fc.assert(
        fc.property(lists, fc.constantFrom(...Object.keys(profiles)), (lists, profileId) => {
          const { own, main, unlisted } = lists;
          const inherited = { profiles, order: main === null ? {} : { 'Z.AI': main } };
          const key = main === null ? 'zai' : 'Z.AI';
          const order = own === null ? {} : { [key]: own };
          const shown = own ?? main ?? unlisted;
          fc.pre(shown[0] !== profileId);
          const first = moveFirst('zai', profileId, shown, inherited);
          const before = { shown, isOwn: own !== null };
          const back = takeBackFirst('zai', profileId, before, inherited);
          const after = back.apply(first.apply({ profiles, order }, 's'), 's');
          assert.deepEqual(orderOf(after), order);
          assert.deepEqual(back.apply(after, 's'), after);
        }),
      );
    });

    const orderAfter = (order: JsonObject, isOwn = false) => {
      const intent = takeBackFirst('zai', 'z:b', { shown: ['z:a', 'z:b', 'z:c'], isOwn });
      return orderOf(intent.apply({ profiles, order }, 's'));
    };

    it('keeps what others have done to the order since', () => {
      assert.deepEqual(orderAfter({ zai: ['z:b', 'z:c', 'z:a'] }), { zai: ['z:c', 'z:a', 'z:b'] });
      assert.deepEqual(orderAfter({ zai: ['z:b', 'z:a', 'z:c', 'z:d'] }, true), {
        zai: ['z:a', 'z:b', 'z:c', 'z:d'],
      });
    });

    it('changes nothing where it is first no more, or the list has gone', () => {
      for (const order of [{ zai: ['z:d', 'z:b', 'z:a'] }, { q: ['q:1'] }, { zai: 'odd' }]) {
        assert.deepEqual(orderAfter(order), order);
      }
      const inherited = { order: { zai: ['z:b', 'z:a'] } };
      const none = { profiles };
      const intent = takeBackFirst(
        'zai',
        'z:b',
        { shown: ['z:a', 'z:b'], isOwn: false },
        inherited,
      );
      assert.equal(intent.apply(none, 's'), none);
    });
  });

  it('take out what names nothing, whatever is asked for, and leave all else as it stands', () => {
    const stored = ['p:a', 'p:b'];
    const ids = [...stored, 'p:gone', 'q:x', ' p:gone '];
    const entry = fc.oneof(
      fc.constantFrom<JsonValue>(...ids),
      fc.constantFrom<JsonValue>(7, '', null),
    );
    const document = (p: readonly JsonValue[]): JsonObject => ({
      version: 1,
      profiles: {
        'p:a': { type: 'api_key', provider: 'P' },
        'q:x': { type: 'api_key', provider: 'q' },
        'p:gone': { provider: 'p' },
      },
      order: { p, q: ['p:gone'] },
      more: 1,
    });
    const main: JsonObject = { profiles: { 'p:b': { type: 'oauth', provider: 'p' } } };
    fc.assert(
      fc.property(fc.array(entry), fc.subarray(['p:a', 'p:b', 'p:gone', 'q:x']), (list, asked) => {
        const before = document(list);
        const after = dropGhosts('p', asked, [main]).apply(before, '/s');
        const isGhost = (one: JsonValue): boolean =>
          typeof one === 'string' && asked.includes(one.trim()) && !stored.includes(one.trim());
        const left = list.filter((one) => !isGhost(one));
        const namesAny = left.some((one) => typeof one === 'string' && one.trim() !== '');
        const isEqual = left.length === list.length;
        const { p: _, ...others } = before['order'] as JsonObject;
        const order = namesAny || isEqual ? { ...others, p: left } : others;
        assert.deepEqual(after, { ...before, order });
      }),
    );
  });

  it('reset an order in every spelling', () => {
    const order = { 'Z.AI': ['z:a'], q: ['q:1'], zai: 'odd', ' zai ': [] };
    const intent = resetOrder('zai');
    assert.deepEqual(intent.apply({ profiles: {}, order }, 's'), {
      profiles: {},
      order: { q: ['q:1'] },
    });
    assert.deepEqual(intent.entry, ['order', 'Z.AI']);
    const none = { profiles: {} };
    assert.equal(intent.apply(none, 's'), none);
  });
});
