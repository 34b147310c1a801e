import assert from 'node:assert/strict';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { doctorHome, login } from './doctorHome.ts';

/** No process has it: the system's highest is 4194304. */
const NOBODY = 0x7ffffffe;

describe('doctor: locks', () => {
  const home = doctorHome();
  let store: string;
  beforeEach(async () => {
    store = await home().store('main', { profiles: { 'p:a': login() } });
    await home().config({});
  });

  const lock = (path: string, pid: number, ageMs = 0) =>
    writeFile(
      `${path}.lock`,
      JSON.stringify({ pid, createdAt: new Date(Date.now() - ageMs).toISOString() }),
      { mode: 0o600 },
    );
  const age = async (path: string, ageMs: number) => {
    const at = (Date.now() - ageMs) / 1000;
    await utimes(`${path}.lock`, at, at);
  };

  it('says nothing of one that is held', async () => {
    const locks = new FileLocks({ app: 'test', clock: systemClock });
    await locks.withFileLock(store, {}, async () => {
      assert.deepEqual(await home().find('lock.stale'), []);
    });
    await lock(store, process.ppid);
    assert.deepEqual(await home().find('lock.stale'), []);
  });

  it('removes one whose process is gone: of a store, the config, a list of sessions', async () => {
    const sessions = await home().sessions('main', {});
    for (const target of [store, home().configPath, sessions]) {
      await lock(target, NOBODY);
      const found = await home().only('lock.stale');
      const { facts, where, severity } = found;
      assert.deepEqual([facts.target, where.path], [target, `${target}.lock`]);
      assert.deepEqual([facts.verdict, facts.pid, severity], ['ownerDead', NOBODY, 'info']);
      const { planned, touched } = await home().mend(found);
      assert.deepEqual(
        planned.map(({ kind, path }) => [kind, path]),
        [['removed', `${target}.lock`]],
      );
      assert.deepEqual(
        touched.map((name) => home().path(name)),
        [`${target}.lock`],
      );
    }
  });

  it('finds an old one, names who lives, and leaves it to whoever writes next', async () => {
    await lock(store, process.ppid, 60_000);
    await age(store, 60_000);
    const { facts, severity, isRepairable } = await home().only('lock.stale');
    assert.deepEqual([facts.verdict, facts.pid], ['old', process.ppid]);
    assert.ok(facts.ageMs >= 60_000);
    if (process.platform === 'linux') assert.ok(facts.program);
    assert.deepEqual([severity, isRepairable], ['warning', false]);
  });

  it('does not take one that lives again by the time of the repair', async () => {
    await lock(store, NOBODY);
    const found = await home().only('lock.stale');
    await lock(store, process.ppid);
    const before = await home().everything();
    await assert.rejects(home().repairs.preview(found), { code: 'lock.busy' });
    await assert.rejects(home().repairs.make(found), { code: 'lock.busy' });
    assert.deepEqual(await home().everything(), before);
  });

  it('finds what is no lock, and the lock of a file behind a link', async () => {
    await mkdir(`${store}.lock`);
    const { facts, isRepairable } = await home().only('lock.foreign');
    assert.deepEqual([facts, isRepairable], [{ target: store }, false]);

    const real = home().path('elsewhere', 'store.json');
    await home().write(real, { version: 1, profiles: {} });
    await mkdir(dirname(home().storePath('work')), { recursive: true, mode: 0o700 });
    await symlink(real, home().storePath('work'));
    await lock(real, NOBODY);
    const found = await home().only('lock.stale');
    assert.deepEqual([found.facts.target, found.where.agentId], [real, 'work']);
    assert.deepEqual((await home().mend(found)).touched, ['elsewhere/store.json.lock']);
  });
});
