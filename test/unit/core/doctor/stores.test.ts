import assert from 'node:assert/strict';
import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { maskedStore } from '../../../../src/core/doctor/maskedTexts.ts';
import { doctorHome, key, login, secret } from './doctorHome.ts';

describe('doctor: stores and their files', () => {
  const home = doctorHome();

  it('has nothing to say of a home without CoderClaw, nor of a state folder in order', async () => {
    const { findings } = await home().examine();
    assert.deepEqual(ofHome(findings), []);
    await home().store('main', { profiles: { 'p:a': login(), 'p:b': key() } });
    await home().config({ auth: { profiles: {}, order: { p: ['p:a', 'p:b'] } } });
    assert.deepEqual(ofHome((await home().examine()).findings), []);
  });

  it('finds a store that is torn, also the one of an agent', async () => {
    const path = await home().store('work', '{"version":1,"profiles":{"p:a":{"token":"CANARY');
    await home().reads();
    home().later = 5000;
    const { severity, where, facts, isRepairable } = await home().only('store.torn');
    assert.deepEqual([severity, where.agentId, where.path], ['error', 'work', path]);
    assert.equal(where.stateDir, home().state());
    assert.equal(where.stateDirLabel, '~/.coderclaw');
    assert.deepEqual([facts.detail, isRepairable], ['not one whole JSON document', false]);
  });

  it('finds stores of an unknown version, and those that would lose something', async () => {
    await home().store('main', '{"version":7,"profiles":{}}');
    await home().store('work', '{"version":1,"profiles":{"p:a":{},"p:a":{}}}');
    assert.deepEqual((await home().only('store.unknownVersion')).facts, { version: '7' });
    assert.match((await home().only('store.unwritable')).facts.why, /p:a stands twice/);
  });

  it('finds a store that cannot be read', async () => {
    await mkdir(home().storePath(), { recursive: true });
    const { facts, where } = await home().only('store.unreadable');
    assert.deepEqual([facts.errno, where.path], ['EFTYPE', home().storePath()]);
  });

  it('finds one whose folder an unset variable hides', async () => {
    await home().config({
      agents: { list: [{ id: 'main' }, { id: 'w', agentDir: '$' + '{NOT_SET}/x' }] },
    });
    const { facts, where } = await home().only('store.unplaced');
    assert.deepEqual([facts.variable, where.agentId], ['NOT_SET', 'w']);
  });

  it('finds older files, and imports them', async () => {
    const old = home().state('credentials', 'oauth.json');
    const tokens = { access: secret(), refresh: secret(), expires: Date.now() + 1e9 };
    await home().write(old, { anthropic: tokens });
    await home().config({});
    await mkdir(dirname(home().storePath()), { recursive: true, mode: 0o700 });
    const found = await home().only('legacy.pending');
    assert.deepEqual(found.facts.legacyPaths, [old]);
    const { planned, touched } = await home().mend(found);
    const store = await home().json(home().storePath());
    assert.deepEqual(store, {
      version: 1,
      profiles: { 'anthropic:default': { type: 'oauth', provider: 'anthropic', ...tokens } },
    });
    const path = home().storePath();
    assert.deepEqual(planned, [
      { kind: 'text', path, before: undefined, after: maskedStore(store) },
      { kind: 'renamed', path: old, to: `${old}.imported-` },
    ]);
    const [made, kept = '', was, ...more] = [touched[0], touched[2], touched[1]];
    assert.deepEqual(
      [made, was, more],
      ['.coderclaw/agents/main/agent/auth-profiles.json', '.coderclaw/credentials/oauth.json', []],
    );
    assert.ok(kept.startsWith(`${was}.imported-`));
    assert.equal(touched.length, 3);
    assert.deepEqual(await home().find('legacy.pending'), []);
  });
});

describe('doctor: permissions', () => {
  if (process.platform === 'win32') return;
  const home = doctorHome();

  it('finds what others may read or write, and takes just that from them', async () => {
    const store = await home().store('main', { profiles: { 'p:a': login() } });
    await home().config({});
    await home().write(`${home().configPath}.bak.2`, '{}');
    await home().write(home().state('agents', 'main', 'agent', 'auth.json'), '{}');
    const loose: readonly (readonly [string, number, number, string])[] = [
      [store, 0o644, 0o600, 'error'],
      [dirname(store), 0o755, 0o700, 'info'],
      [home().state('agents', 'main', 'agent', 'auth.json'), 0o662, 0o600, 'error'],
      [home().configPath, 0o440, 0o400, 'warning'],
      [`${home().configPath}.bak.2`, 0o604, 0o600, 'warning'],
      [home().state(), 0o777, 0o755, 'error'],
    ];
    for (const [path, mode] of loose) await chmod(path, mode);
    const found = await home().find('file.loose');
    assert.equal(found.length, loose.length);
    for (const [path, mode, wanted, severity] of loose) {
      const one = found.find(({ where }) => where.path === path);
      assert.ok(one, path);
      assert.deepEqual([one.facts.mode, one.facts.wanted, one.severity], [mode, wanted, severity]);
      const { planned, touched } = await home().mend(one);
      assert.deepEqual(planned, [{ kind: 'mode', path, before: mode, after: wanted }]);
      assert.deepEqual(
        touched.map((name) => home().path(name)),
        [path],
      );
    }
    assert.deepEqual(await home().find('file.loose'), []);
  });

  it('leaves a state folder alone in which others may only look around', async () => {
    await home().store('main', { profiles: {} });
    await chmod(home().state(), 0o755);
    assert.deepEqual(await home().find('file.loose'), []);
  });

  it('mends the file behind a link, and never what a link leads to later', async () => {
    const real = home().path('dotfiles', 'store.json');
    await home().write(real, { version: 1, profiles: {} });
    await mkdir(dirname(home().storePath()), { recursive: true, mode: 0o700 });
    await symlink(real, home().storePath());
    await chmod(real, 0o644);
    const found = await home().only('file.loose');
    assert.equal(found.where.path, real);
    const other = home().path('other');
    await home().write(other, 'x');
    await chmod(other, 0o644);
    const turned = { ...found, where: { ...found.where, path: home().path('turned') } };
    await symlink(other, home().path('turned'));
    await assert.rejects(home().repairs.make(turned), { code: 'disk.failed' });
    assert.equal((await home().everything()).get('other'), '644 x');
    assert.deepEqual((await home().mend(found)).touched, ['dotfiles/store.json']);
  });

  it('finds what belongs to somebody else, and does not touch it', async function () {
    if (process.geteuid?.() !== 0) return this.skip();
    const store = await home().store('main', { profiles: {} });
    await chmod(store, 0o644);
    await chown(store, 12345, 12345);
    const { where, facts, isRepairable } = await home().only('file.wrongOwner');
    assert.deepEqual([where.path, facts], [store, { isFolder: false, uid: 12345, ourUid: 0 }]);
    assert.equal(isRepairable, false);
    assert.deepEqual(await home().find('file.loose'), []);
  });
});

/** Of this machine's ports nothing is known here. */
function ofHome<T extends { readonly code: string }>(findings: readonly T[]): readonly T[] {
  return findings.filter(({ code }) => code !== 'port.held' && code !== 'folder.shared');
}
