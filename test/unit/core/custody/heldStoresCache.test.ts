import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../src/core/clock.ts';
import type { HeldStores } from '../../../../src/core/custody/heldStores.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { upsertProfile } from '../../../../src/core/documents/storeIntents.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

describe('the runtime cache beside a held store', () => {
  const path = workFolder();
  const store = (): string => path('auth-profiles.json');
  const cache = (): string => path('auth.json');
  const read = async (): Promise<unknown> => JSON.parse(await readFile(cache(), 'utf8'));

  async function held<T>(
    task: (stores: HeldStores) => Promise<T>,
    checkpoint?: (name: CheckpointName) => void | Promise<void>,
  ): Promise<T> {
    const vault = new Vault({
      clock: systemClock,
      log: () => {},
      ...(checkpoint && { checkpoint }),
    });
    try {
      return await vault.withStores([store()], {}, task);
    } finally {
      vault.dispose();
    }
  }
  const add = (document: JsonObject): JsonObject => ({ ...document, added: true });
  const commit = (checkpoint?: (name: CheckpointName) => void | Promise<void>) =>
    held((stores) => stores.commitCache(store(), add), checkpoint);

  it('is changed as a whole, 0600, and only if something changes', async () => {
    await writeFile(cache(), '{"p":{"n":1}}');
    await chmod(cache(), 0o644);
    assert.equal(await commit(), true);
    assert.equal(
      await readFile(cache(), 'utf8'),
      '{\n  "p": {\n    "n": 1\n  },\n  "added": true\n}\n',
    );
    const { mode, ino } = await stat(cache());
    assert.equal(mode & 0o777, 0o600);
    assert.equal(await commit(), false);
    assert.equal((await stat(cache())).ino, ino);
  });

  it('is not made where there is none', async () => {
    assert.equal(await commit(), false);
    await assert.rejects(stat(cache()));
  });

  const unknown: readonly [string, Buffer | string][] = [
    ['torn', '{"p":'],
    ['no object', '[]'],
    ['with a key twice', '{"p":1,"p":2}'],
    ['with a number that JSON cannot write', '{"p":1e999}'],
    ['not UTF-8', Buffer.from('{"p":"\xff"}', 'latin1')],
  ];
  for (const [what, content] of unknown) {
    it(`is left alone where it is not understood: ${what}`, async () => {
      await writeFile(cache(), content);
      const before = await readFile(cache());
      assert.equal(await commit(), false);
      assert.deepEqual(await readFile(cache()), before);
    });
  }

  it('is changed on what another program wrote meanwhile, and never over it', async () => {
    await writeFile(cache(), '{"p":1}');
    let isFirst = true;
    const done = await commit(async (name) => {
      if (name !== 'proven' || !isFirst) return;
      isFirst = false;
      await writeFile(cache(), '{"p":2}');
    });
    assert.equal(done, true);
    assert.deepEqual(await read(), { p: 2, added: true });
  });

  it('a lock that is lost while it waits for its next try is a lost lock, not a person who called it off', async () => {
    await writeFile(store(), '{"version":1,"profiles":{}}');
    await writeFile(cache(), '{"p":0}');
    let writes = 0;
    const upsert = upsertProfile('p:a', { type: 'token', provider: 'p', token: 't' });
    const tries = [
      (stores: HeldStores) => stores.commitCache(store(), add),
      (stores: HeldStores) => stores.commit(store(), upsert),
    ];
    for (const attempt of tries) {
      const locks = new FileLocks({ app: 't', clock: systemClock, times: { holdMs: 150 } });
      const checkpoint = async (name: CheckpointName): Promise<void> => {
        // Somebody writes all the time.
        if (name !== 'compared' && name !== 'proven') return;
        const file = attempt === tries[0] ? cache() : store();
        await writeFile(file, `{"version":1,"profiles":{},"n":${writes++}}`);
      };
      // Waits with more patience than a lock has, so that the loss is found in the pause.
      const clock = {
        ...systemClock,
        sleep: (_: number, s?: AbortSignal) => systemClock.sleep(400, s),
      };
      const vault = new Vault({ clock, log: () => {}, locks, checkpoint });
      let inside: Promise<unknown> | undefined;
      const outside = vault.withStores([store()], {}, (stores) => {
        inside = attempt(stores);
        return inside;
      });
      const isLost = (error: unknown) => isKnown(error, 'lock.lost');
      await assert.rejects(outside, isLost);
      assert.ok(inside);
      await assert.rejects(inside, isLost);
      vault.dispose();
    }
  });

  it('of a store that is not held is out of reach', async () => {
    const other = path('other', 'auth-profiles.json');
    await held(async (stores) => {
      await assert.rejects(stores.commitCache(other, add), /not held/);
    });
  });
});
