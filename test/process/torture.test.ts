import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** As in the last line of the torture; see `test/torture/oracle/judge.ts` for the rest. */
interface Figures {
  readonly acked: number;
  readonly lost: number;
  readonly kills: number;
  readonly repairs: number;
  readonly tokenRequests: number;
  readonly tornReads: number;
  readonly exclusionViolations: number;
  readonly unexplainedRequests: number;
  readonly unexplainedReuseEvents: number;
  readonly unexplainedFamiliesRevoked: number;
  readonly spentWrites: number;
  readonly leftovers: number;
  readonly secretLeaks: number;
  readonly looseModes: number;
  readonly crashes: number;
  readonly controls: Readonly<Record<string, { readonly failed: boolean }>>;
}

/** Its seed is printed when it fails; `npm run torture -- --seed <n>` makes the same choices. */
const SECONDS = 30;
/** Fewer than by hand: what a machine with few cores does not come to in time is no loss. */
const PROCESSES = 4;

describe('the torture, for half a minute', function () {
  this.timeout(240_000);
  let figures: Figures;
  let said = '';

  before(async () => {
    const here = fileURLToPath(import.meta.url);
    const out = here.slice(0, here.search(/\/(process|chunks)\/[^/]*$/));
    const program = `${out}/torture/torture.main.js`;
    const scale = ['--seconds', String(SECONDS), '--processes', String(PROCESSES)];
    const child = spawn(process.execPath, [program, ...scale], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let lines = '';
    child.stdout.on('data', (chunk) => {
      lines += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    await once(child, 'close');
    figures = JSON.parse(lines.trim().split('\n').at(-1) ?? '') as Figures;
  });

  it('I6: loses no acknowledged change', () => {
    assert.equal(figures.lost, 0, said);
  });

  it('I4: never shows half a store of its own', () => {
    assert.equal(figures.tornReads, 0, said);
  });

  it('I1: never replaces one version of a store twice', () => {
    assert.equal(figures.exclusionViolations, 0, said);
  });

  it('I9: sends no refresh token again but after a lost answer, and gets no login revoked', () => {
    const { unexplainedRequests, unexplainedReuseEvents, unexplainedFamiliesRevoked } = figures;
    assert.deepEqual(
      [unexplainedRequests, unexplainedReuseEvents, unexplainedFamiliesRevoked],
      [0, 0, 0],
      said,
    );
  });

  it('I10: writes no spent token', () => {
    assert.equal(figures.spentWrites, 0, said);
  });

  it('I16: leaves no temporary file, no lock and no open journal entry', () => {
    assert.equal(figures.leftovers, 0, said);
  });

  it('I15: shows no secret, and no file to anybody else', () => {
    assert.deepEqual([figures.secretLeaks, figures.looseModes], [0, 0], said);
  });

  it('no process ended but those that were killed', () => {
    assert.equal(figures.crashes, 0, said);
  });

  it('had something to do: changes, kills, repairs and refreshes', () => {
    const { acked, kills, repairs, tokenRequests } = figures;
    const idle = Object.entries({ acked, kills, repairs, tokenRequests });
    assert.deepEqual(
      idle.filter(([, count]) => count === 0),
      [],
      said,
    );
  });

  it('controls: every careless way of writing is found out', () => {
    const slipped = Object.entries(figures.controls).filter(([, { failed }]) => !failed);
    assert.deepEqual(slipped, [], said);
    assert.equal(Object.keys(figures.controls).length, 4);
  });
});
