import assert from 'node:assert/strict';
import { link, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { maskedStore } from '../../../../src/core/doctor/maskedTexts.ts';
import { FINGERPRINT_DIGITS, tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { doctorHome, key, login, secret } from './doctorHome.ts';

const WORK = '.coderclaw/agents/work/agent/auth-profiles.json';

describe('doctor: logins that stand in several places', () => {
  const home = doctorHome();
  const shared = secret('shared');
  const fingerprint = tokenHash(shared).slice(0, FINGERPRINT_DIGITS);
  const holder = (agentId: string, profileId = 'p:a', stateDir = home().state()) => ({
    ...{ stateDir, agentId, profileId },
    stateDirLabel: stateDir.replace(home().path(), '~'),
    storePath: home().storePath(agentId, stateDir),
  });

  describe('twins', () => {
    it('are told with who could inherit, and made to', async () => {
      await home().store('main', { profiles: { 'p:a': login(shared), 'p:k': key() } });
      const document = {
        version: 1,
        // A newer access token of the same grant.
        profiles: { 'p:a': login(shared), 'p:own': login(), 'p:k': key() },
        order: { p: ['p:own', 'p:a'] },
        usageStats: { 'p:a': { lastUsed: 5 } },
      };
      await home().store('work', document);
      await home().store('other', { profiles: { 'p:other': login(shared) } });
      const found = await home().only('login.twins');
      assert.deepEqual(found.facts, {
        ...{ provider: 'p', fingerprint },
        holders: [holder('main'), holder('other', 'p:other'), holder('work')],
        heirs: [holder('work')],
      });
      const { planned, touched } = await home().mend(found);
      assert.deepEqual(touched, [WORK]);
      const { 'p:a': _, ...left } = document.profiles;
      const mended = { ...document, profiles: left };
      assert.deepEqual(await home().json(home().storePath('work')), mended);
      assert.deepEqual(planned, [
        {
          ...{ kind: 'text', path: home().storePath('work') },
          ...{ before: maskedStore(document), after: maskedStore(mended) },
        },
      ]);
      const [dir] = (await home().snapshot()).stateDirs;
      const seen = dir?.agents
        .find(({ id }) => id === 'work')
        ?.providers.flatMap(({ profiles }) => profiles)
        .find(({ id }) => id === 'p:a');
      assert.deepEqual([seen?.origin, seen?.position], ['inherited', 1]);
      const { holders, heirs } = (await home().only('login.twins')).facts;
      assert.deepEqual(holders, [holder('main'), holder('other', 'p:other')]);
      assert.deepEqual(heirs, []);
    });

    it('are decided on under the locks of both stores', async () => {
      const main = await home().store('main', { profiles: { 'p:a': login(shared) } });
      const work = await home().store('work', { profiles: { 'p:a': login(shared) } });
      const found = await home().only('login.twins');
      const copy = await readFile(work, 'utf8');
      for (const locked of [main, work]) {
        await home().store('main', { profiles: { 'p:a': login(shared) } });
        const locks = new FileLocks({ app: 'other', clock: systemClock });
        let making: Promise<void> | undefined;
        await locks.withFileLock(locked, {}, async () => {
          making = home().repairs.make(found);
          making.catch(() => {});
          // Whatever it has read by then, it has to read again.
          await systemClock.sleep(50);
          await home().store('main', { profiles: { 'p:a': login() } });
        });
        await assert.rejects(making ?? Promise.resolve(), { code: 'profile.changed' });
        assert.equal(await readFile(work, 'utf8'), copy);
      }
    });

    it('are told in one store too, and keys are none', async () => {
      const same = key();
      await home().store('main', {
        profiles: { 'p:a': login(shared), 'p:b': login(shared), 'p:k': same },
      });
      await home().store('work', { profiles: { 'p:k': same } });
      const { facts, isRepairable } = await home().only('login.twins');
      assert.deepEqual(facts.holders, [holder('main'), holder('main', 'p:b')]);
      assert.equal(isRepairable, false);
    });

    it('are none by inheritance, nor where one file has two names', async () => {
      await home().store('main', { profiles: { 'p:a': login(shared) } });
      await home().store('work', { profiles: {} });
      await mkdir(dirname(home().storePath('hard')), { recursive: true, mode: 0o700 });
      await link(home().storePath(), home().storePath('hard'));
      await symlink(home().state('agents', 'main'), home().state('agents', 'soft'));
      assert.deepEqual(await home().find('login.twins'), []);
    });

    it('keep their copies where main has another by then, or none, or the same file', async () => {
      await home().store('main', { profiles: { 'p:a': login(shared) } });
      await home().store('work', { profiles: { 'p:a': login(shared) } });
      const found = await home().only('login.twins');
      const refused = async (code: string) => {
        const before = await home().everything();
        await assert.rejects(home().repairs.preview(found), { code });
        await assert.rejects(home().repairs.make(found), { code });
        assert.deepEqual(await home().everything(), before);
      };
      await home().store('main', { profiles: { 'p:a': login() } });
      await refused('profile.changed');
      await home().store('main', { profiles: { 'p:a': key() } });
      await refused('profile.changed');
      await home().store('main', { profiles: {} });
      await refused('profile.gone');
      await rm(home().storePath());
      await link(home().storePath('work'), home().storePath());
      const before = await home().everything();
      await home().repairs.make(found);
      assert.deepEqual(await home().everything(), before);
    });
  });

  it('are told where several state folders have them', async () => {
    const other = home().state('0123abcd');
    await home().store('main', { profiles: { 'p:a': login(shared) } });
    await home().store('main', { profiles: { 'p:b': login(shared) } }, other);
    const { facts, where } = await home().only('login.severalStateDirs');
    assert.deepEqual(where, {});
    assert.equal(facts.fingerprint, fingerprint);
    assert.deepEqual(
      facts.holders.map(({ stateDir, profileId }) => [stateDir, profileId]).sort(),
      [
        [home().state(), 'p:a'],
        [other, 'p:b'],
      ].sort(),
    );
    assert.deepEqual(await home().find('login.twins'), []);
  });

  describe('of other programs', () => {
    const files = {
      codex: ['.codex/auth.json', { tokens: { access_token: secret(), refresh_token: shared } }],
      claude: ['.claude/.credentials.json', { claudeAiOauth: { refreshToken: shared } }],
      qwen: ['.qwen/oauth_creds.json', { refresh_token: shared, expiry_date: 1 }],
      minimax: ['.minimax/oauth_creds.json', { refresh_token: shared }],
      pi: [
        '.pi/agent/auth.json',
        { x: { type: 'api_key' }, p: { type: 'oauth', refresh: shared } },
      ],
    } as const;

    for (const [program, [file, content]] of Object.entries(files)) {
      it(`are found: ${program}`, async () => {
        await home().store('work', { profiles: { 'p:a': login(shared) } });
        await home().write(home().path(file), content);
        const { facts, where } = await home().only('login.otherProgram');
        assert.deepEqual(facts, { program, provider: 'p', fingerprint, holders: [holder('work')] });
        assert.equal(where.path, home().path(file));
      });
    }

    it('are found where variables say that they are', async () => {
      await home().store('main', { profiles: { 'p:a': login(shared) } });
      home().env = { CODEX_HOME: '~/x', CLAUDE_CONFIG_DIR: home().path('y') };
      await home().write(home().path('x', 'auth.json'), files.codex[1]);
      await home().write(home().path('y', '.credentials.json'), files.claude[1]);
      const found = await home().find('login.otherProgram');
      assert.deepEqual(found.map(({ facts }) => facts.program).sort(), ['claude', 'codex']);
    });

    it('are none with another login, in a file that is none, or in a cache of ours', async () => {
      await home().store('main', { profiles: { 'p:a': login() } });
      await home().write(home().path(files.codex[0]), files.codex[1]);
      await home().write(home().path(files.qwen[0]), '{"refresh_token": "CANARY');
      await home().write(home().path(files.minimax[0]), '[[1]]');
      await mkdir(home().path(files.claude[0]), { recursive: true });
      assert.deepEqual(await home().find('login.otherProgram'), []);
      await home().config({
        agents: { list: [{ id: 'main', agentDir: home().path('.pi/agent') }] },
      });
      await home().write(join(home().path('.pi/agent'), 'auth-profiles.json'), {
        version: 1,
        profiles: { 'p:a': login(shared) },
      });
      await home().write(home().path(files.pi[0]), files.pi[1]);
      const found = await home().find('login.otherProgram');
      assert.deepEqual(
        found.map(({ facts }) => facts.program),
        ['codex'],
      );
    });
  });
});
