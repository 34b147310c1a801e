import assert from 'node:assert/strict';
import { Cancelled } from '../../../../src/core/clock.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import type { RenewableLogin } from '../../../../src/core/model/refreshDue.ts';
import { type Refresh, refreshAll } from '../../../../src/ui/commands/refreshAll.ts';

const place = { stateDir: '/s', agentId: 'main', storePath: '/s/main.json' };
const logins = ['a', 'b', 'c'].map(
  (name): RenewableLogin => ({ login: name, provider: 'p', profileId: `p:${name}`, place }),
);

describe('refreshing all logins of an agent', () => {
  it('asks one after the other, by force, and goes on after one that failed', async () => {
    const seen: unknown[] = [];
    let underWay = 0;
    const fault = new KnownError('lock.busy', { path: '/s', waitedMs: 1 });
    const refresh: Refresh = async ({ profileId, force }) => {
      seen.push([profileId, force, underWay]);
      underWay += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay -= 1;
      if (profileId === 'p:b') throw fault;
      return { kind: 'adopted', expires: 1 };
    };
    const began: string[] = [];
    const { signal } = new AbortController();
    const outcomes = await refreshAll(logins, refresh, signal, (id) => began.push(id));
    assert.deepEqual(seen, [
      ['p:a', true, 0],
      ['p:b', true, 0],
      ['p:c', true, 0],
    ]);
    assert.deepEqual(began, ['p:a', 'p:b', 'p:c']);
    const result = { kind: 'adopted', expires: 1 };
    assert.deepEqual(outcomes, [
      { profileId: 'p:a', result },
      { profileId: 'p:b', fault },
      { profileId: 'p:c', result },
    ]);
  });

  it('begins no other once the person has called it off', async () => {
    const waiting = new AbortController();
    let asked = 0;
    const refresh: Refresh = async () => {
      asked += 1;
      waiting.abort();
      return { kind: 'adopted', expires: 1 };
    };
    await assert.rejects(
      refreshAll(logins, refresh, waiting.signal, () => {}),
      Cancelled,
    );
    assert.equal(asked, 1);
  });

  it('does not swallow what was not foreseen', async () => {
    const refresh: Refresh = async () => {
      throw new TypeError('a bug');
    };
    const { signal } = new AbortController();
    await assert.rejects(
      refreshAll(logins, refresh, signal, () => {}),
      TypeError,
    );
  });
});
