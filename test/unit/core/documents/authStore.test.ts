import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  type AuthStore,
  credentialProblems,
  mergeStores,
  parseAuthStore,
  type StoreParse,
} from '../../../../src/core/documents/authStore.ts';

interface LoadVector {
  readonly agent: string;
  readonly files: Readonly<Record<string, unknown>>;
  readonly effective: Readonly<Record<string, unknown>>;
}

type Whole = Extract<StoreParse, { kind: 'whole' }>;

function whole(text: string): Whole {
  const parse = parseAuthStore(text);
  assert.equal(parse.kind, 'whole');
  return parse as Whole;
}

function storeOf(parts: Readonly<Record<string, unknown>>): Whole {
  return whole(JSON.stringify({ version: 1, profiles: {}, ...parts }));
}

/** The store as the vectors write it; usage stats of theirs hold only fields that we know. */
function asCli(store: AuthStore): Record<string, unknown> {
  return {
    profiles: Object.fromEntries([...store.profiles].map(([id, { raw }]) => [id, raw])),
    order: Object.fromEntries(store.order),
    lastGood: Object.fromEntries(store.lastGood),
    usageStats: Object.fromEntries(store.usageStats),
  };
}

describe('the auth store, as CoderClaw reads it', () => {
  const vectors = JSON.parse(readFileSync('test/vectors/load.json', 'utf8')) as LoadVector[];
  const kinds: string[] = [];

  vectors.forEach((vector, index) => {
    const main = vector.files['agents/main/agent/auth-profiles.json'];
    const own = vector.files[`agents/${vector.agent}/agent/auth-profiles.json`];
    if (main === undefined) return; // A legacy import: not a matter of this file alone.
    it(`load ${index}: agent ${vector.agent}`, () => {
      const { version, ...parts } = vector.effective;
      const expected = { profiles: {}, order: {}, lastGood: {}, usageStats: {}, ...parts };
      const read = parseAuthStore(JSON.stringify(main));
      kinds.push(read.kind);
      if (read.kind === 'unknownVersion') {
        assert.equal(read.version, String(version));
        return;
      }
      if (read.kind === 'torn') {
        assert.deepEqual(expected.profiles, {}, 'the CLI sees nothing in it either');
        return;
      }
      assert.equal(version, 1);
      assert.deepEqual(read.document, main, 'the document is what stands in the file');
      const inherits = vector.agent !== 'main' && own !== undefined;
      const effective = inherits
        ? mergeStores(read.store, whole(JSON.stringify(own)).store)
        : read.store;
      assert.deepEqual(asCli(effective), expected);
      assert.deepEqual([...effective.profiles.keys()], Object.keys(expected.profiles));
    });
  });

  it('compared every kind of store', () => {
    const count = (kind: string): number => kinds.filter((each) => each === kind).length;
    assert.deepEqual([count('whole'), count('torn'), count('unknownVersion')], [13, 4, 1]);
  });
});

