// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ValueNode } from '@humanwhocodes/momoa';
import fc from 'fast-check';
import {
  addProfile,
  listAsStored,
  listsProfile,
  type NewConfigProfile,
  removeProfile,
  setModelProvider,
} from '../../../../src/core/documents/configEdits.ts';
import {
  appendToOrder,
  moveInOrder,
  setOrder,
} from '../../../../src/core/documents/configOrderEdits.ts';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { keyOf, parseJson5, plainValue } from '../../../../src/core/documents/json5.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { json5Sample, PROFILE_IDS, profileId, provider } from './json5Samples.ts';

const NEW: NewConfigProfile = {
  profileId: 'anthropic:new',
  provider: 'anthropic',
  mode: 'token',
};

function read(text: string): JsonValue {
  const parse = parseJson5(text);
  if (parse.kind === 'invalid') assert.fail(`${parse.detail} in ${text}`);
  return plainValue(parse.root);
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

describe('addProfile in the config', () => {
  const vectors = JSON.parse(readFileSync('test/vectors/config-add-profile.json', 'utf8')) as {
    before: JsonValue;
    params: NewConfigProfile;
    after: JsonValue;
  }[];
  vectors.forEach(({ before, params, after }, index) => {
    it(`config-add-profile ${index}`, () => {
      for (const text of [JSON.stringify(before), JSON.stringify(before, null, 2)]) {
        assert.deepEqual(read(addProfile(text, params)), after);
      }
    });
  });

  it('makes a config where there is none', () => {
    assert.equal(
      addProfile(undefined, { ...NEW, email: 'a@x.test' }),
      lines(
        '{',
        '  "auth": {',
        '    "profiles": {',
        '      "anthropic:new": {',
        '        "provider": "anthropic",',
        '        "mode": "token",',
        '        "email": "a@x.test"',
        '      }',
        '    }',
        '  }',
        '}',
      ),
    );
  });

  it('leaves alone every byte that it need not touch', () => {
    const before = lines(
      '// my agents',
      '{',
      "  agents: { list: [{ id: 'main' }] }, // one is enough",
      '  auth: {',
      '    profiles: {',
      "      'anthropic:old': { provider: 'anthropic', mode: 'token' }, // the old one",
      '      // more to come',
      '    },',
      '    order: {',
      '      anthropic: [',
      '        // this first',
      "        'anthropic:old',",
      '      ],',
      '    },',
      '  },',
      '}',
    );
    assert.equal(
      addProfile(before, NEW),
      lines(
        '// my agents',
        '{',
        "  agents: { list: [{ id: 'main' }] }, // one is enough",
        '  auth: {',
        '    profiles: {',
        "      'anthropic:old': { provider: 'anthropic', mode: 'token' }, // the old one",
        '      // more to come',
        '      "anthropic:new": {',
        '        "provider": "anthropic",',
        '        "mode": "token"',
        '      },',
        '    },',
        '    order: {',
        '      anthropic: [',
        '        // this first',
        '        "anthropic:new",',
        "        'anthropic:old',",
        '      ],',
        '    },',
        '  },',
        '}',
      ),
    );
  });

  it('goes on with tabs and CRLF where the file has them', () => {
    const before = '{\r\n\t"auth": {}\r\n}\r\n';
    assert.equal(
      addProfile(before, NEW),
      '{\r\n\t"auth": {\r\n\t\t"profiles": {\r\n\t\t\t"anthropic:new": {\r\n\t\t\t\t"provider": "anthropic",\r\n\t\t\t\t"mode": "token"\r\n\t\t\t}\r\n\t\t}\r\n\t}\r\n}\r\n',
    );
  });

  it('changes an entry member by member, and nothing if it is right already', () => {
    const before = `{ auth: { profiles: { 'anthropic:new': {
      mode: 'oauth', // was a login
      provider: 'anthropic', email: 'old@x.test' } } } }`;
    const after = addProfile(before, NEW);
    assert.equal(
      after,
      `{ auth: { profiles: { 'anthropic:new': {
      mode: "token", // was a login
      provider: 'anthropic' } } } }`,
    );
    assert.equal(addProfile(after, NEW), after);
  });

  it('takes the list of exactly this provider, as CoderClaw does', () => {
    const before = { auth: { order: { Anthropic: ['x'], openai: ['anthropic:new'] } } };
    const after = read(addProfile(JSON.stringify(before), NEW)) as typeof before;
    assert.deepEqual(after.auth.order, before.auth.order);
  });
});

describe('a key that stands twice', () => {
  it('is edited where it counts: at its last place', () => {
    assert.equal(
      setOrder('{auth:{order:{a:["1"]}},auth:{order:{a:["2"]}}}', 'a', ['3']),
      '{auth:{order:{a:["1"]}},auth:{order:{a:["3"]}}}',
    );
  });
});

describe('addProfile of one that is replaced in place', () => {
  it('leaves an order that has it, and puts it first in one that does not', () => {
    const text = (order: string): string => `{auth: {profiles: {}, order: {anthropic: ${order}}}}`;
    const edited = (order: string): unknown => {
      const read_ = read(addProfile(text(order), NEW, 'c', 'kept')) as Record<string, unknown>;
      return (read_['auth'] as { order: Record<string, unknown> }).order['anthropic'];
    };
    assert.deepEqual(edited("['a:1', 'anthropic:new', 'a:2']"), ['a:1', 'anthropic:new', 'a:2']);
    assert.deepEqual(edited("['a:1']"), ['anthropic:new', 'a:1']);
  });
});

describe('listsProfile of the config', () => {
  const lists = (text: string | undefined, profileId: string, mode: NewConfigProfile['mode']) =>
    listsProfile(text, { profileId, provider: 'p', mode });

  it('says whether there is an entry of that id', () => {
    const text = "{auth: {profiles: {'p:a': {}, /* p:c */}, order: {p: ['p:b']}}}";
    assert.deepEqual(
      ['p:a', 'p:b', 'p:c'].map((id) => lists(text, id, 'token')),
      [true, false, false],
    );
    assert.deepEqual(
      [lists(undefined, 'p:a', 'token'), lists('{}', 'p:a', 'token')],
      [false, false],
    );
  });

  const entries: readonly (readonly [entry: string, ...listed: NewConfigProfile['mode'][]])[] = [
    ["{mode: 'oauth'}", 'oauth', 'token'],
    ["{mode: 'token', provider: 'P', email: 'x'}", 'token'],
    ["{mode: 'api_key'}", 'api_key'],
    ["{mode: 'api_key', provider: 'q'}"],
    ["{mode: '${MODE}'}", 'oauth', 'token', 'api_key'],
    ["'odd'", 'oauth', 'token', 'api_key'],
  ];
  for (const [entry, ...listed] of entries) {
    it(`${entry}: is one for ${listed.join(', ') || 'nothing'}, as CoderClaw uses it`, () => {
      const text = `{auth: {profiles: {'p:a': ${entry}}}}`;
      const modes = ['oauth', 'token', 'api_key'] as const;
      assert.deepEqual(
        modes.filter((mode) => lists(text, 'p:a', mode)),
        listed,
      );
    });
  }
});

describe('removeProfile from the config', () => {
  it('takes it out of the profiles and of every order, with its line', () => {
    const before = lines(
      '{',
      '  "auth": {',
      '    "profiles": {',
      '      "a:1": { "provider": "a", "mode": "token" }, // one',
      '      "a:2": {',
      '        "provider": "a", // gone too',
      '        "mode": "token"',
      '      },',
      '      "a:3": { "provider": "a", "mode": "token" }',
      '    },',
      '    "order": { "a": ["a:1", "a:2", "a:3"], "b": [',
      '      // only this',
      '      "a:2"',
      '    ] }',
      '  }',
      '}',
    );
    assert.equal(
      removeProfile(before, 'a:2'),
      lines(
        '{',
        '  "auth": {',
        '    "profiles": {',
        '      "a:1": { "provider": "a", "mode": "token" }, // one',
        '      "a:3": { "provider": "a", "mode": "token" }',
        '    },',
        '    "order": { "a": ["a:1", "a:3"], "b": [',
        '      // only this',
        '    ] }',
        '  }',
        '}',
      ),
    );
  });

  it('removes every copy of a key that stands twice, so that none comes back', () => {
    const before = '{auth:{profiles:{"a:1":{provider:"a",mode:"token"},b:{},"a:1":null}}}';
    assert.equal(removeProfile(before, 'a:1'), '{auth:{profiles:{b:{}}}}');
  });

  it('has nothing to say where the profile is not named', () => {
    assert.equal(removeProfile('{ /* empty */ }', 'a:1'), undefined);
    assert.equal(removeProfile('{auth:{profiles:{},order:{a:["b:1"]}}}', 'a:1'), undefined);
  });
});

describe('setOrder in the config', () => {
  it('moves entries as they stand and keeps the comments of the list', () => {
    const before = `{auth:{order:{
      a: [
        'a:1', // best
        "a:2",
      ] }}}`;
    assert.equal(
      setOrder(before, 'a', ['a:2', 'a:3', 'a:1']),
      `{auth:{order:{
      a: [
        "a:2", // best
        "a:3",
        'a:1',
      ] }}}`,
    );
  });

  it('uses the list that stands under another spelling', () => {
    assert.equal(
      setOrder('{auth:{order:{"Z.AI":["z:1"]}}}', 'zai', ['z:2', 'z:1']),
      '{auth:{order:{"Z.AI":["z:2", "z:1"]}}}',
    );
    assert.equal(
      setOrder('{auth:{order:{"Z.AI":["z:1"], zai: []}}}', 'zai', undefined),
      '{auth:{order:{}}}',
    );
  });

  it('makes the way to a list that is not there yet', () => {
    assert.deepEqual(read(setOrder('{ }', 'a', ['a:1'])), { auth: { order: { a: ['a:1'] } } });
    assert.deepEqual(read(setOrder(undefined, 'a', ['a:1'])), { auth: { order: { a: ['a:1'] } } });
    assert.equal(setOrder('{ /* x */ }', 'a', undefined), '{ /* x */ }');
  });
});

describe('moving a profile in the order of the config', () => {
  it('leaves the other entries as they stand, ghosts and what is no id included', () => {
    const before = lines(
      '{ auth: { order: {',
      '  "Z.AI": [',
      "    'z:1', // best",
      '    "z:gone",',
      '    7,',
      '    "z:2",',
      '  ],',
      '  zai: ["z:3"] } } }',
    );
    assert.equal(
      moveInOrder(before, 'zai', 'z:2', { before: 'z:1' }, []),
      lines(
        '{ auth: { order: {',
        '  "Z.AI": [',
        '    "z:2", // best',
        "    'z:1',",
        '    "z:gone",',
        '    7,',
        '  ],',
        '  zai: ["z:3"] } } }',
      ),
    );
    assert.deepEqual(read(moveInOrder('{auth:{order:{a:[]}}}', 'a', 'a:1', { after: 'x' }, [])), {
      auth: { order: { a: ['a:1'] } },
    });
  });

  it('makes a list of what was shown and of what else is listed, where there is none', () => {
    const move = (text: string | undefined) =>
      read(moveInOrder(text, 'a', 'a:2', { before: 'a:1' }, ['a:1', 'a:2']));
    const order = { a: ['a:2', 'a:1'] };
    assert.deepEqual(move(undefined), { auth: { order } });
    assert.deepEqual(move('{}'), { auth: { order } });
    const profiles = { 'b:1': { provider: 'b' }, 'a:9': { provider: ' A ' }, 'a:1': {}, x: 'odd' };
    assert.deepEqual(move(JSON.stringify({ auth: { profiles } })), {
      auth: { profiles, order: { a: ['a:2', 'a:1', 'a:9'] } },
    });
  });

  it('is refused where the list may stand in another file', () => {
    const refused = (text: string) =>
      assert.throws(
        () => moveInOrder(text, 'a', 'a:1', { before: undefined }, []),
        (error) => isKnown(error, 'config.notEditable'),
        text,
      );
    refused('{$include:"./b.json5"}');
    refused('{$include:"./b.json5",auth:{profiles:{}}}');
    refused('{auth:{$include:"./b.json5",order:{b:[]}}}');
    refused('{auth:{order:{$include:"./b.json5"}}}');
    refused('{auth:{order:{a:{$include:"./b.json5"}}}}');
    refused('{auth:{order:{a:["${FIRST}"]}}}');
    const here = '{$include:"./b.json5",auth:{order:{a:["a:2"]}}}';
    assert.equal(
      moveInOrder(here, 'a', 'a:1', { before: 'a:2' }, []),
      '{$include:"./b.json5",auth:{order:{a:["a:1", "a:2"]}}}',
    );
  });

  it('appends one that a list hides, and makes no list for that', () => {
    assert.equal(
      appendToOrder('{auth:{order:{A:["a:1" /* x */]}}}', 'a', 'a:2'),
      '{auth:{order:{A:["a:1", /* x */ "a:2"]}}}',
    );
    assert.equal(appendToOrder('{auth:{order:{a:["a:1"]}}}', 'a', 'a:1'), undefined);
    assert.equal(appendToOrder('{auth:{}}', 'a', 'a:1'), undefined);
    assert.equal(appendToOrder(undefined, 'a', 'a:1'), undefined);
  });
});

describe('listing a profile as it is stored', () => {
  const sibling = { ...NEW, profileId: 'anthropic:sibling' };
  const listed = (text: string | undefined) => listAsStored(text, NEW, [NEW, sibling]);

  it('adds it where others of its provider are listed', () => {
    assert.deepEqual(read(listed('{auth:{profiles:{"a":{provider:"Anthropic"}}}}') ?? ''), {
      auth: {
        profiles: {
          a: { provider: 'Anthropic' },
          'anthropic:new': { provider: 'anthropic', mode: 'token' },
        },
      },
    });
  });

  it('corrects an entry, which keeps its e-mail and its comments', () => {
    assert.equal(
      listed(
        '{auth:{profiles:{"anthropic:new":{provider:"Anthropic",mode:"api_key",/* me */email:"a@b.c"}}}}',
      ),
      '{auth:{profiles:{"anthropic:new":{provider:"anthropic",mode:"token",/* me */email:"a@b.c"}}}}',
    );
  });

  it('lists its siblings along with the first of its provider: or they would be hidden', () => {
    const text = '{auth:{profiles:{"anthropic:new":{provider:"openai",mode:"token"}}}}';
    const entry = { provider: 'anthropic', mode: 'token' };
    assert.deepEqual(read(listed(text) ?? ''), {
      auth: { profiles: { 'anthropic:new': entry, 'anthropic:sibling': entry } },
    });
  });

  it('changes nothing where it is not hidden', () => {
    for (const text of [
      undefined,
      '{}',
      '{auth:{profiles:{"anthropic:new":{provider:"anthropic",mode:"oauth"}}}}',
    ]) {
      assert.equal(listed(text), undefined);
    }
  });
});

describe('setModelProvider in the config', () => {
  const QWEN = {
    provider: 'qwen-portal',
    baseUrl: 'https://portal.example/v1',
    whenNew: { apiKey: 'qwen-oauth', models: [{ id: 'coder-model', name: 'Qwen Coder' }] },
  };
  const whole = { baseUrl: QWEN.baseUrl, ...QWEN.whenNew };

  it('makes a whole entry, with its models, where there is none', () => {
    const entry = { models: { providers: { 'qwen-portal': whole } } };
    assert.deepEqual(read(setModelProvider(undefined, QWEN) ?? ''), entry);
    const text = lines('{', '  // mine', '  models: { mode: "merge" },', '}');
    const edited = setModelProvider(text, QWEN) ?? '';
    assert.match(edited, /\/\/ mine/);
    assert.deepEqual(read(edited), { models: { mode: 'merge', ...entry.models } });
  });

  it('changes nothing but the address of one that is there', () => {
    const before =
      "{ models: { providers: { 'qwen-portal': { baseUrl: 'x', /* few */ models: [] } } } }";
    const edited = setModelProvider(before, QWEN) ?? '';
    assert.equal(edited, before.replace("'x'", '"https://portal.example/v1"'));
    assert.equal(setModelProvider(edited, QWEN), undefined, 'it is said already');
  });

  it('refuses what may come from elsewhere, and what is no object', () => {
    const refused = (text: string) => {
      try {
        return setModelProvider(text, QWEN);
      } catch (error) {
        return isKnown(error, 'config.notEditable') || isKnown(error, 'config.invalid');
      }
    };
    for (const text of [
      "{ models: { $include: './models.json' } }",
      '{ models: { providers: { "qwen-portal": { baseUrl: "${URL}" } } } }',
      '{ models: { providers: { "qwen-portal": { $include: "./q.json" } } } }',
      '{ models: { providers: [] } }',
    ]) {
      assert.equal(refused(text), true, text);
    }
  });
});

describe('what cannot be edited', () => {
  const canary = 'sk-canary-42';

  it('says where a config is broken, and quotes nothing of it', () => {
    const broken: readonly (readonly [string, number, number])[] = [
      [`{\n  auth: {\n    profiles: ${canary}\n`, 3, 15],
      [`{ "key": "${canary}`, 1, 23],
      ['', 1, 1],
      ['[]', 1, 1],
      ['{ auth: 3 }', 1, 9],
      ['{ auth: { profiles: [] } }', 1, 21],
      [`{ auth: { profiles: {} } } "${canary}"`, 1, 28],
      [`{ a: "${canary}\n" }`, 1, 6],
    ];
    for (const [text, line, column] of broken) {
      assert.throws(
        () => addProfile(text, NEW, '/c.json'),
        (error) => {
          assert.ok(isKnown(error, 'config.invalid'), String(error));
          assert.deepEqual([error.facts.line, error.facts.column], [line, column], text);
          assert.equal(error.facts.path, '/c.json');
          assert.ok(!`${error.message}${error.stack}`.includes(canary));
          return true;
        },
      );
    }
  });

  it('refuses where the part may come from an $include or the environment', () => {
    const refused: readonly (readonly [string, string])[] = [
      ['{ $include: "./auth.json5" }', 'auth.profiles'],
      ['{ "$include": ["./a", "./b"], agents: {} }', 'auth.profiles'],
      ['{ auth: { $include: "./auth.json5" } }', 'auth.profiles'],
      ['{ auth: { profiles: { $include: "./p.json5" } } }', 'auth.profiles'],
      ['{ auth: "${AUTH}" }', 'auth'],
      ['{ auth: { profiles: "${PROFILES}" } }', 'auth.profiles'],
      ['{ auth: { profiles: { "anthropic:new": "${P}" } } }', 'auth.profiles.anthropic:new'],
      [
        '{ auth: { profiles: { "anthropic:new": { provider: "anthropic", mode: "${MODE}" } } } }',
        'auth.profiles.anthropic:new.mode',
      ],
      ['{ auth: { order: { anthropic: "${ORDER}" } } }', 'auth.order.anthropic'],
      ['{ auth: { order: { anthropic: { $include: "./o" } } } }', 'auth.order.anthropic'],
    ];
    for (const [text, key] of refused) {
      assert.throws(
        () => addProfile(text, NEW, '/c.json'),
        (error) => {
          assert.ok(isKnown(error, 'config.notEditable'), `${text}: ${error}`);
          assert.deepEqual(error.facts, { path: '/c.json', key }, text);
          return true;
        },
      );
    }
    assert.throws(
      () => setOrder('{auth:{order:{a:["${FIRST}"]}}}', 'a', ['a:1']),
      (error) => isKnown(error, 'config.notEditable'),
    );
    assert.throws(
      () => removeProfile('{$include: "./auth.json5"}', 'a:1'),
      (error) => isKnown(error, 'config.notEditable'),
    );
  });

  it('edits beside an $include and a reference that are not in the way, and leaves them', () => {
    const before =
      '{ $include: "./models.json5", key: "${KEY}", auth: { profiles: {}, order: { anthropic: ["${FIRST}"] } } }';
    const after = addProfile(before, NEW);
    assert.ok(after.includes('$include: "./models.json5", key: "${KEY}"'));
    assert.ok(after.includes('["anthropic:new", "${FIRST}"]'));
  });
});

/** Comments in their sequence, without those inside the nodes of `except`. */
function commentsOf(text: string, except: readonly (readonly string[])[]): string[] {
  const parse = parseJson5(text);
  if (parse.kind === 'invalid') assert.fail(`${parse.detail} in ${text}`);
  const inside = except.flatMap((path) => nodesAt(parse.root, path));
  return parse.tokens
    .filter(({ type }) => type === 'LineComment' || type === 'BlockComment')
    .filter(({ start, end }) => !inside.some((node) => node.start < start && end < node.end))
    .map(({ start, end }) => text.slice(start, end));
}

function nodesAt(root: ValueNode, path: readonly string[]): { start: number; end: number }[] {
  const [key, ...rest] = path;
  if (root.type !== 'Object' || key === undefined) return [];
  const members = root.members.filter(({ name }) => keyOf(name) === key);
  return members.flatMap(({ value, loc }) =>
    rest.length === 0 ? [{ start: loc.start.offset, end: loc.end.offset }] : nodesAt(value, rest),
  );
}

/** How every scalar and key stands in the text, by path, without what is below `except`. */
function rawScalars(text: string, except: readonly (readonly string[])[]): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: ValueNode, path: readonly string[]): void => {
    if (except.some((cut) => cut.every((key, index) => path[index] === key))) return;
    if (node.type === 'Object') {
      for (const { name, value } of node.members) {
        const key = keyOf(name);
        const raw = text.slice(name.loc.start.offset, name.loc.end.offset);
        const below = [...path, key];
        if (!except.some((cut) => cut.every((step, index) => below[index] === step))) {
          found.set(`${JSON.stringify(below)} key`, raw);
        }
        visit(value, below);
      }
    } else if (node.type === 'Array') {
      node.elements.forEach(({ value }, index) => {
        visit(value, [...path, String(index)]);
      });
    } else {
      found.set(JSON.stringify(path), text.slice(node.loc.start.offset, node.loc.end.offset));
    }
  };
  const parse = parseJson5(text);
  if (parse.kind === 'invalid') assert.fail(`${parse.detail} in ${text}`);
  visit(parse.root, []);
  return found;
}

