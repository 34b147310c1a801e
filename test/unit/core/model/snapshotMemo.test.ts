import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConfigRead } from '../../../../src/core/documents/config.ts';
import { buildSnapshot } from '../../../../src/core/model/buildSnapshot.ts';
import { loginFingerprint } from '../../../../src/core/model/loginFingerprint.ts';
import { nextTurn } from '../../../../src/core/model/nextTurn.ts';
import type { RefreshOutcome } from '../../../../src/core/model/profileState.ts';
import type { AgentRead, Reads, StoreRead } from '../../../../src/core/model/reads.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import { sameAgain, turnOf } from '../../../../src/core/model/snapshotMemo.ts';
import { configOf, storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const pathOf = (agent: string): string => `/s/agents/${agent}/agent/auth-profiles.json`;

function profileOf(kind: number, login: number, end: number): object {
  const expires = NOW + end * HOUR;
  if (kind === 0) return { type: 'api_key', provider: 'zai', key: `k${login}` };
  if (kind === 3) return { type: 'token', provider: 'zai', token: `t${login}` };
  if (kind === 1) return { type: 'token', provider: 'openai-codex', token: `t${login}`, expires };
  return { type: 'oauth', provider: 'openai-codex', access: 'a', refresh: `r${login}`, expires };
}

function storeRead(agent: string, seeds: readonly (readonly number[])[]): StoreRead {
  const path = pathOf(agent);
  if (seeds.length === 0) return { kind: 'absent', path };
  if (seeds.length > 4) return { kind: 'torn', path, detail: 'the file is empty' };
  const profiles = Object.fromEntries(
    seeds.map(([kind = 0, login = 0, end = 0], n) => [
      `p:${(n + end + 40) % 5}`,
      profileOf(kind, login, end),
    ]),
  );
  const usageStats = Object.fromEntries(
    seeds.map(([, login = 0, end = 0]) => [`p:${login}`, { cooldownUntil: NOW + end * 2 * HOUR }]),
  );
  const store = storeOf({ version: 1, profiles, usageStats });
  return { kind: 'whole', path, store, problems: [] };
}

function configRead(order: readonly number[]): ConfigRead {
  const ids = order.map((n) => `p:${n}`);
  const config = configOf(ids.length === 0 ? {} : { auth: { order: { 'openai-codex': ids } } });
  return { kind: 'whole', path: '/s/coderclaw.json', config };
}

function fingerprintOf(profile: object): string {
  const login = storeOf({ version: 1, profiles: { x: profile } }).profiles.get('x');
  return (login && loginFingerprint(login)) ?? assert.fail();
}

/** The outcomes of refreshes of all logins that there can be. */
function outcomesOf(kinds: readonly number[]): Reads['refreshOutcomes'] {
  if (kinds.length === 0) return undefined;
  const outcomes = new Map<string, RefreshOutcome>();
  kinds.forEach((kind, login) => {
    if (kind === 0) return;
    const at = NOW + (kind - 5) * HOUR;
    outcomes.set(
      fingerprintOf(profileOf(2, login, 1)),
      kind % 2 === 0 ? { kind: 'retrying', at } : { kind: 'dead', from: at },
    );
  });
  return outcomes;
}

const seeds = fc.array(
  fc.tuple(fc.nat(3), fc.nat(2), fc.constantFrom(-30, -1, 0, 1, 2, 24 * 6, 24 * 8)),
  { maxLength: 5 },
);

/** Most steps change one thing, or none: what a change of that alone does must be seen. */
const rarely = <T>(change: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: change });

/** What happens to the files between two reads; nothing, most of the time. */
const step = fc.record({
  main: rarely(seeds),
  work: rarely(seeds),
  config: rarely(fc.array(fc.nat(4), { maxLength: 3 })),
  outcomes: rarely(fc.array(fc.nat(10), { maxLength: 3 })),
  received: rarely(fc.nat(3)),
  expected: rarely(fc.array(fc.constantFrom(-1, 1, 24 * 6, 24 * 8), { maxLength: 3 })),
  unlisted: rarely(seeds),
  name: rarely(fc.constantFrom('Work', 'Other')),
  label: rarely(fc.constantFrom('~/.coderclaw', '~/x')),
  /** To the clock, which can also be put back; `turn`: to just where the Snapshot turns. */
  time: fc.oneof(fc.constantFrom(0, 0, 1, HOUR, DAY, -HOUR, -1), fc.constant('turn' as const)),
});

