import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { RefreshResult } from '../../../../../src/core/custody/refresh/refresher.ts';
import { type KeepFresh, Schedule } from '../../../../../src/core/custody/refresh/schedule.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import type { Renewal, Snapshot } from '../../../../../src/core/model/snapshot.ts';
import {
  agent,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../../support/snapshots.ts';
import { ManualClock } from '../../liveSnapshot/manualClock.ts';

const SECOND = 1000;

interface Login extends Omit<Renewal, 'login'> {
  readonly provider?: string;
  readonly twin?: string;
}

/** Each login in a profile of its own, or in that of its twin too. */
function snapshotOf(logins: Readonly<Record<string, Login>>): Snapshot {
  const agents = Object.entries(logins).flatMap(([name, { provider: of = 'p', twin, ...facts }]) =>
    [name, ...(twin === undefined ? [] : [twin])].map((id) => {
      const renewal = { login: name, ...facts };
      const state = { kind: 'renews', at: facts.expires ?? 0 } as const;
      return agent(id, { providers: [provider(of, profile(`${of}:${id}`, state, { renewal }))] });
    }),
  );
  return snapshot(stateDir('/s', agents));
}

describe('the schedule', () => {
  let clock: ManualClock;
  let asked: string[];
  let logged: string[];
  let mode: KeepFresh;
  let schedule: Schedule;
  let results: string[];
  let answer: (profileId: string) => Promise<RefreshResult>;
  let renews: (provider: string) => Promise<boolean>;
  let random: number;

  beforeEach(() => {
    clock = new ManualClock(NOW);
    asked = [];
    logged = [];
    results = [];
    mode = 'early';
    random = 0;
    answer = async () => ({ kind: 'refreshed', expires: clock.now() + 5 * HOUR });
    renews = async () => true;
    schedule = new Schedule({
      refresh: ({ place, profileId }) => {
        asked.push(`${profileId} of ${place.agentId} at ${(clock.now() - NOW) / SECOND} s`);
        return answer(profileId);
      },
      renews: (one) => renews(one),
      clock,
      log: (line) => logged.push(line),
      mode: () => mode,
      onResult: ({ profileId }, { kind }) => results.push(`${profileId} ${kind}`),
      random: () => random,
    });
  });
  afterEach(() => schedule.dispose());

  /** Moves the clock on, step by step, so that every timer on the way goes off at its moment. */
  async function pass(ms: number): Promise<void> {
    const end = clock.now() + ms;
    for (;;) {
      await settled();
      const next = clock.pending[0];
      if (next === undefined || next > end) break;
      clock.advance(next - clock.now());
    }
    clock.advance(end - clock.now());
    await settled();
  }

  async function settled(): Promise<void> {
    for (let turns = 0; turns < 5; turns++) await turn();
  }

  it('renews a login once, 10 minutes before its end, and says what came of it', async () => {
    schedule.update(snapshotOf({ ann: { expires: NOW + HOUR } }));
    await pass(50 * MINUTE - 1);
    assert.deepEqual(asked, []);
    await pass(1);
    assert.deepEqual(asked, ['p:ann of ann at 3000 s']);
    assert.deepEqual(results, ['p:ann refreshed']);
    schedule.update(snapshotOf({ ann: { expires: NOW + 6 * HOUR, receivedAt: NOW + 3000_000 } }));
    await pass(4 * HOUR);
    assert.equal(asked.length, 1);
    await pass(2 * HOUR);
    assert.equal(asked[1], 'p:ann of ann at 21000 s');
  });

  it('asks once where the Snapshot is late, and of each login once though it has twins', async () => {
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR, twin: 'work' } }));
    await pass(30 * SECOND);
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR, twin: 'work' } }));
    await pass(20 * SECOND);
    assert.deepEqual(asked, ['p:ann of ann at 0 s']);
  });

  it('asks ever less often where what was renewed does not show', async () => {
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    await pass(8 * MINUTE);
    assert.deepEqual(
      asked.map((line) => line.split(' at ')[1]),
      ['0 s', '60 s', '180 s', '420 s'],
    );
  });

  it('renews one thing at a time, the soonest first', async () => {
    const answers: (() => void)[] = [];
    answer = () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ kind: 'adopted', expires: NOW + HOUR }));
      });
    const ends = { late: { expires: NOW + 11 * MINUTE }, soon: { expires: NOW + 10 * MINUTE } };
    schedule.update(snapshotOf(ends));
    await pass(MINUTE);
    schedule.wake();
    await pass(MINUTE);
    assert.deepEqual(asked, ['p:soon of soon at 0 s']);
    answers[0]?.();
    await settled();
    assert.deepEqual(asked.slice(1), ['p:late of late at 120 s']);
  });

  it('lets others go first where several see the same overdue login', async () => {
    random = 0.9;
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    await pass(2_699);
    assert.deepEqual(asked, []);
    await pass(1);
    assert.deepEqual(asked, ['p:ann of ann at 2.7 s']);
  });

  it('sets one timer to the next login that is due, and none without need', async () => {
    const far = { expires: NOW + 13 * MINUTE };
    schedule.update(snapshotOf({ never: {}, far, near: { expires: NOW + 12 * MINUTE } }));
    await settled();
    assert.deepEqual(clock.pending, [NOW + 2 * MINUTE]);
    schedule.update(snapshotOf({ never: {}, far }));
    await settled();
    assert.deepEqual(clock.pending, [NOW + 3 * MINUTE]);
    schedule.update(snapshotOf({ never: {} }));
    await settled();
    assert.deepEqual(clock.pending, []);
  });

  it('sleeps 5 minutes at most, and after a night of sleep lets others go first', async () => {
    random = 0.5;
    schedule.update(snapshotOf({ ann: { expires: NOW + 2 * HOUR } }));
    await settled();
    assert.deepEqual(clock.pending, [NOW + 5 * MINUTE]);
    clock.advance(8 * HOUR);
    await settled();
    assert.deepEqual(asked, []);
    await pass(1_500);
    assert.deepEqual(asked, [`p:ann of ann at ${8 * 3600 + 1.5} s`]);
  });

  it('looks at the clock when told that the machine may have slept, though no timer went off', async () => {
    schedule.update(snapshotOf({ ann: { expires: NOW + 12 * MINUTE } }));
    await settled();
    const awake = clock.now.bind(clock);
    clock.now = () => awake() + 3 * MINUTE;
    assert.deepEqual(asked, []);
    schedule.wake();
    assert.deepEqual(asked, ['p:ann of ann at 180 s']);
  });

  it('waits for the next try that the refresh log or the answer names', async () => {
    const retryAt = NOW + 4 * MINUTE;
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR, retryAt } }));
    await pass(4 * MINUTE - 1);
    assert.deepEqual(asked, []);
    answer = async () => ({ kind: 'transient', retryAt: clock.now() + 7 * MINUTE });
    await pass(1);
    // The Snapshot that says so is still to come.
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    await pass(7 * MINUTE - 1);
    assert.equal(asked.length, 1);
    await pass(1);
    assert.equal(asked.length, 2);
  });

  it('never asks again for a dead login, until another stands there', async () => {
    answer = async () => ({ kind: 'dead', why: 'refused' });
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    await pass(24 * HOUR);
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    schedule.wake();
    await pass(24 * HOUR);
    assert.equal(asked.length, 1);
    assert.deepEqual(results, ['p:ann dead']);
    answer = async () => ({ kind: 'refreshed', expires: clock.now() + HOUR });
    schedule.update(snapshotOf({ ann: { expires: clock.now() + HOUR } }));
    await pass(50.5 * MINUTE);
    assert.equal(asked.length, 2);
  });

  it('backs off after a failure: 30 s, doubled, at most 30 minutes, and goes on with the others', async () => {
    answer = async (id) => {
      if (id === 'p:good') return { kind: 'refreshed', expires: NOW + HOUR };
      throw new KnownError('lock.busy', { path: '/s', waitedMs: 1 });
    };
    schedule.update(snapshotOf({ bad: { expires: NOW - HOUR }, good: { expires: NOW - HOUR } }));
    await pass(4 * HOUR);
    const times = asked
      .filter((line) => line.includes('bad'))
      .map((line) => Number(/([\d.]+) s$/.exec(line)?.[1]));
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.deepEqual(waits.slice(0, 9), [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    assert.ok(asked.some((line) => line.includes('good')));
    assert.match(logged[0] ?? '', /auth-profiles\.json: p:bad was not renewed: lock\.busy$/);
  });

  it('does not take a login for fresh that a careless program has just put back', async () => {
    schedule.update(snapshotOf({}));
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    await pass(SECOND);
    assert.equal(asked.length, 1);
  });

  it('reckons the lifetime of a login that came while it watched from then', async () => {
    schedule.update(snapshotOf({}));
    schedule.update(snapshotOf({ ann: { expires: NOW + 5 * MINUTE } }));
    await pass(4 * MINUTE - 1);
    assert.deepEqual(asked, []);
    await pass(1);
    assert.equal(asked.length, 1);
  });

  it('schedules nothing on demand, and begins when that changes', async () => {
    mode = 'onDemand';
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR } }));
    schedule.wake();
    await pass(HOUR);
    assert.deepEqual([asked, clock.pending], [[], []]);
    mode = 'early';
    schedule.wake();
    await pass(SECOND);
    assert.equal(asked.length, 1);
  });

  it('leaves alone what nobody knows how to renew, until somebody does', async () => {
    let known = false;
    renews = async (one) => {
      if (one === 'odd') throw new Error('CANARY');
      return known || one === 'p';
    };
    const logins = { q: { expires: NOW - HOUR, provider: 'q' }, odd: { provider: 'odd' } };
    schedule.update(snapshotOf({ ...logins, ann: { expires: NOW - HOUR } }));
    await pass(5 * SECOND);
    assert.deepEqual(asked, ['p:ann of ann at 0 s']);
    assert.deepEqual(logged, ['odd cannot be renewed: unexpected failure']);
    known = true;
    schedule.wake();
    await pass(SECOND);
    assert.deepEqual(asked.slice(1), ['q:q of q at 5 s']);
  });

  it('asks each time whether a provider can be renewed, and tells what it hears once', async () => {
    let fails: string | undefined = 'signin.badEndpoint';
    renews = async () => {
      if (fails === 'signin.badEndpoint') throw new KnownError(fails, { what: 'X' });
      if (fails !== undefined) throw new Error(fails);
      return true;
    };
    const logins = { ann: { expires: NOW + HOUR } };
    for (let times = 0; times < 3; times++) {
      schedule.update(snapshotOf(logins));
      await settled();
    }
    assert.deepEqual(logged, ['p cannot be renewed: signin.badEndpoint']);
    fails = 'CANARY';
    schedule.wake();
    await settled();
    assert.deepEqual(logged.slice(1), ['p cannot be renewed: unexpected failure']);
    assert.deepEqual(clock.pending, []);
    fails = undefined;
    schedule.wake();
    await settled();
    assert.equal(clock.pending.length, 1);
    // The way to renew it has gone with another extension.
    renews = async () => false;
    schedule.wake();
    await pass(2 * HOUR);
    assert.deepEqual([asked, logged.length], [[], 2]);
  });

  it('never renews by itself what is for a person to try', async () => {
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR, byHand: true } }));
    await pass(HOUR);
    assert.deepEqual([asked, clock.pending], [[], []]);
  });

  describe('a clock that was a year ahead and is set right', () => {
    let ahead: number;
    beforeEach(() => {
      ahead = 365 * 24 * HOUR;
      const right = clock.now.bind(clock);
      clock.now = () => right() + ahead;
    });

    it('holds up no login that was first seen meanwhile', async () => {
      renews = async () => false;
      schedule.update(snapshotOf({ ann: { expires: NOW + 11 * MINUTE } }));
      await settled();
      ahead = 0;
      renews = async () => true;
      schedule.wake();
      await settled();
      clock.advance(MINUTE);
      await settled();
      assert.equal(asked.length, 1);
    });

    it('nor one that failed meanwhile: for as long as it is ever waited, and no longer', async () => {
      answer = async () => ({ kind: 'transient', retryAt: clock.now() + MINUTE });
      schedule.update(snapshotOf({ ann: { expires: NOW + HOUR } }));
      await settled();
      assert.equal(asked.length, 1);
      ahead = 0;
      for (let minutes = 0; minutes < 61; minutes++) {
        clock.advance(MINUTE);
        await settled();
      }
      assert.ok(asked.length > 1);
    });

    it('nor after a night of sleep', async () => {
      random = 0.5;
      ahead = 0;
      schedule.update(snapshotOf({ ann: { expires: NOW + 20 * MINUTE } }));
      await settled();
      ahead = 365 * 24 * HOUR;
      clock.advance(5 * MINUTE);
      await settled();
      assert.deepEqual(asked, []);
      ahead = 0;
      for (let minutes = 0; minutes < 10; minutes++) {
        clock.advance(MINUTE);
        await settled();
      }
      assert.equal(asked.length, 1);
    });

    it('nor by a receipt that it wrote down', async () => {
      ahead = 0;
      const receivedAt = NOW + 365 * 24 * HOUR;
      schedule.update(snapshotOf({ ann: { expires: NOW + 11 * MINUTE, receivedAt } }));
      await pass(MINUTE);
      assert.equal(asked.length, 1);
    });
  });

  it('stops when disposed, whatever is under way', async () => {
    let finish: ((result: RefreshResult) => void) | undefined;
    answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    schedule.update(snapshotOf({ ann: { expires: NOW - HOUR }, bob: { expires: NOW - HOUR } }));
    await settled();
    schedule.dispose();
    finish?.({ kind: 'transient', retryAt: NOW });
    await pass(HOUR);
    schedule.update(snapshotOf({ cid: { expires: NOW - HOUR } }));
    schedule.wake();
    await settled();
    assert.equal(asked.length, 1);
    assert.deepEqual(clock.pending, []);
  });
});
