import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { historyKey } from '../../../../src/core/dashboard/history.ts';
import { HistoryFeed } from '../../../../src/core/dashboard/historyFeed.ts';
import { ownFolderOf } from '../../../../src/core/documents/ownFolder.ts';
import {
  type AuditEntry,
  formatAuditEntry,
  readAuditTrail,
} from '../../../../src/core/model/auditEntry.ts';

describe('following audit trails', () => {
  let stateDir: string;
  let changed: (() => void)[];
  let reads: number;
  let faults: number;
  let isBroken: boolean;
  let feed: HistoryFeed;

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'history-'));
    await mkdir(ownFolderOf(stateDir).path);
    [changed, reads, faults, isBroken] = [[], 0, 0, false];
    feed = new HistoryFeed({
      read: async (dir) => {
        reads += 1;
        if (isBroken) throw new Error('unreadable');
        return readAuditTrail(await readFile(ownFolderOf(dir).auditTrail, 'utf8').catch(() => ''));
      },
      onChange: () => {
        for (const resolve of changed.splice(0)) resolve();
      },
      onFault: () => {
        faults += 1;
      },
    });
  });

  afterEach(async () => {
    feed.dispose();
    await rm(stateDir, { recursive: true });
  });

  const nextChange = () => new Promise<void>((resolve) => changed.push(resolve));
  const write = (...times: readonly number[]) =>
    writeFile(
      ownFolderOf(stateDir).auditTrail,
      times
        .map((at) =>
          formatAuditEntry({
            ...{ at, actor: { kind: 'us', pid: 1, app: 'x' }, action: 'refreshed' },
            ...{ agentId: 'main', storePath: '/store', profileId: 'p:a' },
          }),
        )
        .join('\n'),
    );
  const renewals = () => feed.histories.get(historyKey('/store', 'p:a'))?.renewedAt;

  it('reads at once, and again when a trail changes', async () => {
    await write(1);
    await feed.watch([stateDir]);
    assert.deepEqual(renewals(), [1]);
    const next = nextChange();
    await write(1, 2);
    await next;
    assert.deepEqual(renewals(), [1, 2]);
  });

  it('does not read again what it is already following', async () => {
    await feed.watch([stateDir]);
    await feed.watch([stateDir]);
    assert.equal(reads, 1);
  });

  it('keeps what it knows while nothing is watched, and catches up later', async () => {
    await write(1);
    await feed.watch([stateDir]);
    await feed.watch([]);
    await write(1, 2, 3);
    assert.deepEqual(renewals(), [1]);
    await feed.watch([stateDir]);
    assert.deepEqual(renewals(), [1, 2, 3]);
    assert.equal(reads, 2);
  });

  it('says once that a trail cannot be read, and takes it back', async () => {
    isBroken = true;
    await feed.watch([stateDir]);
    await feed.watch([]);
    assert.equal(feed.hasFault, false, 'nothing is looked at');
    await feed.watch([stateDir]);
    assert.deepEqual([feed.hasFault, faults], [true, 1]);
    isBroken = false;
    const next = nextChange();
    await write(1);
    await next;
    assert.equal(feed.hasFault, false);
  });

  it('does not go back to what a slow read brings', async () => {
    const entry = (at: number): AuditEntry => ({
      ...{ at, actor: { kind: 'us', pid: 1, app: 'x' }, action: 'refreshed' },
      ...{ agentId: 'main', storePath: '/store', profileId: 'p:a' },
    });
    const answers: ((entries: readonly AuditEntry[]) => void)[] = [];
    const read = () => new Promise<readonly AuditEntry[]>((resolve) => answers.push(resolve));
    const until = async (count: number): Promise<void> => {
      while (answers.length < count) await turn();
    };
    const slow = new HistoryFeed({ read, onChange: () => {}, onFault: () => {} });
    try {
      const first = slow.watch([stateDir]);
      await until(1);
      await slow.watch([]);
      const second = slow.watch([stateDir]);
      await until(2);
      answers[1]?.([entry(1), entry(2)]);
      answers[0]?.([entry(1)]);
      await Promise.all([first, second]);
      const known = slow.histories.get(historyKey('/store', 'p:a'));
      assert.deepEqual(known?.renewedAt, [1, 2]);
    } finally {
      slow.dispose();
    }
  });
});
