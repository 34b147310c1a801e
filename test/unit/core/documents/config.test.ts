// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CoderClawConfig,
  configFrom,
  defaultAgentId,
  listAgents,
  readConfig,
} from '../../../../src/core/documents/config.ts';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { parseJson5 } from '../../../../src/core/documents/json5.ts';

describe('the agents of a config', () => {
  const vectors = JSON.parse(readFileSync('test/vectors/agents-list.json', 'utf8')) as {
    config: JsonValue;
    ids: string[];
    defaultId: string;
  }[];
  vectors.forEach(({ config, ids, defaultId }, index) => {
    it(`agents-list ${index}`, () => {
      const read = configFrom(config);
      assert.deepEqual(
        listAgents(read).map(({ id }) => id),
        ids,
      );
      assert.equal(defaultAgentId(read), defaultId);
    });
  });

  it('lets a repeated entry say which agent is the default, and no more', () => {
    const list = [{ id: 'a', name: 'A' }, { id: 'b' }, { id: 'A', name: 'other', default: true }];
    const read = configFrom({ agents: { list } });
    assert.deepEqual(read.agents, [
      { id: 'a', name: 'A', default: true },
      { id: 'b', default: false },
    ]);
  });
});

describe('readConfig', function () {
  this.timeout(10_000);

  let folder: string;
  const path = (name = 'coderclaw.json'): string => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function put(text: string, name = 'coderclaw.json'): Promise<void> {
    await mkdir(join(path(name), '..'), { recursive: true });
    await writeFile(path(name), text);
  }

  async function whole(env: Record<string, string> = {}): Promise<CoderClawConfig> {
    const read = await readConfig(path(), { env });
    if (read.kind !== 'whole') assert.fail(JSON.stringify(read));
    return read.config;
  }

  async function invalid(): Promise<string> {
    const read = await readConfig(path(), { env: {} });
    if (read.kind !== 'invalid') assert.fail(JSON.stringify(read));
    const place = read.line === undefined ? '' : ` ${read.line}:${read.column}`;
    return `${read.detail.replaceAll(folder, '')}${place}`;
  }

  it('tells absent, unreadable, invalid and whole apart', async () => {
    assert.equal((await readConfig(path(), { env: {} })).kind, 'absent');
    assert.equal((await readConfig(path('no/folder.json'), { env: {} })).kind, 'absent');
    await put('{}');
    assert.equal((await readConfig(path(), { env: {} })).kind, 'whole');
    assert.equal((await readConfig(path('coderclaw.json/x'), { env: {} })).kind, 'absent');
    await put('{\n"a": "b');
    assert.equal(await invalid(), 'it ends too early 2:8');
    const asFolder = await readConfig(folder, { env: {} });
    assert.deepEqual(asFolder, { kind: 'unreadable', path: folder, errno: 'EISDIR' });
  });

  it('I8: names the errno where the permission is missing', async () => {
    await put('{}');
    await chmod(path(), 0);
    // Root may read everything: be somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      const read = await readConfig(path(), { env: {} });
      assert.deepEqual(read, { kind: 'unreadable', path: path(), errno: 'EACCES' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('does not wait for a pipe', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path()]);
    const read = await readConfig(path(), { env: {} });
    assert.deepEqual(read, { kind: 'unreadable', path: path(), errno: 'EINVAL' });
  });

  it('reads the auth and agents parts of JSON5 as people write it', async () => {
    await put(
      `\uFEFF// mine\r\n{ auth: { profiles: { 'a:1': { provider: 'a', mode: "oauth", email: 'x@y.test', }, },\r\n order: { a: ['a:1', 'a:2',], b: [] } },\r\n agents: { list: [{ id: 'Work', name: 'W', agentDir: ' ~/w ', default: true, }] }, }`,
    );
    const config = await whole();
    assert.deepEqual(
      [...config.authProfiles],
      [['a:1', { provider: 'a', mode: 'oauth', email: 'x@y.test' }]],
    );
    assert.deepEqual(
      [...config.authOrder],
      [
        ['a', ['a:1', 'a:2']],
        ['b', []],
      ],
    );
    assert.deepEqual(config.agents, [{ id: 'work', name: 'W', agentDir: '~/w', default: true }]);
  });

  it('drops a part of the wrong shape and nothing beside it', async () => {
    await put(
      JSON.stringify({
        auth: {
          profiles: {
            a: null,
            b: [],
            c: { provider: 3, mode: 'x' },
            d: { provider: 'd' },
            'ok:1': { provider: 'ok', mode: 'token', email: 4 },
          },
          order: { a: 'x', b: ['b:1', 3, null], c: { 0: 'c:1' } },
        },
        agents: {
          list: [null, 'x', { id: 7 }, { name: 'no id' }, { id: 'ok', name: 9, agentDir: '' }],
        },
      }),
    );
    const config = await whole();
    assert.deepEqual([...config.authProfiles], [['ok:1', { provider: 'ok', mode: 'token' }]]);
    assert.deepEqual([...config.authOrder], [['b', ['b:1']]]);
    assert.deepEqual(config.agents, [{ id: 'ok', default: false }]);
    for (const text of [
      '{"auth":3,"agents":[]}',
      '{"auth":{"profiles":[],"order":"x"},"agents":{"list":{}}}',
    ]) {
      await put(text);
      const { authProfiles, authOrder, agents } = await whole();
      assert.deepEqual([authProfiles.size, authOrder.size, agents.length], [0, 0, 0]);
    }
  });

  it('takes names of Object.prototype for ordinary keys', async () => {
    for (const open of ['{', '/* JSON5 */ {']) {
      await put(
        `${open}"__proto__":{"auth":{"order":{"a":["x"]}}},"auth":{"profiles":{"__proto__":{"provider":"__proto__","mode":"oauth"}},"order":{"constructor":["__proto__"],"__proto__":["y"]}}}`,
      );
      const config = await whole();
      assert.deepEqual([...config.authProfiles.keys()], ['__proto__']);
      assert.deepEqual(
        [...config.authOrder],
        [
          ['constructor', ['__proto__']],
          ['__proto__', ['y']],
        ],
      );
    }
  });

  describe('${ENV}', () => {
    it('is resolved in values, not in keys; what is not set stays as written', async () => {
      await put(
        '{auth:{order:{"${A}":["${A}:1","x-${A}-${B_2}","${MISSING}","$${A}","${lower}","${EMPTY}","${toString}"]}}}',
      );
      const config = await whole({ A: 'a', B_2: 'b', lower: 'no', EMPTY: '' });
      assert.deepEqual(
        [...config.authOrder],
        [['${A}', ['a:1', 'x-a-b', '${MISSING}', '${A}', '${lower}', '${EMPTY}', '${toString}']]],
      );
    });

    it('is found behind an escape, as an include is', async () => {
      await put('{"agents": {"$include": "a.json5"}, "auth": {"order": {"a": ["\\u0024{A}"]}}}');
      await put('{list: [{id: "one", agentDir: "${A}"}]}', 'a.json5');
      const found = await whole({ A: 'x' });
      assert.deepEqual([found.authOrder.get('a'), found.agents[0]?.agentDir], [['x'], 'x']);
      await put('{"auth": {"\\u0024include": "a.json5"}}');
      await put('{order: {b: ["c"]}}', 'a.json5');
      assert.deepEqual((await whole()).authOrder.get('b'), ['c']);
    });

    it('is not resolved twice', async () => {
      await put('{auth:{order:{a:["${A}"]}}}');
      assert.deepEqual((await whole({ A: '${B}', B: 'secret' })).authOrder.get('a'), ['${B}']);
    });
  });

  describe('$include', () => {
    it('counts from the including file, nests, merges in order, own keys on top', async () => {
      await put(
        '{ $include: ["./parts/one.json5", "two.json"], auth: { order: { a: ["own"], c: ["own"] } } }',
      );
      await put(
        '{ $include: "../base.json5", auth: { profiles: { "a:1": { provider: "a", mode: "token" } } } }',
        'parts/one.json5',
      );
      await put(
        '{ auth: { order: { a: ["base"], b: ["base"] }, profiles: { "a:1": { provider: "z", mode: "oauth", email: "e" } } } }',
        'base.json5',
      );
      await put('{"agents":{"list":[{"id":"two"}]},"auth":{"order":{"b":["two"]}}}', 'two.json');
      const config = await whole();
      assert.deepEqual(Object.fromEntries(config.authOrder), {
        a: ['base', 'own'],
        b: ['base', 'two'],
        c: ['own'],
      });
      assert.deepEqual(config.authProfiles.get('a:1'), {
        provider: 'a',
        mode: 'token',
        email: 'e',
      });
      assert.deepEqual(config.agents, [{ id: 'two', default: false }]);
    });

    it('may stand anywhere, also in lists', async () => {
      await put(
        '{ auth: { $include: "auth.json" }, agents: { list: [{ $include: "agent.json" }] } }',
      );
      await put('{"order":{"a":["a:1"]}}', 'auth.json');
      await put('{"id":"work"}', 'agent.json');
      const config = await whole();
      assert.deepEqual(config.authOrder.get('a'), ['a:1']);
      assert.equal(config.agents[0]?.id, 'work');
    });

    it('that does not come together makes the config invalid, without a word of its content', async () => {
      await put('{ $include: "a.json" }');
      assert.equal(await invalid(), 'cannot read the included /a.json: ENOENT');
      await put('{ "key": sk-canary }', 'a.json');
      assert.equal(await invalid(), 'the included /a.json: not valid JSON5 (line 1, column 10)');
      await put('{ $include: "coderclaw.json" }', 'a.json');
      assert.equal(await invalid(), 'files include each other in a circle');
      await put('[]', 'a.json');
      assert.match(await invalid(), /not an object/);
      await put('{ $include: { x: 1 } }');
      assert.equal(await invalid(), '$include is neither a path nor a list of paths');
      await put('{ $include: ["a.json", 3] }');
      assert.equal(await invalid(), '$include is neither a path nor a list of paths');
    });

    it('is limited in depth and in number', async () => {
      for (let i = 0; i < 12; i += 1) await put(`{"$include":"d${i + 1}.json"}`, `d${i}.json`);
      await put('{"$include":"d0.json"}');
      assert.equal(await invalid(), 'files are included too deep');
      await put('{}', 'e.json');
      await put(JSON.stringify({ $include: Array(101).fill('e.json') }));
      assert.equal(await invalid(), 'too many files are included');
      await put(JSON.stringify({ $include: Array(100).fill('e.json') }));
      await whole();
    });

    it('ends for a file that includes itself many times over', async () => {
      await symlink(path(), path('again.json'));
      await put('{ $include: ["again.json", "again.json"] }');
      assert.match(await invalid(), /^(files|too many)/);
    });
  });

  describe('hostile files', () => {
    it('are invalid or whole at every truncation, never an exception', async () => {
      const text = `// c\r\n{ auth: { profiles: { 'a:1': { provider: "a", mode: 'oauth' } }, /* x */ order: { a: ["a:1", "\\u00e9\\x41"] } }, n: [-0x1F, +.5e3, NaN, -Infinity, null, true], }`;
      const bytes = Buffer.from(text);
      let wholes = 0;
      for (let end = 0; end < bytes.length; end += 1) {
        await writeFile(path(), bytes.subarray(0, end));
        const read = await readConfig(path(), { env: {} });
        if (read.kind === 'whole') wholes += 1;
        else assert.equal(read.kind, 'invalid', String(end));
      }
      assert.equal(wholes, 0);
    });

    it('of more than 4 MiB are not read', async () => {
      await put('{}');
      await truncate(path(), 50_000_000);
      assert.equal(await invalid(), 'larger than 4 MiB');
    });

    it('nested deep, of null bytes, of nothing, of another type', async () => {
      const texts = [
        `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
        `/**/{a:${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
        `/**/{a:${'['.repeat(150)}${']'.repeat(150)}}`,
        '/**/{a:'.repeat(50_000),
        '//\n'.repeat(100_000),
        '\0\0\0',
        '',
        ' ',
        'null',
        '[]',
        '"text"',
        '// only a comment',
        '{a:1}{b:2}',
        '{a:.}',
        '{"a": "over\nlines"}',
      ];
      for (const text of texts) {
        await put(text);
        assert.equal((await readConfig(path(), { env: {} })).kind, 'invalid', text.slice(0, 40));
      }
    });

    it('with a key that stands twice: the last one counts', async () => {
      for (const text of [
        '{"auth":{"order":{"a":["1"]}},"auth":{"order":{"a":["2"]}}}',
        '{auth:{order:{a:["1"]}},auth:{order:{a:["2"],},},}',
      ]) {
        await put(text);
        assert.deepEqual((await whole()).authOrder.get('a'), ['2']);
      }
    });
  });

  it('the parser comes back from a text that ends in a backslash', () => {
    for (const text of ['"\\', "{a: 'b\\", "'\\\r", '{\\', '/* \\']) {
      assert.equal(parseJson5(text).kind, 'invalid', text);
    }
  });

  it('the parser takes a line continuation and refuses a bare line break', () => {
    assert.equal(parseJson5("{a: 'one\\\r\ntwo\\\nthree\\\\'}").kind, 'parsed');
    assert.equal(parseJson5("{a: 'one\\\\\ntwo'}").kind, 'invalid');
    assert.equal(parseJson5("{'a\nb': 1}").kind, 'invalid');
  });
});
