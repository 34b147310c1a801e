// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { removedFolders } from '../../../../src/core/custody/agentFolders.ts';
import { AgentService, type AgentsPlace } from '../../../../src/core/custody/agentService.ts';
import { Journal, type JournalDraft } from '../../../../src/core/custody/journal/journal.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { type AuthStore, parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import { readBindings } from '../../../../src/core/documents/configAgents.ts';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { parseJson5, plainValue } from '../../../../src/core/documents/json5.ts';
import { type ErrorCode, KnownError } from '../../../../src/core/errors.ts';
import { effectiveStore } from '../../../../src/core/model/effectiveStore.ts';
import { waysToShare } from '../../../../src/core/model/waysToShare.ts';
import { workFolder } from '../disk/workFolder.ts';

const KEY = { type: 'api_key', provider: 'openai', key: 'sk-SECRET' };
const TOKEN = { type: 'token', provider: 'anthropic', token: 'token-SECRET', note: 'kept' };
const LOGIN = { type: 'oauth', provider: 'p', access: 'a-SECRET', refresh: 'r-SECRET', expires: 1 };

describe('agent service', () => {
  const path = workFolder();
  const vault = new Vault({ clock: systemClock, log: () => {} });
  after(() => vault.dispose());
  const service = (parts: object = {}) =>
    new AgentService({
      vault,
      clock: systemClock,
      log: () => {},
      host: { env: {}, homedir: path('home'), platform: 'linux' },
      ...parts,
    });
  const place = (): AgentsPlace => ({
    stateDir: path(),
    inUse: true,
    configPath: path('coderclaw.json'),
  });
  const storeOf = (agentId: string): string =>
    path('agents', agentId, 'agent', 'auth-profiles.json');

  async function write(file: string, content: unknown): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(file, text, { mode: 0o600 });
  }
  const config = (content: unknown) => write(place().configPath, content);
  const configText = () => readFile(place().configPath, 'utf8');
  async function configNow(): Promise<JsonValue> {
    const parse = parseJson5(await configText());
    return parse.kind === 'parsed' ? plainValue(parse.root) : assert.fail(parse.detail);
  }
  const json = async (file: string): Promise<JsonValue> => JSON.parse(await readFile(file, 'utf8'));

  /** The code of the failure; and nothing of the config has changed by it. */
  async function fails(task: () => Promise<unknown>): Promise<ErrorCode> {
    const before = await configText().catch(() => undefined);
    const error = await task().then(
      () => assert.fail('it did not fail'),
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof KnownError, String(error));
    assert.doesNotMatch(error.message, /SECRET/);
    assert.equal(await configText().catch(() => undefined), before);
    return error.code;
  }

  describe('adding an agent', () => {
    it('makes its folders, an empty store and its entry', async () => {
      const added = await service().add(place(), { name: 'My Work' });
      const entry = {
        id: 'my-work',
        name: 'My Work',
        workspace: path('workspace-my-work'),
        agentDir: path('agents', 'my-work', 'agent'),
      };
      assert.deepEqual(added, {
        agentId: 'my-work',
        workspace: entry.workspace,
        agentDir: entry.agentDir,
        hadStore: false,
        copied: [],
        failed: [],
      });
      assert.deepEqual(await configNow(), { agents: { list: [{ id: 'main' }, entry] } });
      assert.equal(
        await readFile(storeOf('my-work'), 'utf8'),
        '{\n  "version": 1,\n  "profiles": {}\n}\n',
      );
      for (const folder of [entry.workspace, entry.agentDir, path('agents/my-work/sessions')]) {
        assert.equal((await stat(folder)).mode & 0o777, 0o700, folder);
      }
      assert.equal((await stat(storeOf('my-work'))).mode & 0o777, 0o600);
    });

    it('has the store before CoderClaw can read of the agent', async () => {
      let store: JsonValue | undefined;
      const looking = {
        makeStore: (...args: Parameters<Vault['makeStore']>) => vault.makeStore(...args),
        commitStore: (...args: Parameters<Vault['commitStore']>) => vault.commitStore(...args),
        commitConfig: async (...args: Parameters<Vault['commitConfig']>) => {
          store = await json(storeOf('work'));
          return await vault.commitConfig(...args);
        },
      };
      await service({ vault: looking }).add(place(), { name: 'work' });
      assert.deepEqual(store, { version: 1, profiles: {} });
    });

    it('takes a workspace of its own, absolute or below the home folder', async () => {
      const added = await service().add(place(), { name: 'Lab', id: 'x1', workspace: '~/lab ' });
      assert.equal(added.agentId, 'x1');
      assert.equal(added.workspace, path('home', 'lab'));
      assert.ok((await stat(added.workspace)).isDirectory());
    });

    it('uses a store again that is there, and says so', async () => {
      const store = { version: 1, profiles: { 'openai:a': KEY } };
      await write(storeOf('work'), store);
      assert.equal((await service().add(place(), { name: 'work' })).hadStore, true);
      assert.deepEqual(await json(storeOf('work')), store);
    });

    it('makes no store over one that is torn, nor an agent for it', async () => {
      await write(storeOf('work'), '{"version": 1, ');
      assert.equal(await fails(() => service().add(place(), { name: 'work' })), 'store.torn');
      await write(storeOf('old'), { version: 7, profiles: {} });
      assert.equal(
        await fails(() => service().add(place(), { name: 'old' })),
        'store.unknownVersion',
      );
    });

    const bad: readonly (readonly [string, { name: string; id?: string; workspace?: string }])[] = [
      ['agent.reserved', { name: ' Main ' }],
      ['agent.reserved', { name: 'Me', id: 'main' }],
      ['agent.badName', { name: ' ' }],
      ['agent.badName', { name: '..' }],
      ['agent.badName', { name: '${HOME} sweet' }],
      ['agent.badName', { name: '', id: 'work' }],
      ['agent.badFolder', { name: 'w', workspace: 'relative/w' }],
      ['agent.badFolder', { name: 'w', workspace: '/w/${USER}' }],
    ];
    for (const [code, wish] of bad) {
      it(`refuses ${JSON.stringify(wish)}: ${code}`, async () => {
        assert.equal(await fails(() => service().add(place(), wish)), code);
        assert.deepEqual(await readdir(path()), [], 'nothing was made');
      });
    }

    it('refuses an id that is taken, here or in a file that is included', async () => {
      await config("{ agents: { list: [{ id: 'Work' }] } }");
      assert.equal(await fails(() => service().add(place(), { name: 'work' })), 'agent.exists');
      await config("{ $include: './more.json5', agents: { list: [{ id: 'main' }] } }");
      await write(path('more.json5'), "{ agents: { list: [{ id: 'lab' }] } }");
      assert.equal(await fails(() => service().add(place(), { name: 'lab' })), 'agent.exists');
      await service().add(place(), { name: 'work' });
    });

    it('refuses a folder that is another agent’s: CoderClaw would not load that', async () => {
      await config({
        agents: { list: [{ id: 'odd', agentDir: path('agents', 'work', 'agent') }] },
      });
      assert.equal(await fails(() => service().add(place(), { name: 'work' })), 'agent.badFolder');
    });

    it('refuses where the list of agents is in another file, or is broken', async () => {
      for (const [text, code] of [
        ["{ agents: { $include: './a.json5' } }", 'config.notEditable'],
        ["{ agents: '${AGENTS}' }", 'config.notEditable'],
        ['{ agents: ', 'config.invalid'],
        ["{ $include: './missing.json5' }", 'config.invalid'],
      ] as const) {
        await config(text);
        await write(path('a.json5'), '{ list: [] }');
        assert.equal(await fails(() => service().add(place(), { name: 'work' })), code, text);
        assert.ok(!(await readdir(path())).includes('agents'), 'nothing was made');
      }
    });
  });

  describe('an agent with an empty store', () => {
    it('sees all of main, and has no copy of it', async () => {
      await write(storeOf('main'), { version: 1, profiles: { 'p:x': LOGIN } });
      await service().add(place(), { name: 'work' });
      const read = async (agentId: string) => {
        const parsed = parseAuthStore(await readFile(storeOf(agentId), 'utf8'));
        const store: AuthStore = parsed.kind === 'whole' ? parsed.store : assert.fail();
        return { kind: 'whole' as const, path: storeOf(agentId), store, problems: [] };
      };
      const [own, main] = [await read('work'), await read('main')];
      assert.deepEqual([...(effectiveStore(own, main)?.profiles.keys() ?? [])], ['p:x']);
      assert.equal(own.store.profiles.size, 0);
    });
  });

  describe('copying profiles', () => {
    const drafts: JournalDraft[] = [];
    const files = (agentId: string) => ({
      stateDir: path(),
      storePath: storeOf(agentId),
      configPath: place().configPath,
      legacyPaths: [],
    });
    const real = new Journal({ clock: systemClock });
    const journal: Pick<Journal, 'open'> = {
      open: (stateDir, draft) => {
        drafts.push(draft);
        return real.open(stateDir, draft);
      },
    };
    const entries = () => real.entries([path()]);

    beforeEach(async () => {
      drafts.length = 0;
      const profiles = { 'openai:a': KEY, 'anthropic:t': TOKEN, 'p:x': LOGIN };
      await write(storeOf('main'), { version: 1, profiles });
    });

    it('copies keys and tokens, and no login', async () => {
      const wish = {
        name: 'work',
        copies: { from: files('main'), profileIds: ['openai:a', 'anthropic:t', 'p:x', 'p:gone'] },
      };
      const { copied, failed } = await service({ journal }).add(place(), wish);
      assert.deepEqual(copied, ['openai:a', 'anthropic:t']);
      assert.deepEqual(
        failed.map(({ profileId, fault }) => [profileId, fault.code]),
        [
          ['p:x', 'profile.notCopyable'],
          ['p:gone', 'profile.gone'],
        ],
      );
      assert.deepEqual(await json(storeOf('work')), {
        version: 1,
        profiles: { 'openai:a': KEY, 'anthropic:t': TOKEN },
      });
    });

    it('promises it in the journal, without touching the config', async () => {
      const text = '{ auth: { order: { openai: ["openai:b"] } } } // mine\n';
      await config(text);
      await service({ journal }).copyProfiles(files('main'), files('work'), ['openai:a']);
      assert.deepEqual(drafts, [
        {
          kind: 'store',
          provider: 'openai',
          storePath: storeOf('work'),
          profileId: 'openai:a',
          seen: null,
          was: null,
          agreed: true,
        },
      ]);
      const [entry, ...more] = await entries();
      assert.deepEqual(more, []);
      assert.equal(entry?.isMade, true);
      assert.deepEqual(entry?.answer, KEY);
      assert.equal(await configText(), text);
    });

    it('replaces nothing: what is the same stays, what is another is told of', async () => {
      const there = { version: 1, profiles: { 'openai:a': KEY, 'anthropic:t': KEY } };
      await write(storeOf('work'), there);
      const ids = ['openai:a', 'anthropic:t'];
      const { copied, failed } = await service({ journal }).copyProfiles(
        files('main'),
        files('work'),
        ids,
      );
      assert.deepEqual(copied, ['openai:a']);
      assert.deepEqual(
        failed.map(({ fault }) => fault.code),
        ['profile.taken'],
      );
      assert.deepEqual(await json(storeOf('work')), there);
      assert.deepEqual(await entries(), []);
    });

    it('takes back its promise where another was faster', async () => {
      const faster = {
        commitConfig: vault.commitConfig.bind(vault),
        makeStore: vault.makeStore.bind(vault),
        commitStore: async (...args: Parameters<Vault['commitStore']>) => {
          await write(storeOf('work'), { version: 1, profiles: { 'openai:a': TOKEN } });
          return await vault.commitStore(...args);
        },
      };
      const { failed } = await service({ journal, vault: faster }).copyProfiles(
        files('main'),
        files('work'),
        ['openai:a'],
      );
      assert.equal(failed[0]?.fault.code, 'profile.taken');
      assert.equal(drafts.length, 1);
      assert.deepEqual(await entries(), []);
    });

    it('copies nothing with a refresh token in it, whatever it calls itself', async () => {
      const odd = { ...TOKEN, refresh: 'r-SECRET' };
      await write(storeOf('main'), { version: 1, profiles: { 'p:odd': odd, 'p:n': null } });
      const { failed } = await service().copyProfiles(files('main'), files('work'), [
        'p:odd',
        'p:n',
      ]);
      assert.deepEqual(
        failed.map(({ fault }) => fault.code),
        ['profile.notCopyable', 'profile.notCopyable'],
      );
    });

    it('is one way to share, by what it is and whose', () => {
      assert.deepEqual(waysToShare('oauth', 'main'), ['inherit', 'signIn']);
      assert.deepEqual(waysToShare('oauth', 'work'), ['signIn']);
      assert.deepEqual(waysToShare('token', 'main'), ['inherit', 'copy']);
      assert.deepEqual(waysToShare('api_key', 'work'), ['copy']);
    });
  });

  describe('changing agents', () => {
    const TEXT = `{
  // all of them
  agents: { list: [{ id: 'Main', default: true }, { id: 'work', name: 'W' /* w */ }] },
  bindings: [{ agentId: 'WORK', match: { channel: 'x' } }, { agentId: 'main', match: { channel: 'y' } }],
  tools: { agentToAgent: { allow: ['work', '*', 'Work'] } },
}
`;

    it('renames one', async () => {
      await config(TEXT);
      await service().rename(place(), 'work', ' Work ');
      assert.equal(await configText(), TEXT.replace("'W'", '"Work"'));
      assert.equal(await fails(() => service().rename(place(), 'work', '${X}')), 'agent.badName');
    });

    it('makes one the default', async () => {
      await config(TEXT);
      await service().makeDefault(place(), 'work');
      const { agents } = (await configNow()) as { agents: JsonValue };
      assert.deepEqual(agents, {
        list: [{ id: 'Main' }, { id: 'work', name: 'W', default: true }],
      });
    });

    it('brings back none that was removed meanwhile', async () => {
      await config("{ agents: { list: [{ id: 'main' }] } }");
      for (const task of [
        () => service().rename(place(), 'work', 'W'),
        () => service().makeDefault(place(), 'work'),
        () => service().addBinding(place(), { agentId: 'work', match: { channel: 'x' } }),
      ]) {
        assert.equal(await fails(task), 'agent.gone');
      }
    });

    it('changes none that another file has, or has the say of', async () => {
      await config("{ $include: './more.json5', agents: { list: [{ id: 'lab' }] } }");
      const list = [
        { id: 'work', default: true },
        { id: 'lab', name: 'Lab' },
      ];
      await write(path('more.json5'), { agents: { list } });
      for (const task of [
        () => service().rename(place(), 'work', 'W'),
        () => service().makeDefault(place(), 'work'),
        () => service().remove(place(), 'work'),
        // The first entry counts, and there it cannot be changed.
        () => service().rename(place(), 'lab', 'Other'),
        () => service().makeDefault(place(), 'lab'),
        () => service().remove(place(), 'lab'),
      ]) {
        assert.equal(await fails(task), 'config.notEditable');
      }
    });

    it('removes one, and says what went', async () => {
      await config(TEXT);
      const bindings = readBindings(await configNow());
      const removed = await service().remove(place(), 'work');
      assert.deepEqual(removed, { bindings: [bindings[0]], allowed: 2, left: [] });
      assert.deepEqual(await configNow(), {
        agents: { list: [{ id: 'Main', default: true }] },
        bindings: [{ agentId: 'main', match: { channel: 'y' } }],
        tools: { agentToAgent: { allow: ['*'] } },
      });
      assert.match(await configText(), /all of them/);
      const nothing = { bindings: [], allowed: 0, left: [] };
      assert.deepEqual(await service().remove(place(), 'work'), nothing);
    });

    it('says which one is the default then', async () => {
      await config("{ agents: { list: [{ id: 'a', default: true }, { id: 'b' }] } }");
      assert.equal((await service().remove(place(), 'a')).newDefault, 'b');
      assert.equal((await service().remove(place(), 'b')).newDefault, 'main');
    });

    it('says which bindings an included file has left', async () => {
      await config("{ $include: './more.json5', agents: { list: [{ id: 'work' }, { id: 'b' }] } }");
      const written = { agentId: 'work', match: { channel: 'x' } };
      await write(path('more.json5'), { bindings: [written] });
      const { left } = await service().remove(place(), 'work');
      assert.deepEqual(
        left.map((one) => one.written),
        [written],
      );
    });

    it('never removes main', async () => {
      await config(TEXT);
      assert.equal(await fails(() => service().remove(place(), 'main')), 'agent.notRemovable');
    });
  });

  describe('bindings', () => {
    const CHAT = { agentId: 'work', match: { channel: 'x', peer: { kind: 'direct', id: '7' } } };
    const WRITTEN = { agentId: 'work', match: { channel: 'x', peer: { kind: 'dm', id: '7' } } };
    beforeEach(() => config("{ agents: { list: [{ id: 'main' }, { id: 'work' }] } /* c */ }"));

    it('are added and removed', async () => {
      await service().addBinding(place(), CHAT);
      const { bindings } = (await configNow()) as { bindings: JsonValue };
      assert.deepEqual(bindings, [WRITTEN]);
      await service().removeBinding(place(), WRITTEN);
      assert.deepEqual(await configNow(), { agents: { list: [{ id: 'main' }, { id: 'work' }] } });
      assert.equal(await fails(() => service().removeBinding(place(), WRITTEN)), 'binding.gone');
    });

    it('of another agent are moved in one step, or not at all', async () => {
      await service().addBinding(place(), CHAT);
      const mine = { ...CHAT, agentId: 'main' };
      assert.equal(await fails(() => service().addBinding(place(), mine)), 'binding.taken');
      const gone = { ...WRITTEN, agentId: 'lab' };
      assert.equal(await fails(() => service().addBinding(place(), mine, gone)), 'binding.gone');
      await service().addBinding(place(), mine, WRITTEN);
      const { bindings } = (await configNow()) as { bindings: JsonValue };
      assert.deepEqual(bindings, [{ ...WRITTEN, agentId: 'main' }]);
    });

    it('are not added behind one of an included file that is asked first', async () => {
      await config(
        "{ $include: './more.json5', agents: { list: [{ id: 'work' }] }, bindings: [] }",
      );
      await write(path('more.json5'), { bindings: [{ ...WRITTEN, agentId: 'main' }] });
      assert.equal(await fails(() => service().addBinding(place(), CHAT)), 'binding.taken');
    });

    it('that CoderClaw would refuse are not written', async () => {
      const odd = { agentId: 'work', match: { channel: '', peer: { kind: 'thread', id: '' } } };
      assert.equal(await fails(() => service().addBinding(place(), odd)), 'binding.bad');
    });
  });

  it('does not take what it has just done itself for a change by others', async () => {
    // As after a lock that was lost only once the file had been renamed.
    const again = {
      makeStore: vault.makeStore.bind(vault),
      commitStore: vault.commitStore.bind(vault),
      commitConfig: async (...args: Parameters<Vault['commitConfig']>) => {
        await vault.commitConfig(...args);
        return await vault.commitConfig(...args);
      },
    };
    const twice = service({ vault: again });
    await twice.add(place(), { name: 'work' });
    const match = { channel: 'x' };
    await twice.addBinding(place(), { agentId: 'work', match });
    await twice.addBinding(place(), { agentId: 'main', match }, { agentId: 'work', match });
    await twice.removeBinding(place(), { agentId: 'main', match });
    await twice.addBinding(place(), { agentId: 'work', match });
    assert.equal((await twice.remove(place(), 'work')).bindings.length, 1);
    assert.deepEqual(await configNow(), { agents: { list: [{ id: 'main' }] } });
  });

  describe('the folders of a removed agent', () => {
    const agentDir = () => path('agents', 'work', 'agent');
    const other = (folder: string, store = join(folder, 'auth-profiles.json')) => ({
      agentDir: folder,
      store: { kind: 'absent', path: store, legacyPaths: [] } as const,
    });

    it('are told: its own, and a store elsewhere', async () => {
      assert.deepEqual(await removedFolders(path(), { id: 'work', agentDir: agentDir() }, []), {});
      await mkdir(agentDir(), { recursive: true });
      await mkdir(path('mine'));
      const own = path('agents', 'work');
      const usual = { id: 'work', agentDir: agentDir() };
      assert.deepEqual(await removedFolders(path(), usual, [other(path('agents/main/agent'))]), {
        own,
      });
      const chosen = { id: 'work', agentDir: path('mine') };
      assert.deepEqual(await removedFolders(path(), chosen, []), { own, elsewhere: path('mine') });
    });

    it('are not its own where another agent is in them; and main has none', async () => {
      await mkdir(agentDir(), { recursive: true });
      const usual = { id: 'work', agentDir: agentDir() };
      assert.deepEqual(await removedFolders(path(), usual, [other(agentDir())]), {});
      assert.deepEqual(await removedFolders(path(), { ...usual, id: 'main' }, []), {});
      // Whose store is only a link would lose its sign-ins with the folder.
      await writeFile(join(agentDir(), 'auth-profiles.json'), '{}');
      const link = path('link.json');
      await symlink(join(agentDir(), 'auth-profiles.json'), link);
      assert.deepEqual(await removedFolders(path(), usual, [other(path('mine'), link)]), {});
    });
  });
});