interface AuthModel {
  auth?: { profiles?: Record<string, JsonValue>; order?: Record<string, string[]> };
}

describe('edits of any config (properties)', function () {
  this.timeout(20_000);

  /** What must hold for one edit: the value as modelled, comments and all else as they were. */
  function holds(
    before: string,
    after: string,
    expected: unknown,
    touched: readonly (readonly string[])[],
  ): void {
    assert.deepEqual(read(after), expected);
    assert.deepEqual(commentsOf(after, touched), commentsOf(before, touched));
    const untouched = rawScalars(before, touched);
    const now = rawScalars(after, touched);
    for (const [path, raw] of untouched) assert.equal(now.get(path), raw, path);
    assert.equal(
      /(?<!\r)\n/.test(after),
      /(?<!\r)\n/.test(before),
      'the line ends are those of the file',
    );
  }

  it('samples mean what they say', () => {
    fc.assert(
      fc.property(json5Sample, ({ text, value }) => {
        assert.deepEqual(read(text), JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('addProfile', () => {
    fc.assert(
      fc.property(json5Sample, profileId, provider, fc.boolean(), (sample, id, name, email) => {
        const entry = { provider: name, mode: 'oauth', ...(email ? { email: 'b@y.test' } : {}) };
        const expected = structuredCloneOf(sample.value);
        expected.auth ??= {};
        expected.auth.profiles ??= {};
        expected.auth.profiles[id] = entry;
        const list = expected.auth.order?.[name];
        if (list && expected.auth.order) {
          expected.auth.order[name] = [id, ...list.filter((each) => each !== id)];
        }
        const after = addProfile(sample.text, {
          profileId: id,
          provider: name,
          mode: 'oauth',
          ...(email ? { email: 'b@y.test' } : {}),
        });
        holds(
          sample.text,
          after,
          expected,
          [
            ['auth', 'profiles', id],
            ['auth', 'order', name],
          ].slice(0, list ? 2 : 1),
        );
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('addProfile keeps the comments of the order list', () => {
    fc.assert(
      fc.property(json5Sample, profileId, provider, ({ text }, id, name) => {
        const after = addProfile(text, { profileId: id, provider: name, mode: 'oauth' });
        const touched = [['auth', 'profiles', id]];
        assert.deepEqual(commentsOf(after, touched), commentsOf(text, touched));
      }),
      { numRuns: 300, seed: 8 },
    );
  });

  it('removeProfile', () => {
    fc.assert(
      fc.property(json5Sample, profileId, ({ text, value }, id) => {
        const expected = structuredCloneOf(value);
        if (expected.auth?.profiles) delete expected.auth.profiles[id];
        const orders = expected.auth?.order ?? {};
        for (const [name, list] of Object.entries(orders)) {
          orders[name] = list.filter((each) => each !== id);
        }
        const after = removeProfile(text, id) ?? text;
        assert.deepEqual(read(after), expected);
        const touched = [['auth', 'profiles', id]];
        assert.deepEqual(commentsOf(after, []), commentsOf(text, touched));
        const untouched = rawScalars(text, [...touched, ['auth', 'order']]);
        const now = rawScalars(after, [['auth', 'order']]);
        assert.deepEqual([...now], [...untouched]);
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('setOrder', () => {
    fc.assert(
      fc.property(
        json5Sample,
        provider,
        fc.option(fc.array(profileId, { maxLength: 5 })),
        ({ text, value }, name, ids) => {
          const expected = structuredCloneOf(value);
          if (ids === null) {
            if (expected.auth?.order) delete expected.auth.order[name];
          } else {
            expected.auth ??= {};
            expected.auth.order ??= {};
            expected.auth.order[name] = ids;
          }
          const after = setOrder(text, name, ids ?? undefined);
          holds(text, after, expected, [['auth', 'order', name]]);
          const kept = ids === null ? [['auth', 'order', name]] : [];
          assert.deepEqual(commentsOf(after, []), commentsOf(text, kept));
        },
      ),
      { numRuns: 600, seed: 7 },
    );
  });

  it('moveInOrder', () => {
    const shown = fc.shuffledSubarray([...PROFILE_IDS]);
    const to = fc.oneof(
      fc.option(profileId, { nil: undefined }).map((before) => ({ before })),
      fc.option(profileId, { nil: undefined }).map((after) => ({ after })),
    );
    fc.assert(
      fc.property(json5Sample, provider, profileId, to, shown, (sample, name, id, place, seen) => {
        const { text, value } = sample;
        const after = moveInOrder(text, name, id, place, seen);
        const model = structuredCloneOf(value);
        const list = model.auth?.order?.[name];
        const result = (read(after) as AuthModel).auth?.order?.[name] ?? [];
        assert.equal(result.filter((one) => one === id).length, 1);
        const rest = (ids: readonly string[]) => ids.filter((one) => one !== id);
        if (list) assert.deepEqual(rest(result), rest(list), 'all others as they stood');
        model.auth ??= {};
        model.auth.order ??= {};
        model.auth.order[name] = result;
        holds(text, after, model, [['auth', 'order', name]]);
        assert.deepEqual(commentsOf(after, []), commentsOf(text, []));
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('listAsStored', () => {
    fc.assert(
      fc.property(json5Sample, profileId, provider, ({ text, value }, id, name) => {
        const after =
          listAsStored(text, { profileId: id, provider: name, mode: 'token' }, []) ?? text;
        const model = structuredCloneOf(value);
        const now = (read(after) as AuthModel).auth?.profiles?.[id];
        if (now !== undefined && model.auth?.profiles) model.auth.profiles[id] = now;
        else if (now !== undefined) model.auth = { ...model.auth, profiles: { [id]: now } };
        holds(text, after, model, [['auth', 'profiles', id]]);
        assert.deepEqual(commentsOf(after, []), commentsOf(text, []));
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  function structuredCloneOf(value: JsonValue): AuthModel {
    return JSON.parse(JSON.stringify(value)) as AuthModel;
  }
});