class World {
  now = NOW;
  #main = storeRead('main', [[2, 0, 5]]);
  #work = storeRead('work', [[2, 1, 5]]);
  #unlisted = storeRead('unlisted', [[2, 2, 5]]);
  readonly #lab = storeRead('lab', [[2, 0, 5]]);
  #config = configRead([]);
  #outcomes: readonly number[] = [];
  #received = 0;
  #expected: readonly number[] = [];
  #name = 'Work';
  #label = '~/.coderclaw';

  change(
    by: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
    turn: number | undefined,
  ) {
    if (by.main !== null) this.#main = storeRead('main', by.main);
    if (by.work !== null) this.#work = storeRead('work', by.work);
    if (by.unlisted !== null) this.#unlisted = storeRead('unlisted', by.unlisted);
    if (by.config !== null) this.#config = configRead(by.config);
    this.#outcomes = by.outcomes ?? this.#outcomes;
    this.#received = by.received ?? this.#received;
    this.#expected = by.expected ?? this.#expected;
    this.#name = by.name ?? this.#name;
    this.#label = by.label ?? this.#label;
    this.now = by.time === 'turn' ? (turn ?? this.now) : this.now + by.time;
  }

  /** As a reader gives them: all new objects, but for stores and configs that did not change. */
  reads(): Reads {
    const agent = (id: string, store: StoreRead): AgentRead => {
      // What is not there is told of by a new object each time.
      const read = store.kind === 'whole' ? store : { ...store };
      return {
        id,
        name: this.#name,
        isDefault: id === 'main',
        onDiskOnly: false,
        agentDir: id,
        store: read,
      };
    };
    const agents = [agent('main', this.#main), agent('work', this.#work)];
    const refreshOutcomes = outcomesOf(this.#outcomes);
    const receivedAt = new Map([[fingerprintOf(profileOf(2, 0, 1)), NOW - this.#received]]);
    const expectedEnds = new Map(
      this.#expected.map((end, n) => [fingerprintOf(profileOf(3, n, 0)), NOW + end * HOUR]),
    );
    const config = this.#config;
    const dir = {
      path: '/s',
      label: this.#label,
      inUse: true,
      config,
      agents,
      mainStore: this.#main,
    };
    const other = {
      ...dir,
      path: '/t',
      inUse: false,
      agents: [agent('lab', this.#lab)],
      mainStore: this.#unlisted,
    };
    const stateDirs = [dir, other];
    const outcomes = refreshOutcomes && { refreshOutcomes };
    return { stateDirs, lookedIn: ['/s'], ...outcomes, receivedAt, expectedEnds };
  }
}

describe('a Snapshot of what was read before', () => {
  it('equals one that is built anew, whatever changed and whenever', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const world = new World();
        let last: Snapshot | undefined;
        for (const one of steps) {
          world.change(one, last && nextTurn(world.reads(), world.now));
          const reads = world.reads();
          last = buildSnapshot(reads, world.now, last);
          assert.deepEqual(last, buildSnapshot(reads, world.now));
          assert.equal(turnOf(last) ?? Infinity, nextTurn(reads, world.now) ?? Infinity);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not built where nothing changed and nothing turned', () => {
    const reads = (store: StoreRead, config: ConfigRead): Reads => {
      const main = { id: 'main', isDefault: true, onDiskOnly: false, agentDir: '/m', store };
      const heir = { ...main, id: 'heir', store: { kind: 'absent', path: '/h' } as const };
      const dir = { path: '/s', label: 's', inUse: true, config, agents: [main, heir] };
      return { stateDirs: [{ ...dir, mainStore: store }], lookedIn: ['/s'] };
    };
    const [store, config] = [storeRead('main', [[1, 0, 1]]), configRead([])];
    const first = buildSnapshot(reads(store, config), NOW);
    const again = sameAgain(first, reads(store, config), NOW + HOUR - 1);
    assert.equal(again?.takenAt, NOW + HOUR - 1);
    assert.equal(again.stateDirs, first.stateDirs);
    // From one that was not built itself, too.
    assert.ok(sameAgain(again, reads(store, config), NOW));
    assert.equal(sameAgain(again, reads(store, config), NOW + HOUR), undefined);
    assert.equal(sameAgain(again, reads(store, config), NOW - 1), undefined);
    assert.equal(sameAgain(again, reads(storeRead('main', [[1, 0, 1]]), config), NOW), undefined);
    assert.equal(sameAgain({ ...first }, reads(store, config), NOW), undefined);
  });
});
