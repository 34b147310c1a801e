import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { systemClock } from '../../../../src/core/clock.ts';
import { SessionService } from '../../../../src/core/custody/sessionService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { pinSession, unpinSessions } from '../../../../src/core/documents/sessionEdits.ts';
import { isKnown } from '../../../../src/core/errors.ts';
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

  it('sweeps what a crash left of us beside it', async () => {
    await writeFile(list(), JSON.stringify({ a: entry }));
    const dying = new Vault({
      ...{ clock: systemClock, log: () => {} },
      checkpoint: async (name) => {
        if (name === 'temp.synced') throw new Error('crash');
      },
    });
    await assert.rejects(
      serviceWith(dying).pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' }),
    );
    assert.deepEqual(await read(), { a: entry });
    await serviceWith().pin({ sessionsPath: list(), sessionKey: 'a', profileId: 'p:b' });
    assert.deepEqual(await readdir(path()), ['sessions.json']);
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

describe('edits of sessions.json', () => {
  const pinFields = fc.record(
    {
      updatedAt: fc.nat(),
      authProfileOverride: fc.constantFrom('p:a', 'p:b'),
      authProfileOverrideSource: fc.constantFrom('user', 'auto'),
      authProfileOverrideCompactionCount: fc.nat(5),
    },
    { requiredKeys: [] },
  );
  const entries = fc
    .tuple(pinFields, fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }))
    .map(([pin, more]) => ({ ...more, ...pin }));
  const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c'), entries, { minKeys: 1 });
  const PIN = [
    'authProfileOverride',
    'authProfileOverrideSource',
    'authProfileOverrideCompactionCount',
    'updatedAt',
  ];

  /** All that is not a pin, as text: as it was written. */
  const rest = (text: string, key: string): string => {
    const document = JSON.parse(text);
    for (const field of PIN) delete document[key]?.[field];
    return JSON.stringify(document);
  };

  it('change the pin of the one session, and nothing else, whatever stands in the list', () => {
    fc.assert(
      fc.property(documents, fc.nat(4), fc.constantFrom('a', 'b', 'c'), (document, indent, key) => {
        const text = JSON.stringify(document, null, indent);
        const pinned = pinSession(text, key, 'p:new', NOW);
        assert.equal(pinned === undefined, document[key] === undefined);
        if (pinned === undefined) return;
        assert.equal(rest(pinned, key), rest(text, key));
        const entry = JSON.parse(pinned)[key];
        assert.deepEqual(
          PIN.map((field) => entry[field]),
          ['p:new', 'user', undefined, NOW],
        );
        const unpinned = unpinSessions(pinned, [key], NOW + 1) ?? '';
        assert.equal(rest(unpinned, key), rest(text, key));
        assert.equal(JSON.parse(unpinned)[key].authProfileOverride, undefined);
      }),
    );
  });

  it('say that a text is no JSON rather than guess', () => {
    assert.throws(
      () => pinSession('{"a": ', 'a', 'p:a', NOW),
      (error) => isKnown(error, 'config.invalid'),
    );
  });
});
