import assert from 'node:assert/strict';
import {
  describeThisProcess,
  ownerLiveness,
  pidReachIn,
} from '../../../../src/core/disk/lockOwner.ts';
import { workFolder } from './workFolder.ts';

const SELF = { pid: 10, namespace: 'here', startedAt: 1_000_000 };
const VISIBLE = { sameNamespace: true, sameUser: true };
const SHARED = { sameNamespace: false, sameUser: true };
const nobody = () => false;
const everybody = () => true;

describe('owner of a lock', () => {
  it('is dead when its pid is gone in our namespace, though the lock says pid 0', () => {
    const payload = { pid: 0, owner: { pid: 5, namespace: 'here' } };
    assert.equal(ownerLiveness(payload, SELF, SHARED, nobody), 'dead');
    assert.equal(ownerLiveness(payload, SELF, SHARED, everybody), 'alive');
  });

  it('is unknown in another namespace', () => {
    const payload = { pid: 5, owner: { pid: 5, namespace: 'there' } };
    assert.equal(ownerLiveness(payload, SELF, VISIBLE, nobody), 'unknown');
  });

  it("is judged by CoderClaw's pid only where no other namespace comes", () => {
    assert.equal(ownerLiveness({ pid: 5 }, SELF, VISIBLE, nobody), 'dead');
    assert.equal(ownerLiveness({ pid: 5 }, SELF, SHARED, nobody), 'unknown');
    assert.equal(ownerLiveness({ pid: 0 }, SELF, VISIBLE, nobody), 'unknown');
    assert.equal(ownerLiveness({}, SELF, VISIBLE, nobody), 'unknown');
  });

  it('is dead when it bore our pid before we did', () => {
    const owner = { pid: 10, namespace: 'here' };
    assert.equal(ownerLiveness({ owner, createdAt: 500_000 }, SELF, VISIBLE), 'dead');
    assert.equal(ownerLiveness({ owner, createdAt: 1_000_500 }, SELF, VISIBLE), 'alive');
    assert.equal(ownerLiveness({ owner }, SELF, VISIBLE), 'alive');
  });

  it("is alive when it is another user's (EPERM) or ourselves", () => {
    const self = describeThisProcess();
    assert.equal(ownerLiveness({ pid: process.ppid }, self, VISIBLE), 'alive');
    assert.equal(
      ownerLiveness({ pid: process.pid, createdAt: Date.now() }, self, VISIBLE),
      'alive',
    );
  });
});

describe('reach of pids', () => {
  const path = workFolder();
  it('is ours in our own folder on an ordinary disk', async () => {
    assert.equal((await pidReachIn(path())).sameUser, true);
  });
  it('is not ours in the folder of another user', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { chown } = await import('node:fs/promises');
    await chown(path(), 12345, 12345);
    assert.equal((await pidReachIn(path())).sameUser, false);
  });
});
