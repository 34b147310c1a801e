import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Cancelled } from '../../../../src/core/clock.ts';
import type { Diagnosis } from '../../../../src/core/doctor/doctor.ts';
import { Examinations } from '../../../../src/core/doctor/examinations.ts';
import { ManualClock } from '../liveSnapshot/manualClock.ts';

const diagnosis = (at: number): Diagnosis => ({ at, findings: [], unfinished: [] });

/** Looks that end when the test says so. */
function scene() {
  const clock = new ManualClock(0);
  const told: number[] = [];
  const failures: unknown[] = [];
  const open: { readonly end: (at: number) => void; readonly fail: (error: Error) => void }[] = [];
  let most = 0;
  let running = 0;
  const examinations = new Examinations({
    clock,
    told: ({ at }) => told.push(at),
    failed: (error) => failures.push(error),
    examine: async () => {
      running += 1;
      most = Math.max(most, running);
      try {
        return await new Promise<Diagnosis>((resolve, reject) => {
          open.push({ end: (at) => resolve(diagnosis(at)), fail: reject });
        });
      } finally {
        running -= 1;
      }
    },
  });
  return { clock, told, failures, open, examinations, most: () => most };
}

describe('examinations', () => {
  it('are made one at a time; any number of wishes during one lead to one more', async () => {
    const { open, examinations, told, most } = scene();
    const first = examinations.look();
    const [second, third] = [examinations.look(), examinations.look()];
    await turn();
    assert.equal(open.length, 1);
    open[0]?.end(1);
    assert.equal((await first).at, 1);
    await turn();
    assert.equal(open.length, 2);
    open[1]?.end(2);
    assert.deepEqual([(await second).at, (await third).at], [2, 2]);
    assert.deepEqual(told, [1, 2]);
    assert.equal(most(), 1);
    assert.equal(open.length, 2);
  });

  it('come soon after a hint, once for a burst of them', async () => {
    const { open, examinations, clock, told } = scene();
    for (let count = 0; count < 5; count++) examinations.hint();
    assert.equal(clock.pending.length, 1);
    await turn();
    assert.equal(open.length, 0);
    clock.advance(400);
    await turn();
    assert.equal(open.length, 1);
    open[0]?.end(1);
    await turn();
    assert.deepEqual(told, [1]);
    examinations.hint();
    assert.equal(clock.pending.length, 1);
  });

  it('that are called off tell nothing, and are made again when they are asked for', async () => {
    const { open, examinations, clock, told, failures } = scene();
    const [running, queued] = [examinations.look(), examinations.look()];
    examinations.hint();
    examinations.stop();
    open[0]?.end(1);
    await assert.rejects(running, Cancelled);
    await assert.rejects(queued, Cancelled);
    clock.advance(1000);
    await turn();
    assert.equal(open.length, 1);
    const again = examinations.look();
    open[1]?.end(2);
    await again;
    assert.deepEqual([told, failures], [[2], []]);
  });

  it('that fail are told to those who asked, and to the log where nobody did', async () => {
    const { open, examinations, clock, failures } = scene();
    const asked = examinations.look();
    const next = examinations.look();
    open[0]?.fail(new Error('no'));
    await assert.rejects(asked, /no/);
    await turn();
    open[1]?.end(2);
    assert.equal((await next).at, 2);
    assert.deepEqual(failures, []);
    examinations.hint();
    clock.advance(400);
    await turn();
    open[2]?.fail(new Error('never'));
    await turn();
    assert.match(String(failures[0]), /never/);
  });

  it('are made one at a time also where the next wish comes just as one ends', async () => {
    const { open, examinations, most } = scene();
    const again = examinations.look().then(() => examinations.look());
    const queued = examinations.look();
    await turn();
    open[0]?.end(1);
    await turn();
    assert.deepEqual([open.length, most()], [2, 1]);
    open[1]?.end(2);
    assert.deepEqual([(await again).at, (await queued).at], [2, 2]);
  });
});