describe('parseAuthStore', function () {
  this.timeout(10_000);

  it('takes a missing version, null and a text that reads as 1 for version 1', () => {
    for (const version of [1, '1', ' 1.0 ', null, undefined]) {
      const parse = parseAuthStore(JSON.stringify({ version, profiles: {} }));
      assert.equal(parse.kind, 'whole', JSON.stringify(version));
    }
  });

  it('refuses any other version and says which', () => {
    const shown = [2, 0, '2', true, [1], {}, 1.5, 'one', ''].map((version) => {
      const parse = parseAuthStore(JSON.stringify({ version, profiles: {} }));
      return parse.kind === 'unknownVersion' ? parse.version : parse.kind;
    });
    assert.deepEqual(shown, ['2', '0', '"2"', 'true', 'a list', 'an object', '1.5', '"one"', '""']);
  });

  it('I8: calls torn what is not one whole object with profiles, and quotes nothing of it', () => {
    const secret = 'sk-canary-0123456789';
    const texts = [
      '',
      ' \n',
      '\uFEFF{"version":1,"profiles":{}}',
      `{"profiles":{"a":"${secret}`,
      `{"profiles":{}} "${secret}"`,
      `"${secret}"`,
      `["${secret}"]`,
      'null',
      '1',
      '{}',
      '{"version":1}',
      '{"version":1,"profiles":[]}',
      '{"version":1,"profiles":null}',
      '\0\0\0\0',
      '{"version":1,"profiles":{}}\0\0',
      `{"profiles":{},${secret}:1}`,
      "{'profiles':{}}",
      '{"profiles":{},}',
    ];
    for (const text of texts) {
      const parse = parseAuthStore(text);
      assert.equal(parse.kind, 'torn', JSON.stringify(text));
      assert.ok(!JSON.stringify(parse).includes('canary'), JSON.stringify(parse));
    }
  });

  it('never takes a beginning of a store for a store', () => {
    const text = `${JSON.stringify({ version: 1, profiles: { 'a:b': { type: 'api_key', provider: 'a', key: 'é€' } }, order: { a: ['a:b'] } }, null, 2)}\n`;
    for (let end = 0; end < text.length - 2; end += 1) {
      assert.equal(parseAuthStore(text.slice(0, end)).kind, 'torn', `${end} characters`);
    }
    const bytes = Buffer.from(text);
    for (let end = 0; end < bytes.length - 2; end += 1) {
      assert.equal(parseAuthStore(bytes.subarray(0, end).toString()).kind, 'torn', `${end} bytes`);
    }
    assert.equal(parseAuthStore(text).kind, 'whole');
  });

  it('refuses nesting that could not be written again, at any depth', () => {
    const deep = (levels: number): string =>
      `{"profiles":{},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    assert.equal(parseAuthStore(deep(50)).kind, 'whole');
    for (const levels of [150, 10_000, 1_000_000]) {
      const parse = parseAuthStore(deep(levels));
      assert.equal(parse.kind, 'torn');
    }
    const objects = `{"profiles":{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}`;
    assert.equal(parseAuthStore(objects).kind, 'torn');
  });

  it('keeps ordinary what other programs trip over: names of Object.prototype', () => {
    const text =
      '{"__proto__":{"type":"oauth"},"profiles":{"__proto__":{"type":"api_key","provider":"constructor","key":"k"},"toString":{"type":"token","provider":"__proto__","token":"t"},"hasOwnProperty":{}},"order":{"__proto__":["__proto__"],"constructor":["toString"]},"usageStats":{"__proto__":{"errorCount":2}}}';
    const { store, problems } = whole(text);
    assert.deepEqual([...store.profiles.keys()], ['__proto__', 'toString']);
    assert.deepEqual(
      [...store.order],
      [
        ['__proto__', ['__proto__']],
        ['constructor', ['toString']],
      ],
    );
    assert.deepEqual([...store.usageStats], [['__proto__', { errorCount: 2 }]]);
    assert.deepEqual(problems, ['profile hasOwnProperty: unknown type; CoderClaw drops it']);
    assert.equal(({} as { type?: string }).type, undefined);
  });

  it('drops what CoderClaw drops, names it, and leaves it in the document', () => {
    const profiles = {
      'x:bad': { type: 'weird', provider: 'x' },
      'y:noprov': { type: 'token', token: 't' },
      'y:blank': { type: 'token', provider: '', token: 't' },
      'y:number': { type: 'token', provider: 3, token: 't' },
      'z:null': null,
      'z:list': [],
      'ok:ok': { type: 'api_key', provider: ' ok ', key: 'k', unknownField: { deep: [1] } },
    };
    const { store, problems, document } = storeOf({ profiles });
    assert.deepEqual([...store.profiles.keys()], ['ok:ok']);
    assert.equal(store.profiles.get('ok:ok')?.provider, ' ok ');
    assert.deepEqual(store.profiles.get('ok:ok')?.raw, profiles['ok:ok']);
    assert.deepEqual(document, { version: 1, profiles });
    assert.deepEqual(problems, [
      'profile x:bad: unknown type; CoderClaw drops it',
      'profile y:noprov: no provider; CoderClaw drops it',
      'profile y:blank: no provider; CoderClaw drops it',
      'profile y:number: no provider; CoderClaw drops it',
      'profile z:null: not an object; CoderClaw drops it',
      'profile z:list: not an object; CoderClaw drops it',
    ]);
  });

  it('takes a field of the wrong type for absent, and says so without its value', () => {
    const { store, problems } = whole(
      `{"profiles":{
        "a:o":{"type":"oauth","provider":"a","access":["canary"],"refresh":{"x":"canary"},"expires":"canary","accountId":7,"email":null},
        "a:t":{"type":"token","provider":"a","token":false,"expires":1e999},
        "a:k":{"type":"api_key","provider":"a","key":12345}}}`,
    );
    const kept = [...store.profiles.values()].map(({ raw, ...known }) => known);
    assert.deepEqual(kept, [
      { type: 'oauth', provider: 'a' },
      { type: 'token', provider: 'a' },
      { type: 'api_key', provider: 'a' },
    ]);
    assert.equal(problems.length, 8);
    assert.ok(!problems.join().includes('canary') && !problems.join().includes('12345'));
  });

  it('keeps every finite expiry, also 0 and negative, and notices one in seconds', () => {
    const expiries = [0, -5, 1, 1_795_000_000_000, 1_795_000_000, 1e9, 1e11];
    const profiles = Object.fromEntries(
      expiries.map((expires, i) => [
        `a:${i}`,
        { type: 'token', provider: 'a', token: 't', expires },
      ]),
    );
    const { store, problems } = storeOf({ profiles });
    const read = [...store.profiles.values()].map((c) => (c.type === 'token' ? c.expires : null));
    assert.deepEqual(read, expiries);
    assert.deepEqual(problems, [
      'profile a:4: expires looks like seconds; CoderClaw reads it as milliseconds',
    ]);
    const inSeconds = store.profiles.get('a:4');
    assert.ok(inSeconds && credentialProblems(inSeconds).length === 1);
  });

  it('cleans orders: trims, drops blanks, drops empty and non-lists, keeps repeats', () => {
    const { store, problems } = storeOf({
      order: { a: [' x ', 'y', 'x', '', 3, null], b: [], c: 'no', d: ['  '], E: ['e'] },
    });
    assert.deepEqual(
      [...store.order],
      [
        ['a', ['x', 'y', 'x']],
        ['E', ['e']],
      ],
    );
    assert.deepEqual(problems, [
      'order of a: entries that name no profile',
      'order of c: not a list; CoderClaw drops it',
      'order of d: entries that name no profile',
    ]);
  });

  it('takes a part of the wrong type for absent', () => {
    const { store, problems } = storeOf({
      order: ['a'],
      lastGood: { a: 'a:b', c: 3 },
      usageStats: { a: null, b: { lastUsed: 'x', errorCount: 2, disabledReason: 4, more: 1 } },
    });
    assert.equal(store.order.size, 0);
    assert.deepEqual([...store.lastGood], [['a', 'a:b']]);
    assert.deepEqual([...store.usageStats], [['b', { errorCount: 2 }]]);
    assert.deepEqual(problems, [
      'order is not an object',
      'lastGood of c: not a text',
      'usageStats of a: not an object',
      'usageStats of b: lastUsed is not a number',
      'usageStats of b: disabledReason is not a text',
    ]);
  });

  it('names profiles in problems without control characters and not at length', () => {
    const id = `evil\u001b[31m\u202e\r\n${'x'.repeat(500)}`;
    const { problems } = storeOf({ profiles: { [id]: null } });
    assert.match(problems.join(), /^profile evil\[31mx+…: not an object; CoderClaw drops it$/);
    assert.ok(problems.join().length < 130);
  });

  it('lists a hundred problems and counts the rest', () => {
    const profiles = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`a:${i}`, null]));
    const { problems } = storeOf({ profiles });
    assert.equal(problems.length, 101);
    assert.equal(problems.at(-1), 'and 150 more');
  });
});

describe('mergeStores', () => {
  it('lays the own store over the main one, entry by entry, main first', () => {
    const profile = (key: string) => ({ type: 'api_key', provider: 'a', key });
    const main = storeOf({
      profiles: { 'a:1': profile('m1'), 'a:2': profile('m2') },
      order: { a: ['a:1', 'a:2'] },
      lastGood: { a: 'a:1', b: 'b:1' },
      usageStats: { 'a:1': { errorCount: 1, lastUsed: 5 } },
    }).store;
    const own = storeOf({
      profiles: { 'a:3': profile('o3'), 'a:1': profile('o1') },
      order: { a: ['a:3'] },
      lastGood: { a: 'a:3' },
      usageStats: { 'a:1': { errorCount: 2 } },
    }).store;
    assert.deepEqual(asCli(mergeStores(main, own)), {
      profiles: { 'a:1': profile('o1'), 'a:2': profile('m2'), 'a:3': profile('o3') },
      order: { a: ['a:3'] },
      lastGood: { a: 'a:3', b: 'b:1' },
      usageStats: { 'a:1': { errorCount: 2 } },
    });
    assert.deepEqual([...mergeStores(main, own).profiles.keys()], ['a:1', 'a:2', 'a:3']);
    assert.equal(main.profiles.size, 2, 'neither store is changed');
  });
});
