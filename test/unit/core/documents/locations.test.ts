import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostEnvironment } from '../../../../src/core/documents/hostEnvironment.ts';
import {
  agentDirOf,
  agentIdsOnDisk,
  authStorePath,
  findStateDirs,
  type Locations,
  runtimeCachePath,
} from '../../../../src/core/documents/locations.ts';

describe('where CoderClaw keeps its state', () => {
  let root: string;
  let home: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'locations-')));
    home = join(root, 'home');
    await mkdir(home);
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const host = (env: Record<string, string> = {}): HostEnvironment => ({
    env,
    homedir: home,
    platform: process.platform,
  });

  /** A state dir with an agent in it, below home. */
  async function stateDir(name: string): Promise<string> {
    await mkdir(join(home, name, 'agents/main/agent'), { recursive: true });
    return join(home, name);
  }

  async function file(path: string, text = '{}'): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Installs a CLI and links it into a folder of PATH; gives its install id. */
  async function cli(name = 'coderclaw'): Promise<{ path: string; id: string }> {
    const packageRoot = join(root, 'lib/node_modules/coderclaw');
    await file(join(packageRoot, 'package.json'), JSON.stringify({ name, version: '2026.3.21' }));
    const binary = await file(join(packageRoot, 'bin/cli.mjs'), '#!/usr/bin/env node\n');
    await mkdir(join(root, 'bin'));
    await symlink(binary, join(root, 'bin/coderclaw'));
    const id = createHash('sha256').update(packageRoot).digest('hex').slice(0, 8);
    return { path: `/nowhere::${join(root, 'bin')}`, id };
  }

  const shown = ({ stateDirs }: Locations): string[] =>
    stateDirs.map(({ label, inUse }) => (inUse ? `${label} in use` : label));

  it('finds nothing on a clean machine, and says where it looked', async () => {
    const found = await findStateDirs(host());
    assert.deepEqual(found, { stateDirs: [], lookedIn: [join(home, '.coderclaw')], notes: [] });
  });

  it('CODERCLAW_STATE_DIR is in use, with ~ for home; the others are shown after it', async () => {
    await stateDir('elsewhere');
    await stateDir('.coderclaw');
    const found = await findStateDirs(host({ CODERCLAW_STATE_DIR: ' ~/elsewhere ' }));
    assert.deepEqual(shown(found), ['~/elsewhere in use', '~/.coderclaw']);
  });

  it('CODERCLAW_STATE_DIR that is not there leaves nothing in use', async () => {
    await stateDir('.coderclaw');
    const found = await findStateDirs(host({ CODERCLAW_STATE_DIR: '/no/such' }));
    assert.deepEqual(shown(found), ['~/.coderclaw']);
    assert.deepEqual(found.lookedIn, ['/no/such', join(home, '.coderclaw')]);
  });

  it('CODERCLAW_PROFILE names a sibling; the others are shown too', async () => {
    await stateDir('.coderclaw-work');
    await stateDir('.coderclaw-play');
    await mkdir(join(home, '.coderclaw-notes'));
    await stateDir('.coderclaw');
    const siblings = ['~/.coderclaw', '~/.coderclaw-play'];
    assert.deepEqual(shown(await findStateDirs(host({ CODERCLAW_PROFILE: 'work' }))), [
      '~/.coderclaw-work in use',
      ...siblings,
    ]);
    for (const profile of ['default', 'Default', '', ' ']) {
      const found = await findStateDirs(host({ CODERCLAW_PROFILE: profile }));
      assert.deepEqual(shown(found), [
        '~/.coderclaw in use',
        '~/.coderclaw-play',
        '~/.coderclaw-work',
      ]);
    }
  });

  it('CODERCLAW_PROFILE does not lead out of the home folder', async () => {
    const found = await findStateDirs(host({ CODERCLAW_PROFILE: '../../etc' }));
    assert.deepEqual(found.notes, ['CODERCLAW_PROFILE: not a plain name']);
    assert.deepEqual(found.lookedIn, [join(home, '.coderclaw')]);
  });

  it('the folder of the installed CLI is in use, every other installation is shown', async () => {
    const { path, id } = await cli();
    await stateDir(`.coderclaw/${id}`);
    await stateDir('.coderclaw/00000000');
    await mkdir(join(home, '.coderclaw/ffffffff'));
    await mkdir(join(home, '.coderclaw/not-an-id'));
    const found = await findStateDirs(host({ PATH: path }));
    assert.deepEqual(shown(found), [
      `~/.coderclaw/${id} in use`,
      '~/.coderclaw/00000000',
      '~/.coderclaw/ffffffff',
    ]);
  });

  it('the flat folder is in use when it has a config and the installation has no folder', async () => {
    const { path, id } = await cli();
    await file(join(home, '.coderclaw/coderclaw.json'));
    const flat = await findStateDirs(host({ PATH: path }));
    assert.deepEqual(shown(flat), ['~/.coderclaw in use']);
    await stateDir(`.coderclaw/${id}`);
    const own = await findStateDirs(host({ PATH: path }));
    assert.deepEqual(shown(own), [`~/.coderclaw/${id} in use`]);
    assert.equal(own.stateDirs[0]?.configPath, join(home, '.coderclaw/coderclaw.json'));
  });

  it('without a CLI on PATH: the flat folder if it holds state, else a single installation', async () => {
    await stateDir('.coderclaw/aaaaaaaa');
    assert.deepEqual(shown(await findStateDirs(host())), ['~/.coderclaw/aaaaaaaa in use']);
    await stateDir('.coderclaw');
    assert.deepEqual(shown(await findStateDirs(host())), [
      '~/.coderclaw in use',
      '~/.coderclaw/aaaaaaaa',
    ]);
  });

  it('a shim that leads to another package is no installation', async () => {
    const { path, id } = await cli('some-version-manager');
    await stateDir(`.coderclaw/${id}`);
    await stateDir('.coderclaw');
    assert.deepEqual(shown(await findStateDirs(host({ PATH: path }))), [
      '~/.coderclaw in use',
      `~/.coderclaw/${id}`,
    ]);
  });

  it('CODERCLAW_HOME replaces the home folder', async () => {
    await mkdir(join(root, 'other/.coderclaw/agents'), { recursive: true });
    await stateDir('.coderclaw');
    const found = await findStateDirs(host({ CODERCLAW_HOME: join(root, 'other') }));
    assert.deepEqual(shown(found), [`${join(root, 'other/.coderclaw')} in use`]);
  });

  it('a setting of a wrong type hides nothing: its texts are kept, the rest is noted', async () => {
    await stateDir('.coderclaw');
    const mine = await stateDir('mine');
    for (const setting of [mine, 7, true, { 0: mine }]) {
      const found = await findStateDirs(host(), setting);
      assert.deepEqual(shown(found), ['~/.coderclaw in use'], JSON.stringify(setting));
      assert.deepEqual(found.notes, ['state folders: the setting is not a list']);
    }
    for (const setting of [undefined, null, []]) {
      assert.deepEqual((await findStateDirs(host(), setting)).notes, []);
    }
    const mixed = await findStateDirs(host(), [null, mine, 7, ['x'], {}, 'nul\u0000']);
    assert.deepEqual(shown(mixed), ['~/.coderclaw in use', '~/mine']);
    assert.deepEqual(mixed.notes, [
      'state folders: entries that are not text',
      'state folders: a relative path is not followed: nul',
    ]);
  });

  it('folders from the setting: absolute or ~, relative ones refused with a note', async () => {
    await stateDir('mine');
    await stateDir('.coderclaw');
    const found = await findStateDirs(host(), ['~/mine', 'relative/dir', './x', join(root, 'no')]);
    assert.deepEqual(shown(found), ['~/.coderclaw in use', '~/mine']);
    assert.equal(found.notes.length, 2);
    assert.ok(found.lookedIn.includes(join(root, 'no')));
  });

  it('shows a folder once, whatever links lead to it', async () => {
    const real = await stateDir('.coderclaw');
    await symlink(real, join(home, '.coderclaw-link'));
    const found = await findStateDirs(
      host({ CODERCLAW_STATE_DIR: join(home, '.coderclaw-link') }),
      [real, `${real}/`, join(home, 'x/../.coderclaw')],
    );
    assert.deepEqual(shown(found), ['~/.coderclaw-link in use']);
  });

  it('a file in the place of a folder is not a state dir', async () => {
    await file(join(home, '.coderclaw'), 'x');
    assert.deepEqual((await findStateDirs(host(), [join(home, '.coderclaw')])).stateDirs, []);
  });

  describe('the config', () => {
    const flatConfig = (): string => join(home, '.coderclaw/coderclaw.json');

    it("is the state dir's own where CODERCLAW_STATE_DIR names it, else the flat one", async () => {
      const dir = await stateDir('state');
      const env = { CODERCLAW_STATE_DIR: dir };
      const config = async (): Promise<string | undefined> =>
        (await findStateDirs(host(env))).stateDirs[0]?.configPath;
      assert.equal(await config(), join(dir, 'coderclaw.json'), 'the one that would be made');
      await file(flatConfig());
      assert.equal(await config(), flatConfig());
      await file(join(dir, 'coderclaw.json'));
      assert.equal(await config(), join(dir, 'coderclaw.json'));
    });

    it('is the flat one first for an installation, its own where there is no flat one', async () => {
      const dir = await stateDir('.coderclaw/aaaaaaaa');
      const own = await file(join(dir, 'coderclaw.json'));
      assert.equal((await findStateDirs(host())).stateDirs[0]?.configPath, own);
      await file(flatConfig());
      const found = await findStateDirs(host());
      assert.deepEqual(
        found.stateDirs.map(({ configPath }) => configPath),
        [flatConfig()],
      );
      assert.deepEqual(found.stateDirs[0]?.configCandidates, [flatConfig(), own]);
    });

    it("is a profile's own, never the flat one", async () => {
      const dir = await stateDir('.coderclaw-work');
      await file(flatConfig());
      for (const env of [{ CODERCLAW_PROFILE: 'work' }, {}]) {
        const found = await findStateDirs(host(env as Record<string, string>));
        const work = found.stateDirs.find(({ path }) => path === dir);
        assert.equal(work?.configPath, join(dir, 'coderclaw.json'));
      }
    });

    it('CODERCLAW_CONFIG_PATH and CODERCLAW_OAUTH_DIR count for the one in use alone', async () => {
      await stateDir('.coderclaw');
      await stateDir('.coderclaw-work');
      const found = await findStateDirs(
        host({ CODERCLAW_CONFIG_PATH: '~/my.json5', CODERCLAW_OAUTH_DIR: '~/oauth' }),
      );
      assert.deepEqual(
        found.stateDirs.map(({ configPath, legacyOAuthPath }) => [configPath, legacyOAuthPath]),
        [
          [join(home, 'my.json5'), join(home, 'oauth/oauth.json')],
          [
            join(home, '.coderclaw-work/coderclaw.json'),
            join(home, '.coderclaw-work/credentials/oauth.json'),
          ],
        ],
      );
    });
  });

  describe('the files of an agent', () => {
    const used = { path: '/s', inUse: true };

    it("are in the config's folder for it, else in the state dir", () => {
      assert.equal(agentDirOf(host(), used, { id: 'work' }), '/s/agents/work/agent');
      assert.equal(agentDirOf(host(), used, { id: 'work', agentDir: '~/w' }), join(home, 'w'));
      assert.equal(agentDirOf(host(), used, { id: 'work', agentDir: '/abs/' }), '/abs');
    });

    it('of main are where the environment says, in the state dir in use', () => {
      const both = host({ CODERCLAW_AGENT_DIR: '/one', PI_CODING_AGENT_DIR: '/two' });
      assert.equal(agentDirOf(both, used, { id: 'main', agentDir: '/x' }), '/one');
      assert.equal(agentDirOf(host({ PI_CODING_AGENT_DIR: '/two' }), used, { id: 'main' }), '/two');
      assert.equal(agentDirOf(both, used, { id: 'work' }), '/s/agents/work/agent');
      const other = { path: '/s', inUse: false };
      assert.equal(agentDirOf(both, other, { id: 'main' }), '/s/agents/main/agent');
    });

    it('have their fixed names', () => {
      assert.equal(authStorePath('/a'), '/a/auth-profiles.json');
      assert.equal(runtimeCachePath('/a'), '/a/auth.json');
    });

    it('agents on disk are the folders with an agent folder and an id for a name', async () => {
      const dir = await stateDir('.coderclaw');
      for (const name of ['work/agent', 'Bad Name/agent', 'no-agent', 'alpha/agent']) {
        await mkdir(join(dir, 'agents', name), { recursive: true });
      }
      assert.deepEqual(await agentIdsOnDisk(dir), ['alpha', 'main', 'work']);
      assert.deepEqual(await agentIdsOnDisk(dir, undefined, (id) => id !== 'main'), [
        'alpha',
        'work',
      ]);
      assert.deepEqual(await agentIdsOnDisk(join(dir, 'nothing')), []);
    });
  });
});
