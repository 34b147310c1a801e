import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../src/core/clock.ts';
import { SessionService } from '../../../../src/core/custody/sessionService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { MAX_FILE_BYTES } from '../../../../src/core/disk/strictRead.ts';
import { workFolder } from '../disk/workFolder.ts';

const NOW = 1_795_000_000_000;
const entry = {
  sessionId: 's',
  updatedAt: NOW - 1000,
  authProfileOverride: 'p:a',
  authProfileOverrideSource: 'user',
};

describe('SessionService', () => {
  const path = workFolder();
  const list = () => path('sessions.json');
  const read = async () => JSON.parse(await readFile(list(), 'utf8'));
  let logged: string[];

  function serviceWith(vault = new Vault({ clock: systemClock, log: () => {} })): SessionService {
    logged = [];
    const clock = { now: () => NOW };
    return new SessionService({ vault, clock, log: (line) => logged.push(line) });
  }

  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return String(error.code);
      throw error;
    }
    return 'fine';
  };

  it('pins, and keeps mode and folder as they are: no backup, no lock, no leftover', async () => {
    await writeFile(list(), JSON.stringify({ a: {}, b: entry }), { mode: 0o600 });
    await serviceWith().pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    assert.deepEqual(await read(), {
      a: { authProfileOverride: 'p:b', authProfileOverrideSource: 'user', updatedAt: NOW },
      b: entry,
    });
    assert.equal((await stat(list())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(path()), ['sessions.json']);
    assert.deepEqual(logged, ['a: pinned to p:b']);
  });

  it('never moves the time of a session back', async () => {
    const ahead = { ...entry, updatedAt: NOW + 5000 };
    await writeFile(list(), JSON.stringify({ a: ahead }));
    await serviceWith().pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    assert.equal((await read()).a.updatedAt, NOW + 5000);
  });

  it('takes off only pins that are still what was seen, and tells which', async () => {
    await writeFile(list(), JSON.stringify({ a: entry, b: entry, c: { updatedAt: 1 } }));
    const pins = ['a', 'c', 'gone'].map((sessionKey) => ({ sessionKey, profileId: 'p:a' }));
    const other = { sessionKey: 'b', profileId: 'p:other' };
    const service = serviceWith();
    assert.deepEqual(await service.unpin(list(), [...pins, other]), [pins[0]]);
    const { a, b, c } = await read();
    assert.deepEqual(a, { sessionId: 's', updatedAt: NOW });
    assert.deepEqual([b, c], [entry, { updatedAt: 1 }]);
    assert.deepEqual(await service.unpin(list(), pins), []);
    assert.deepEqual(await service.unpin(path('none.json'), pins), []);
    assert.deepEqual(await readdir(path()), ['sessions.json']);
  });

  it('decides on the list as it is under the lock', async () => {
    await writeFile(list(), JSON.stringify({ a: entry }));
    let isFirst = true;
    const vault = new Vault({
      clock: systemClock,
      log: () => {},
      checkpoint: async (name) => {
        if (name !== 'swept' || !isFirst) return;
        isFirst = false;
        await writeFile(list(), JSON.stringify({ a: { ...entry, authProfileOverride: 'p:new' } }));
      },
    });
    const pins = [{ sessionKey: 'a', profileId: 'p:a' }];
    assert.deepEqual(await serviceWith(vault).unpin(list(), pins), []);
    assert.equal((await read()).a.authProfileOverride, 'p:new');
  });

  // CoderClaw renames a list that has grown too long away, under its lock, before it writes the next.
  it('does not take a list for gone that is away for a moment', async () => {
    const vault = new Vault({
      ...{ clock: systemClock, log: () => {} },
      checkpoint: async (name) => {
        if (name === 'swept') await writeFile(list(), JSON.stringify({ a: entry }));
      },
    });
    await serviceWith(vault).pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    assert.equal((await read()).a.authProfileOverride, 'p:b');
  });

  it('makes no folder for a list that has none', async () => {
    const request = { sessionsPath: path('gone', 'sessions.json'), sessionKey: 'a' };
    assert.equal(await codeOf(serviceWith().pin({ ...request, profileId: 'p:b' })), 'session.gone');
    assert.deepEqual(await serviceWith().unpin(request.sessionsPath, []), []);
    assert.deepEqual(await readdir(path()), []);
  });

  it('says what is wrong, and writes nothing', async () => {
    const service = serviceWith();
    const request = { sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' };
    assert.equal(await codeOf(service.pin(request)), 'session.gone');
    for (const [text, code] of [
      ['{}', 'session.gone'],
      ['{"a": 7}', 'session.gone'],
      ['{"a": {"upd', 'sessions.invalid'],
      ['[]', 'sessions.invalid'],
      ['{a: {}}', 'sessions.invalid'],
      ['\uFEFF{"a": {}}', 'sessions.invalid'],
    ] as const) {
      await writeFile(list(), text);
      assert.equal(await codeOf(service.pin(request)), code, text);
      assert.equal(await readFile(list(), 'utf8'), text);
    }
    assert.equal(await codeOf(service.unpin(path(), [])), 'sessions.unreadable');
  });

  it('shows its pid in the lock, also where others may not find it: CoderClaw takes none for dead', async () => {
    await writeFile(list(), JSON.stringify({ a: entry }));
    const pids: number[] = [];
    const reach = { sameNamespace: false, sameUser: true };
    const locks = new FileLocks({ app: 'test', clock: systemClock, pidReach: async () => reach });
    const vault = new Vault({
      ...{ clock: systemClock, log: () => {}, locks },
      checkpoint: async (name) => {
        if (name !== 'read') return;
        const [lock] = (await readdir(path())).filter((file) => file.endsWith('.lock'));
        pids.push(JSON.parse(await readFile(path(lock ?? ''), 'utf8')).pid);
      },
    });
    await serviceWith(vault).pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    await vault.commitConfig(path('coderclaw.json'), () => '{}');
    assert.deepEqual(pids, [process.pid, 0]);
  });

  it('sweeps what a crash left of us beside it, and nothing of CoderClaw', async () => {
    await writeFile(list(), JSON.stringify({ a: entry }));
    const ours = '.sessions.json.0123456789abcdef.tmp';
    const theirs = 'sessions.json.1234.123e4567-e89b-12d3-a456-426614174000.tmp';
    for (const name of [ours, theirs]) await writeFile(path(name), '{}');
    await serviceWith().pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    assert.deepEqual((await readdir(path())).sort(), ['sessions.json', theirs]);
  });

  it('makes no list where there is none, whatever an edit says', async () => {
    const vault = new Vault({ clock: systemClock, log: () => {} });
    assert.deepEqual(await vault.commitSessions(list(), () => '{}'), { changed: false });
    const gone = new Vault({
      ...{ clock: systemClock, log: () => {} },
      checkpoint: async (name) => {
        if (name === 'swept') await rm(list());
      },
    });
    await writeFile(list(), '{"a": {}}');
    assert.deepEqual(await gone.commitSessions(list(), () => '{}'), { changed: false });
    assert.deepEqual(await readdir(path()), []);
  });

  it('writes nothing that is no list', async () => {
    const vault = new Vault({ clock: systemClock, log: () => {} });
    await writeFile(list(), '{"a": {}}');
    assert.equal(await codeOf(vault.commitSessions(list(), () => '[]')), 'sessions.invalid');
    assert.equal(await readFile(list(), 'utf8'), '{"a": {}}');
    assert.deepEqual(await readdir(path()), ['sessions.json']);
  });

  // An edit that read the whole list again for each session took minutes.
  it('clears many pins of a long list while a gateway waits for it', async () => {
    const filler = 'a "quoted" line\n'.repeat(500);
    const keys = Array.from({ length: 500 }, (_, n) => `agent:main:${n}`);
    const document = Object.fromEntries(keys.map((key) => [key, { ...entry, filler }]));
    await writeFile(list(), JSON.stringify(document, null, 2));
    const pins = keys.map((sessionKey) => ({ sessionKey, profileId: 'p:a' }));
    assert.deepEqual(await serviceWith().unpin(list(), pins), pins);
    const without = Object.fromEntries(
      keys.map((key) => [key, { sessionId: 's', updatedAt: NOW, filler }]),
    );
    assert.deepEqual(await read(), without);
  });

  it('leaves a list alone that is too long to be read', async () => {
    await writeFile(list(), '{}');
    await truncate(list(), MAX_FILE_BYTES + 1);
    const request = { sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' };
    assert.equal(await codeOf(serviceWith().pin(request)), 'sessions.unreadable');
    assert.equal((await stat(list())).size, MAX_FILE_BYTES + 1);
  });

  it('writes nothing where it may not', async function () {
    if (process.getuid?.() === 0) this.skip();
    await mkdir(path('locked'));
    await writeFile(path('locked', 'sessions.json'), JSON.stringify({ a: entry }));
    await chmod(path('locked'), 0o500);
    const request = { sessionsPath: path('locked', 'sessions.json'), sessionKey: 'a' };
    const code = await codeOf(serviceWith().pin({ ...request, profileId: 'p:b' }));
    await chmod(path('locked'), 0o700);
    assert.equal(code, 'disk.readOnly');
  });
});
