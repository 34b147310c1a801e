import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { AuditTrail } from '../../../../../src/core/custody/audit/auditTrail.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import { Vault } from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { ownFolderOf } from '../../../../../src/core/documents/ownFolder.ts';
import { removeProfile, upsertProfile } from '../../../../../src/core/documents/storeIntents.ts';
import type { AuditEntry } from '../../../../../src/core/model/auditEntry.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { workFolder } from '../../disk/workFolder.ts';

const fingerprint = (secret: string) => tokenHash(secret).slice(0, 12);
const oauth = (refresh: string) => ({ type: 'oauth', provider: 'p', refresh, access: 'CANARY-a' });

describe('audit trail', () => {
  const path = workFolder();
  const stateDir = () => path('state');
  const storePath = () => path('state', 'auth-profiles.json');
  let logged: string[];

  beforeEach(async () => {
    logged = [];
    await mkdir(stateDir(), { mode: 0o700 });
  });

  function trailOf(
    places: readonly StorePlace[] = [
      { stateDir: stateDir(), agentId: 'main', storePath: storePath() },
    ],
  ): AuditTrail {
    const locks = new FileLocks({ app: 'us/1', clock: systemClock });
    const log = (line: string) => logged.push(line);
    return new AuditTrail({
      locks,
      clock: systemClock,
      app: 'us/1',
      places: async () => places,
      log,
    });
  }

  function entry(to: string, at = 1): AuditEntry {
    const actor = { kind: 'other' } as const;
    return { at, actor, action: 'changed', agentId: 'main', storePath: '/s', profileId: 'x', to };
  }

  it('has every commit of ours, in their order, by fingerprint and without a token', async () => {
    const trail = trailOf();
    const onCommit = (change: Parameters<AuditTrail['committed']>[0]) => trail.committed(change);
    const vault = new Vault({ clock: systemClock, log: () => {}, onCommit });
    await vault.commitStore(storePath(), upsertProfile('p:x', oauth('CANARY-1')));
    const refreshed = upsertProfile('p:x', oauth('CANARY-2'), { action: 'refreshed' });
    await vault.commitStore(storePath(), refreshed);
    await vault.commitStore(storePath(), removeProfile('p:x'));
    vault.dispose();
    await trail.settled();
    const entries = await trail.read(stateDir());
    assert.deepEqual(
      entries.map(({ action, profileId, from, to }) => [action, profileId, from, to]),
      [
        ['signedIn', 'p:x', undefined, fingerprint('CANARY-1')],
        ['refreshed', 'p:x', fingerprint('CANARY-1'), fingerprint('CANARY-2')],
        ['removed', 'p:x', fingerprint('CANARY-2'), undefined],
      ],
    );
    assert.deepEqual(entries[0]?.actor, { kind: 'us', pid: process.pid, app: 'us/1' });
    assert.deepEqual([entries[0]?.agentId, entries[0]?.storePath], ['main', storePath()]);
    const { auditTrail } = ownFolderOf(stateDir());
    assert.doesNotMatch(await readFile(auditTrail, 'utf8'), /CANARY/);
    assert.equal((await stat(auditTrail)).mode & 0o777, 0o600);
  });

  it('tells apart what we imported and what we put back', async () => {
    const trail = trailOf();
    const vault = new Vault({
      clock: systemClock,
      log: () => {},
      onCommit: (change) => trail.committed(change),
    });
    const expires = Date.now() + 60_000;
    const legacy = { p: { ...oauth('CANARY-1'), expires } };
    await writeFile(path('state', 'auth.json'), JSON.stringify(legacy), { mode: 0o600 });
    await vault.importLegacy(storePath(), []);
    const imported = await readFile(storePath());
    const refreshed = upsertProfile('p:default', oauth('CANARY-2'), { action: 'refreshed' });
    const { aftermath } = await vault.commitStore(storePath(), refreshed);
    await writeFile(storePath(), imported);
    assert.equal(await aftermath, 'repaired');
    vault.dispose();
    await trail.settled();
    const actions = (await trail.read(stateDir())).map(({ action, to }) => [action, to]);
    assert.deepEqual(actions, [
      ['imported', fingerprint('CANARY-1')],
      ['refreshed', fingerprint('CANARY-2')],
      ['repaired', fingerprint('CANARY-2')],
    ]);
  });

  it('that cannot be written goes to the log, and the next change is tried again', async () => {
    const trail = trailOf();
    const { path: folder } = ownFolderOf(stateDir());
    await writeFile(folder, 'in the way');
    const change = {
      storePath: storePath(),
      intent: removeProfile('p:x'),
      written: { before: oauth('CANARY-1'), after: undefined },
    };
    trail.committed(change);
    await trail.settled();
    assert.match(logged.join(), /could not be written to the audit trail: disk\./);
    assert.doesNotMatch(logged.join(), /CANARY/);
    trail.committed({ ...change, storePath: '/of/nobody' });
    await trail.settled();
    assert.match(logged.at(-1) ?? '', /^\/of\/nobody: of no agent/);
  });

  it('gets what several observers see once', async () => {
    const observers = [trailOf(), trailOf(), trailOf()];
    const { path: folder } = ownFolderOf(stateDir());
    await mkdir(folder);
    await writeFile(`${folder}/.audit-observer.0123456789abcdef.tmp`, 'of one that was killed');
    const seen = entry('0123456789ab');
    const once = async (known: readonly AuditEntry[]) => (known.length === 0 ? [seen] : []);
    await Promise.all(observers.map((trail) => trail.observe(stateDir(), once)));
    assert.deepEqual(await trailOf().read(stateDir()), [seen]);
    assert.deepEqual(await readdir(folder), ['audit-trail.jsonl']);
  });

  it('makes no folder where there is nothing to write down', async () => {
    await trailOf().observe(stateDir(), async () => []);
    assert.deepEqual(await readdir(stateDir()), []);
  });

  it('is bounded, and keeps the newest', async function () {
    this.timeout(20_000);
    const trail = trailOf();
    const old = { ...entry('0123456789ab', 0), profileId: 'x'.repeat(400_000) };
    for (let at = 1; at <= 8; at++) await trail.record(stateDir(), { ...old, at });
    const { path: folder } = ownFolderOf(stateDir());
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (name) => (await stat(`${folder}/${name}`)).size),
    );
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 3 * 1024 * 1024, String(sizes));
    assert.equal((await trail.read(stateDir())).at(-1)?.at, 8);
  });
});
