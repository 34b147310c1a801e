import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { KnownError } from '../../../src/core/errors.ts';
import type { RenewableLogin } from '../../../src/core/model/refreshDue.ts';
import type { Way } from '../../../src/ui/notifications.ts';
import { RenewalNotices } from '../../../src/ui/renewalNotices.ts';
import { NOW } from '../../support/snapshots.ts';
import { ManualClock } from '../core/liveSnapshot/manualClock.ts';

const place = { stateDir: '/s', agentId: 'main', storePath: '/s/main.json' };

function login(name: string, more: Partial<RenewableLogin> = {}): RenewableLogin {
  return { login: name, provider: 'p', profileId: `p:${name}`, place, expires: NOW, ...more };
}

describe('what people are told about their logins unasked', () => {
  let clock: ManualClock;
  let notices: RenewalNotices;
  let said: string[];
  let ways: readonly Way[];
  let signedIn: unknown[];
  let dead: string[];
  let isWanted: boolean;

  beforeEach(() => {
    clock = new ManualClock(NOW);
    said = [];
    ways = [];
    signedIn = [];
    dead = [];
    isWanted = true;
    const say =
      (tone: string) =>
      (text: string, ...offered: readonly Way[]): void => {
        said.push(`${tone}: ${text}`);
        ways = offered;
      };
    notices = new RenewalNotices({
      notifications: { told: say('told'), warned: say('warned') },
      clock,
      canSignIn: (provider) => provider === 'p',
      signInAgain: (target) => signedIn.push(target),
      toldDead: ({ profileId }) => dead.push(profileId),
      isWanted: () => isWanted,
    });
  });
  afterEach(() => notices.dispose());

  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    for (let turns = 0; turns < 3; turns++) await turn();
  }

  it('a death as the answer to a command, with the way to sign in again, and that it was told', () => {
    notices.answered(
      login('ann'),
      { kind: 'dead', why: 'refused' },
      { text: 'It is dead.', tone: 'warned' },
    );
    assert.deepEqual([said, dead], [['warned: It is dead.'], ['p:ann']]);
    assert.deepEqual(
      ways.map(({ label }) => label),
      ['Sign In Again'],
    );
    ways[0]?.run();
    const target = { stateDir: '/s', agentId: 'main', provider: 'p', profileId: 'p:ann' };
    assert.deepEqual(signedIn, [target]);
    assert.deepEqual(notices.waysOn([login('bob', { provider: 'q' })]), [], 'no way from here');
    notices.answered(
      login('bob'),
      { kind: 'adopted', expires: NOW },
      { text: 'Was so.', tone: 'told' },
    );
    assert.deepEqual(said.slice(1), ['told: Was so.']);
    assert.deepEqual(ways, []);
  });

  it('repairs, one message for a burst, and then none for a while', async () => {
    const repair = { storePath: '/s/a.json', outcome: 'repaired' } as const;
    notices.repaired(repair);
    notices.repaired({ ...repair, storePath: '/s/b.json' });
    await pass(1_999);
    notices.repaired(repair);
    assert.deepEqual(said, []);
    await pass(1);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^told: .*\/s\/a\.json over 3 changes/);
    notices.repaired(repair);
    await pass(59_999);
    assert.equal(said.length, 1);
    await pass(1);
    notices.repaired(repair);
    await pass(2_000);
    assert.equal(said.length, 2);
    assert.match(said[1] ?? '', /older copy of \/s\/a\.json over a change/);
  });

  it('at once what was given up, also in the quiet after a message, and once for a store', async () => {
    const repair = { storePath: '/s/a.json', outcome: 'repaired' } as const;
    notices.repaired(repair);
    await pass(3_000);
    assert.equal(said.length, 1);
    const undone = { ...repair, outcome: 'undone' } as const;
    notices.repaired(undone);
    notices.repaired(undone);
    assert.equal(said.length, 2);
    assert.match(said[1] ?? '', /^warned: .*keeps writing .*\/s\/a\.json/);
    notices.repaired({ ...undone, storePath: '/s/b.json' });
    assert.equal(said.length, 3);
    for (let minutes = 0; minutes < 15; minutes += 5) {
      await pass(5 * 60_000);
      notices.repaired(undone);
    }
    assert.equal(said.length, 3, 'it never stopped');
    await pass(10 * 60_000);
    notices.repaired(undone);
    await pass(60_000);
    assert.equal(said.length, 4, 'a change that was made since');
  });

  it('what is put back after something was given up', async () => {
    notices.repaired({ storePath: '/s/b.json', outcome: 'undone' });
    await pass(3_000);
    notices.repaired({ storePath: '/s/a.json', outcome: 'repaired' });
    await pass(2_000);
    assert.equal(said.length, 2);
    assert.match(said[1] ?? '', /^told: .*\/s\/a\.json/);
  });

  it('what could not be put back, rather than what could', async () => {
    notices.repaired({ storePath: '/s/a.json', outcome: 'repaired' });
    notices.repaired({ storePath: '/s/b.json', outcome: 'undone' });
    await pass(2_000);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^warned: .*keeps writing .*\/s\/b\.json/);
  });

  it('what waits in the journal for a person to help, once, and not for a lock', () => {
    const busy = new KnownError('lock.busy', { path: '/s/a.json', waitedMs: 1 });
    const full = new KnownError('disk.full', { path: '/s/a.json' });
    const waiting = { profileId: 'p:ann', storePath: '/s/a.json' };
    notices.waiting({ ...waiting, error: busy });
    assert.deepEqual(said, []);
    notices.waiting({ ...waiting, error: full });
    notices.waiting({ ...waiting, error: full });
    assert.deepEqual(said, [
      'warned: A change of p:ann is not stored yet: The disk is full: /s/a.json could not be written. It is kept safe, and stored as soon as that is possible.',
    ]);
    notices.answered(
      login('bob'),
      { kind: 'refreshed', expires: NOW, fault: full },
      { text: 'Not stored yet.', tone: 'warned' },
    );
    notices.waiting({ profileId: 'p:bob', storePath: place.storePath, error: full });
    assert.equal(said.length, 2, 'the command said so already');
  });

  it('a sign-in that only a person can store', () => {
    notices.homeless({ profileId: 'p:ann', account: undefined, isGivenUp: false });
    assert.match(said[0] ?? '', /^warned: The sign-in of an unknown account is not stored: p:ann/);
  });

  it('what waits, anew when something else stands in the way, or when it had been stored', () => {
    const waiting = { profileId: 'p:ann', storePath: '/s/a.json' };
    const full = new KnownError('disk.full', { path: '/s/a.json' });
    const readOnly = new KnownError('disk.readOnly', { path: '/s/a.json' });
    for (const error of [full, readOnly, readOnly]) notices.waiting({ ...waiting, error });
    assert.equal(said.length, 2);
    assert.match(said[1] ?? '', /\/s\/a\.json/);
    notices.settled({ ...waiting, storePath: '/s/b.json' });
    notices.waiting({ ...waiting, error: readOnly });
    assert.equal(said.length, 2);
    notices.settled(waiting);
    notices.waiting({ ...waiting, error: readOnly });
    assert.equal(said.length, 3);
    const words = { text: 'Renewed.', tone: 'quiet' } as const;
    notices.answered(
      login('ann', { place: { ...place, storePath: '/s/a.json' } }),
      { kind: 'refreshed', expires: NOW },
      words,
    );
    notices.waiting({ ...waiting, error: readOnly });
    assert.equal(said.length, 5);
  });

  it('not what was put back, where nothing unasked is wanted; what may be lost in any case', async () => {
    isWanted = false;
    notices.repaired({ storePath: '/s/a.json', outcome: 'repaired' });
    await pass(2_000);
    assert.deepEqual(said, []);
    notices.repaired({ storePath: '/s/a.json', outcome: 'undone' });
    notices.homeless({ profileId: 'p:ann', account: undefined, isGivenUp: true });
    const full = new KnownError('disk.full', { path: '/s/a.json' });
    notices.waiting({ profileId: 'p:ann', storePath: '/s/a.json', error: full });
    assert.equal(said.length, 3);
  });

  it('nothing more once disposed', async () => {
    notices.repaired({ storePath: '/s/a.json', outcome: 'repaired' });
    notices.dispose();
    await pass(5_000);
    assert.deepEqual([said, clock.pending], [[], []]);
  });
});
