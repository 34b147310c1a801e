import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StorePlace } from '../../src/core/custody/storePlaces.ts';
import type { JsonObject } from '../../src/core/documents/json.ts';
import { ownFolderOf } from '../../src/core/documents/ownFolder.ts';
import { type IssuedTokens, StrictTokenServer } from '../support/strictTokenServer.ts';
import { RefreshFolder } from '../unit/core/custody/refreshFolder.ts';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import { type RefreshTask, runRefresher } from './refreshers.ts';

const ID = 'openai-codex:ann';

describe('refreshing among processes', function () {
  this.timeout(60_000);
  const path = workFolder();
  let server: StrictTokenServer;
  let folder: RefreshFolder;
  let tokens: IssuedTokens;
  beforeEach(async () => {
    server = await new StrictTokenServer({ delayMs: 1500 }).start();
    folder = new RefreshFolder(path(), { tokenEndpoint: server.tokenEndpoint });
    tokens = server.issue();
  });
  afterEach(async () => {
    folder.dispose();
    await server.close();
  });

  /** The same login in three agents, and in an auth.json. */
  async function twins(): Promise<readonly StorePlace[]> {
    const { access, refresh } = tokens;
    const profile = { type: 'oauth', provider: 'openai-codex', access, refresh, expires: 1 };
    const cache = { 'openai-codex': { type: 'oauth', access, refresh, expires: 1 } };
    await folder.agent('main', { [ID]: profile }, cache);
    await folder.agent('two', { [ID]: profile });
    await folder.agent('three', { [ID]: profile });
    return folder.places;
  }

  const run = (task: Partial<RefreshTask> = {}) =>
    runRefresher({
      tokenEndpoint: server.tokenEndpoint,
      places: folder.places,
      profileId: ID,
      ...task,
    });

  /** Every holder has the same good token. */
  async function assertAllMoved(): Promise<void> {
    const held = await Promise.all(folder.places.map((place) => folder.profile(place, ID)));
    const [main] = folder.places;
    assert.ok(main);
    const all: JsonObject[] = [...held, await folder.cached(main, 'openai-codex')];
    assert.equal(new Set(all.map(({ refresh }) => refresh)).size, 1);
    assert.equal(new Set(all.map(({ expires }) => expires)).size, 1);
    assert.ok(server.isGood(String(held[0]?.['refresh'])), 'what they hold is good');
    assert.deepEqual(server.revokedFamilies, []);
  }

  async function assertNothingLeft(): Promise<void> {
    for (const { storePath } of folder.places) {
      const names = await readdir(dirname(storePath));
      assert.deepEqual(
        names.filter((name) => name !== 'auth-profiles.json' && name !== 'auth.json'),
        [],
      );
    }
  }

  it('I9: 8 processes with 50 callers each send one request, and all have its result', async () => {
    await twins();
    server.next('slow');
    const reports = await Promise.all(
      Array.from({ length: 8 }, (_, n) => {
        // Each comes from another side.
        const places = [...folder.places.slice(n % 3), ...folder.places.slice(0, n % 3)];
        return run({ callers: 50, places });
      }),
    );
    assert.deepEqual(
      reports.map(({ stderr }) => stderr),
      Array.from({ length: 8 }, () => ''),
    );
    const results = reports.flatMap((report) => report.results);
    assert.equal(results.length, 400);
    for (const { kind, code } of results) {
      assert.ok(kind === 'refreshed' || kind === 'adopted', `${kind} ${code ?? ''}`);
    }
    assert.equal(new Set(results.map(({ expires }) => expires)).size, 1);
    assert.equal(server.requests.length, 1);
    await assertAllMoved();
    await assertNothingLeft();
  });

  it('control: the same without locks and journal spends a token twice', async () => {
    await twins();
    server.next('slow', 'slow', 'slow', 'slow');
    await Promise.all(Array.from({ length: 4 }, () => run({ without: ['locks', 'memory'] })));
    assert.notEqual(server.count('reuse'), 0);
    assert.notDeepEqual(server.revokedFamilies, []);
  });

  for (const killedAt of ['journaled', 'firstCommit'] as const) {
    it(`I11, I16: killed when ${killedAt}: the next process brings the answer to everybody`, async () => {
      await twins();
      assert.equal((await run({ killedAt })).signal, 'SIGKILL');
      assert.equal(server.requests.length, 1);
      const { results, stderr } = await run({ settles: true });
      assert.deepEqual([results.map(({ kind }) => kind), stderr], [['settled', 'adopted'], '']);
      await assertAllMoved();
      await assertNothingLeft();
      assert.equal(server.requests.length, 1);
    });
  }

  it('and so does a caller who knows of no journal entry to settle', async () => {
    await twins();
    await run({ killedAt: 'journaled' });
    const { results } = await run({ callers: 3 });
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['adopted', 'adopted', 'adopted'],
    );
    await assertAllMoved();
    assert.equal(server.requests.length, 1);
  });

  it('killed before anything was sent: unsure, and good again for whoever asks', async () => {
    await twins();
    assert.equal((await run({ killedAt: 'sending' })).signal, 'SIGKILL');
    assert.deepEqual(
      (await run()).results.map(({ kind }) => kind),
      ['unsure'],
    );
    assert.equal(server.requests.length, 0);
    assert.deepEqual(
      (await run({ force: true })).results.map(({ kind }) => kind),
      ['refreshed'],
    );
    await assertAllMoved();
  });

  it('killed with the answer in hand: unsure, and not sent again at once', async () => {
    await twins();
    assert.equal((await run({ killedAt: 'answered' })).signal, 'SIGKILL');
    for (let n = 0; n < 2; n++) {
      assert.deepEqual(
        (await run()).results.map(({ kind }) => kind),
        ['unsure'],
      );
    }
    assert.equal(server.requests.length, 1);
    assert.deepEqual(server.revokedFamilies, []);
  });

  it('control: the same without journal and memory sends a spent token', async () => {
    await twins();
    await run({ killedAt: 'answered', without: ['memory'] });
    await run({ without: ['memory'] });
    assert.equal(server.count('reuse'), 1);
  });

  it('a grant that is gone is asked for once, also after a restart', async () => {
    await twins();
    server.revoke(tokens.family);
    for (let n = 0; n < 2; n++) {
      const { results } = await run({ callers: 3, force: true });
      assert.deepEqual(
        results.map(({ kind }) => kind),
        ['dead', 'dead', 'dead'],
      );
    }
    assert.equal(server.requests.length, 1);
  });

  it('I11: a disk that fills up after sending: safe in the journal, settled when there is room', async function () {
    const disk = path('disk');
    await mkdir(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
    if (mount.status !== 0) return this.skip();
    const ballast = join(disk, 'ballast');
    const full = await new StrictTokenServer({
      delayMs: () => {
        try {
          writeFileSync(ballast, Buffer.alloc(1_000_000));
        } catch {
          // Until nothing fits any more.
        }
        return 0;
      },
    }).start();
    const { tokenEndpoint } = full;
    const onDisk = new RefreshFolder(disk, { tokenEndpoint });
    try {
      const { access, refresh } = full.issue();
      const profile = { type: 'oauth', provider: 'openai-codex', access, refresh, expires: 1 };
      const filler = { type: 'token', provider: 'p', token: 'x'.repeat(40_000) };
      const place = await onDisk.agent('main', { [ID]: profile, filler });
      full.next('slow');
      const result = await onDisk.refresher.refresh({ place, profileId: ID });
      assert.ok(result.kind === 'refreshed' && result.fault?.code === 'disk.full');
      assert.equal((await onDisk.profile(place, ID))['refresh'], refresh);

      await rm(ballast);
      const { places } = onDisk;
      const { results } = await runRefresher({
        tokenEndpoint,
        places,
        profileId: ID,
        settles: true,
      });
      assert.deepEqual(
        results.map(({ kind }) => kind),
        ['settled', 'adopted'],
      );
      assert.ok(full.isGood(String((await onDisk.profile(place, ID))['refresh'])));
      assert.equal(full.requests.length, 1);
    } finally {
      onDisk.dispose();
      await full.close();
      spawnSync('umount', [disk]);
    }
  });

  it('I15: what is kept is ours alone, and its log has no token in it', async () => {
    await twins();
    await run();
    const { path: own, journal, refreshLog } = ownFolderOf(path());
    const files = [refreshLog, ...(await readdir(journal)).map((name) => join(journal, name))];
    assert.ok(files.length > 1);
    for (const file of files) assert.equal((await stat(file)).mode & 0o777, 0o600);
    for (const one of [own, journal]) assert.equal((await stat(one)).mode & 0o777, 0o700);
    const log = await readFile(refreshLog, 'utf8');
    assert.deepEqual(
      server.secrets.filter((secret) => log.includes(secret)),
      [],
    );
  });
});
