import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { KnownError } from '../../../src/core/errors.ts';
import type { Snapshot } from '../../../src/core/model/snapshot.ts';
import type { Way } from '../../../src/ui/notifications.ts';
import { deathsKey, Reminders, toldKey } from '../../../src/ui/reminders.ts';
import type { Memory } from '../../../src/ui/toldMemory.ts';
import {
  agent,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../support/snapshots.ts';
import { ManualClock } from '../core/liveSnapshot/manualClock.ts';

/** What VS Code keeps for all windows; JSON, as on a disk. */
class FakeMemory implements Memory {
  #text = '{}';
  isFull = false;

  get(key: string): unknown {
    return JSON.parse(this.#text)[key];
  }

  async update(key: string, value: unknown): Promise<void> {
    if (this.isFull) throw new Error('ENOSPC');
    this.#text = JSON.stringify({ ...JSON.parse(this.#text), [key]: value });
  }
}

function endingAt(...ends: readonly number[]): Snapshot {
  const tokens = ends.map((at, index) =>
    profile(`anthropic:${index}`, { kind: 'lasts', until: at }, { type: 'token' }),
  );
  return snapshot(
    stateDir('/s', [agent('main', { providers: [provider('anthropic', ...tokens)] })]),
  );
}

/** A login that has died, beside what else there is. */
function deadLogin(id: string, beside = endingAt(), expires = NOW): Snapshot {
  const login = profile(id, { kind: 'dead' }, { expires });
  const [dir] = beside.stateDirs;
  const providers = [provider(login.provider, login), ...(dir?.agents[0]?.providers ?? [])];
  return snapshot(stateDir('/s', [agent('main', { providers })]));
}

describe('reminders', () => {
  let clock: ManualClock;
  let memory: FakeMemory;
  let said: string[];
  let ways: readonly Way[];
  let ran: unknown[];
  let faults: string[];
  let focused: string;
  let opened: Reminders[];
  let isWanted: boolean;

  beforeEach(() => {
    clock = new ManualClock(NOW);
    memory = new FakeMemory();
    [said, ways, ran, faults, opened] = [[], [], [], [], []];
    focused = 'first';
    isWanted = true;
  });
  afterEach(() => {
    for (const one of opened) one.dispose();
  });

  function open(name = 'first'): Reminders {
    const made = new Reminders({
      ...{ clock, memory },
      notifications: {
        warned: (text, ...offered) => {
          said.push(text);
          ways = offered;
        },
      },
      failed: (doing) => faults.push(doing),
      isFocused: () => focused === name,
      isWanted: () => isWanted,
      canSignIn: (id) => id === 'openai-codex',
      signInAgain: (target) => ran.push(['sign in', target]),
      replace: (target) => ran.push(['replace', target]),
      showProfiles: () => ran.push('show'),
    });
    opened.push(made);
    return made;
  }

  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    for (let turns = 0; turns < 3; turns++) await turn();
  }

  it('each threshold once, by one timer, and none once nothing is ahead', async () => {
    const end = NOW + 8 * DAY;
    open().update(endingAt(end));
    assert.deepEqual([said, clock.pending], [[], [end - 7 * DAY]]);
    await pass(DAY);
    assert.deepEqual(said.splice(0), [
      'The setup-token anthropic:0 of agent main ends in 7 d. Replace it before then.',
    ]);
    assert.deepEqual(clock.pending, [end - DAY]);
    await pass(6 * DAY);
    assert.match(said.splice(0).join(), /ends in 24 h\./);
    assert.deepEqual(clock.pending, [end - HOUR]);
    await pass(23 * HOUR);
    assert.match(said.splice(0).join(), /ends in 1 h\./);
    await pass(HOUR);
    assert.deepEqual([said, clock.pending], [[], []]);
  });

  it('no second time for another Snapshot of the same token', () => {
    const window = open();
    window.update(endingAt(NOW + 6 * DAY));
    window.update(endingAt(NOW + 6 * DAY));
    assert.equal(said.length, 1);
    assert.equal(clock.pending.length, 1);
  });

  it('a token that goes takes its timer with it', () => {
    const window = open();
    window.update(endingAt(NOW + 8 * DAY));
    window.update(endingAt());
    assert.deepEqual(clock.pending, []);
  });

  it('offers to replace a token, where it is stored', () => {
    open().update(endingAt(NOW + 6 * DAY));
    assert.deepEqual(
      ways.map(({ label }) => label),
      ['Replace…', 'Remind Me Tomorrow', "Don't Show Again"],
    );
    ways[0]?.run();
    const target = { stateDir: '/s', agentId: 'main', provider: 'anthropic' };
    assert.deepEqual(ran, [['replace', { ...target, profileId: 'anthropic:0' }]]);
  });

  it('offers to sign in again where that can be done from here, and else shows the row', () => {
    for (const id of ['openai-codex', 'acme']) {
      const login = profile(`${id}:a`, { kind: 'ending', at: NOW + DAY });
      const providers = [provider(id, login)];
      open().update(snapshot(stateDir('/s', [agent('main', { providers })])));
      ways[0]?.run();
    }
    assert.match(said[0] ?? '', /^The sign-in openai-codex:a of agent main ends in 24 h\. Sign in/);
    const target = { stateDir: '/s', agentId: 'main', provider: 'openai-codex' };
    assert.deepEqual(ran, [['sign in', { ...target, profileId: 'openai-codex:a' }], 'show']);
  });

  it('several at once make one message', () => {
    open().update(endingAt(NOW + 6 * DAY, NOW + 5 * DAY, NOW + 30 * DAY));
    assert.deepEqual(said, ['2 tokens end soon, the first of them in 5 d.']);
    ways[0]?.run();
    assert.deepEqual([ways[0]?.label, ran], ['Show', ['show']]);
  });

  it('a replaced token starts anew', async () => {
    const window = open();
    window.update(endingAt(NOW + 6 * DAY));
    await pass(HOUR);
    const end = clock.now() + 365 * DAY;
    window.update(endingAt(end));
    assert.equal(said.length, 1);
    while (clock.now() < end - 7 * DAY) await pass(DAY);
    assert.equal(said.length, 2);
  });

  it('a sleep over two thresholds gives one', async () => {
    open().update(endingAt(NOW + 8 * DAY));
    await pass(7 * DAY + 30 * MINUTE);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /ends in 23 h\./);
    await pass(MINUTE);
    assert.equal(said.length, 1);
  });

  it('what was told is not told after a restart, and what fell due meanwhile is, once', () => {
    open().update(endingAt(NOW + 6 * DAY));
    opened[0]?.dispose();
    open().update(endingAt(NOW + 6 * DAY));
    assert.equal(said.length, 1);
    opened[1]?.dispose();
    clock.advance(5.5 * DAY);
    for (let starts = 0; starts < 2; starts++) open().update(endingAt(NOW + 6 * DAY));
    assert.equal(said.length, 2);
    assert.match(said[1] ?? '', /ends in 12 h\./);
  });

  it('of two windows only the one that a person is in; the other looks when it is come to', async () => {
    const now = endingAt(NOW + 7 * DAY + HOUR, NOW + 7 * DAY + 2 * HOUR);
    const [first, second] = [open('first'), open('second')];
    first.update(now);
    second.update(now);
    assert.equal(clock.pending.length, 1, 'a window that nobody is in has no timer');
    await pass(HOUR);
    assert.equal(said.length, 1);
    focused = 'second';
    second.wake();
    second.update(now);
    await pass(1_000);
    assert.equal(said.length, 1, 'the first has told it');
    await pass(HOUR);
    assert.equal(said.length, 2, 'what fell due later');
    focused = 'first';
    first.wake();
    await pass(HOUR);
    assert.equal(said.length, 2);
  });

  it('nobody in any window: told when a person comes back', async () => {
    focused = 'none';
    const window = open();
    window.update(endingAt(NOW + 7 * DAY + HOUR));
    assert.deepEqual(clock.pending, []);
    await pass(2 * HOUR);
    assert.deepEqual(said, []);
    focused = 'first';
    window.wake();
    assert.deepEqual(said, [], 'what another window has told just now must be heard of first');
    await pass(1_000);
    assert.equal(said.length, 1);
  });

  it('a wait that is longer than a timer can be goes in parts', async () => {
    const end = NOW + 365 * DAY;
    open().update(endingAt(end));
    assert.deepEqual(clock.pending, [NOW + 2 ** 31 - 1]);
    let timers = 0;
    while (said.length === 0 && timers < 100) {
      const [next = Number.NaN] = clock.pending;
      await pass(next - clock.now());
      timers += 1;
    }
    assert.deepEqual([clock.now(), timers], [end - 7 * DAY, 15]);
  });

  it('forgets what has ended with the next that it remembers', async () => {
    const window = open();
    window.update(endingAt(NOW + HOUR));
    await pass(2 * HOUR);
    window.update(endingAt(NOW + 6 * DAY));
    assert.deepEqual(memory.get(toldKey), [
      {
        ...{ stateDir: '/s', profileId: 'anthropic:0', end: NOW + 6 * DAY },
        ...{ before: 7 * DAY, at: NOW + 2 * HOUR },
      },
    ]);
  });

  it('is quiet in this window also where nothing can be remembered, and the log has it', async () => {
    memory.isFull = true;
    const window = open();
    window.update(endingAt(NOW + 6 * DAY));
    await pass(0);
    window.update(endingAt(NOW + 6 * DAY));
    assert.deepEqual([said.length, faults], [1, ['remembering what was told']]);
  });

  it('takes what is remembered in another shape for nothing', async () => {
    await memory.update(toldKey, ['odd', null, { stateDir: '/s', end: 'soon' }]);
    open().update(endingAt(NOW + 6 * DAY));
    await memory.update(toldKey, { odd: true });
    open().update(endingAt(NOW + 6 * DAY));
    assert.equal(said.length, 2);
  });

  function press(label: string): void {
    const way = ways.find((one) => one.label === label);
    assert.ok(way, `${label} is among ${ways.map((one) => one.label)}`);
    way.run();
  }

  it('tomorrow again, in whichever window the person is then', async () => {
    open('first').update(endingAt(NOW + 6 * DAY));
    press('Remind Me Tomorrow');
    assert.deepEqual(clock.pending, [NOW + DAY]);
    opened[0]?.dispose();
    open('first').update(endingAt(NOW + 6 * DAY));
    await pass(DAY - 1);
    assert.equal(said.length, 1);
    await pass(1);
    assert.match(said[1] ?? '', /ends in 5 d\./);
    await pass(DAY);
    assert.equal(said.length, 2, 'it was put off once');
  });

  it('halfway to the end, where that is sooner', async () => {
    open().update(endingAt(NOW + HOUR));
    press('Remind Me in 30 min');
    await pass(30 * MINUTE);
    assert.match(said[1] ?? '', /ends in 30 min\./);
    press('Remind Me in 15 min');
  });

  it('not any more, over restarts, until another token stands there or the person wants it back', async () => {
    const end = NOW + 6 * DAY;
    open().update(endingAt(end));
    press("Don't Show Again");
    opened[0]?.dispose();
    const window = open();
    window.update(endingAt(end));
    await pass(5.99 * DAY);
    assert.equal(said.length, 1);
    window.startAnew();
    assert.match(said[1] ?? '', /ends in 14 min\./);
    const next = clock.now() + 6 * DAY;
    window.update(endingAt(next));
    assert.equal(said.length, 3);
  });

  it('nothing at all where nothing unasked is wanted; what still holds once it is again', async () => {
    isWanted = false;
    const window = open();
    window.update(deadLogin('p:a', endingAt(NOW + 6 * DAY)));
    assert.deepEqual([said, clock.pending, memory.get(toldKey)], [[], [], undefined]);
    isWanted = true;
    window.wake();
    await pass(1_000);
    assert.equal(said.length, 2);
  });

  describe('of logins that have died', () => {
    it('several in one message, all of which its answers are about', () => {
      const logins = ['a', 'b'].map((id) =>
        profile(`openai-codex:${id}`, { kind: 'dead' }, { expires: NOW }),
      );
      const providers = [provider('openai-codex', ...logins)];
      const both = snapshot(stateDir('/s', [agent('main', { providers })]));
      const window = open();
      window.update(both);
      assert.deepEqual(said, [
        '2 sign-ins can no longer renew themselves, among them openai-codex:a of agent main. Sign in again to use them.',
      ]);
      assert.equal(ways[0]?.label, 'Show');
      ways.at(-1)?.run();
      window.update(both);
      assert.equal(said.length, 1);
    });

    const refused = { kind: 'dead', why: 'refused' } as const;
    const dead = (more: { readonly expires?: number } = {}) => ({
      ...{ login: 'x', provider: 'openai-codex', profileId: 'openai-codex:a', expires: NOW },
      ...{ place: { stateDir: '/s', agentId: 'main', storePath: '/s/main.json' }, ...more },
    });

    it('once, over windows and restarts, with the way to sign in again', async () => {
      const [first, second] = [open('first'), open('second')];
      const now = deadLogin('openai-codex:a');
      second.refreshed(dead(), refused);
      for (const window of [second, first]) window.update(now);
      assert.equal(said.length, 1, 'the window that a person is in, whichever did it');
      assert.match(said[0] ?? '', /^openai-codex:a was not refreshed\. .* no longer accepts/);
      ways[0]?.run();
      const target = { stateDir: '/s', agentId: 'main', provider: 'openai-codex' };
      assert.deepEqual(ran, [['sign in', { ...target, profileId: 'openai-codex:a' }]]);
      assert.deepEqual(
        ways.map(({ label }) => label),
        ['Sign In Again', 'Remind Me Tomorrow', "Don't Show Again"],
      );
      focused = 'second';
      second.wake();
      await pass(1_000);
      open('second').update(now);
      assert.equal(said.length, 1);
      first.update(deadLogin('openai-codex:a'));
      open('second').update(deadLogin('openai-codex:a', endingAt(), NOW + 1));
      assert.equal(said.length, 2, 'another login has died');
    });

    it('with the cause, where this window has seen it', () => {
      const error = new KnownError('signin.tokenRefused', {
        ...{ provider: 'openai-codex', host: 'auth.example', status: 400 },
        error: 'invalid_grant',
      });
      const window = open();
      window.refreshed(dead(), { ...refused, error });
      window.update(deadLogin('openai-codex:a'));
      assert.match(
        said[0] ?? '',
        /auth\.example refused it: invalid_grant\. The provider no longer/,
      );
    });

    it('not what was the answer to a command, and not what heals itself', () => {
      const window = open();
      window.answered(dead());
      window.refreshed(dead(), { kind: 'transient', retryAt: NOW });
      window.update(deadLogin('openai-codex:a'));
      window.update(endingAt());
      assert.deepEqual(said, []);
    });

    it('again tomorrow where a person put it off, in another window too', async () => {
      open('first').update(deadLogin('openai-codex:a'));
      press('Remind Me Tomorrow');
      opened[0]?.dispose();
      open('first').update(deadLogin('openai-codex:a'));
      await pass(DAY);
      assert.equal(said.length, 2);
      press("Don't Show Again");
      await pass(30 * DAY);
      assert.equal(said.length, 2);
    });

    it('takes what is remembered in another shape for nothing', async () => {
      await memory.update(deathsKey, [{ stateDir: '/s', profileId: 'openai-codex:a', end: NOW }]);
      open().update(deadLogin('openai-codex:a'));
      assert.equal(said.length, 1);
    });
  });

  it('nothing more once disposed', async () => {
    const window = open();
    window.update(endingAt(NOW + 8 * DAY));
    assert.equal(clock.pending.length, 1);
    window.dispose();
    await pass(0);
    assert.deepEqual(clock.pending, []);
    window.update(endingAt(NOW + 6 * DAY));
    window.wake();
    await pass(8 * DAY);
    assert.deepEqual([said, clock.pending, faults], [[], [], []]);
  });
});
