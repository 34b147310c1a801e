import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { Cancelled, systemClock } from '../../../../../src/core/clock.ts';
import { AuditObserver } from '../../../../../src/core/custody/audit/auditObserver.ts';
import { AuditTrail } from '../../../../../src/core/custody/audit/auditTrail.ts';
import type { SeenHolder } from '../../../../../src/core/custody/audit/lockHolders.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { parseAuthStore } from '../../../../../src/core/documents/authStore.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { type AuditEntry, fingerprintOf } from '../../../../../src/core/model/auditEntry.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import type { Reads, StoreRead } from '../../../../../src/core/model/reads.ts';
import type { TokenRecords } from '../../../../../src/core/model/refreshLog.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { ManualClock } from '../../liveSnapshot/manualClock.ts';

const STORE = '/agents/main/agent/auth-profiles.json';
const START = 1_763_842_000_000;

const oauth = (refresh: string, access = `a-${refresh}`): JsonObject => ({
  type: 'oauth',
  provider: 'p',
  refresh,
  access,
});
const of = (refresh: string) => fingerprintOf(oauth(refresh)) ?? '';

function whole(profiles: Record<string, JsonObject>, path = STORE): StoreRead {
  const parse = parseAuthStore(JSON.stringify({ profiles }));
  assert(parse.kind === 'whole');
  return { kind: 'whole', path, store: parse.store, problems: [] };
}

const absent: StoreRead = { kind: 'absent', path: STORE };
const torn: StoreRead = { kind: 'torn', path: STORE, detail: 'the file is empty' };

describe('what other programs do to credentials', () => {
  const path = workFolder();
  let clock: ManualClock;
  let trail: AuditTrail;
  let holder: SeenHolder | undefined;
  let records: TokenRecords;
  let open: AuditObserver[];
  let looks: string[];

  beforeEach(async () => {
    clock = new ManualClock(START);
    holder = undefined;
    records = new Map();
    open = [];
    looks = [];
    trail = trailOf();
    await mkdir(path('state'), { mode: 0o700 });
  });
  afterEach(() => {
    for (const observer of open) observer.dispose();
  });

  const stateDir = () => path('state');

  function trailOf(): AuditTrail {
    const locks = new FileLocks({ app: 'us', clock: systemClock });
    return new AuditTrail({ locks, clock, app: 'us', places: async () => [], log: () => {} });
  }

  function observer(
    own: Pick<AuditTrail, 'observe'> = trail,
    log: (line: string) => void = (line) => assert.fail(line),
  ): AuditObserver {
    const holders = {
      look: async (storePath: string) => {
        looks.push(storePath);
        return holder;
      },
    };
    const refreshes = async () => records;
    const one = new AuditObserver({
      trail: own,
      holders,
      clock,
      refreshes,
      log,
    });
    open.push(one);
    return one;
  }

  function reads(store: StoreRead): Reads {
    const dir = {
      path: stateDir(),
      label: '~',
      inUse: true,
      config: { kind: 'invalid', path: '/c', detail: '' },
      agents: [],
      mainStore: store,
    } as const;
    return { stateDirs: [dir], lookedIn: [] };
  }

  /** Shows a read, and lets the time pass that a judgement takes. */
  async function see(one: AuditObserver, ...stores: readonly StoreRead[]): Promise<void> {
    for (const store of stores) {
      clock.advance(10_000);
      one.saw(reads(store));
      await judged([one]);
    }
  }

  async function judged(observers: readonly AuditObserver[]): Promise<void> {
    let isDone = false;
    const done = Promise.all(observers.map((one) => one.settled())).then(() => {
      isDone = true;
    });
    while (!isDone) {
      if (clock.pending.length > 0) clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await done;
  }

  async function own(change: Partial<AuditEntry>): Promise<void> {
    await trail.record(stateDir(), {
      at: clock.now(),
      actor: { kind: 'us', pid: 1, app: 'us' },
      action: 'refreshed',
      agentId: 'main',
      storePath: STORE,
      profileId: 'p:x',
      ...change,
    });
  }

  /** What the trail has of others: action, profile, from, to. */
  async function others(): Promise<unknown[]> {
    return (await trail.read(stateDir()))
      .filter(({ actor }) => actor.kind === 'other')
      .map(({ action, profileId, from, to, older }) =>
        [action, profileId, from, to, ...(older ? ['older'] : [])].map((one) => one ?? null),
      );
  }

  it('is written down when a profile comes, changes and goes', async () => {
    const one = observer();
    await see(one, absent, whole({ 'p:x': oauth('1') }), whole({ 'p:x': oauth('2') }), whole({}));
    assert.deepEqual(await others(), [
      ['appeared', 'p:x', null, of('1')],
      ['changed', 'p:x', of('1'), of('2')],
      ['disappeared', 'p:x', of('2'), null],
    ]);
    const [first] = await trail.read(stateDir());
    assert.deepEqual(
      [first?.agentId, first?.storePath, first?.actor],
      ['main', STORE, { kind: 'other' }],
    );
  });

  it('is no news at the first sight of a store that the trail does not know', async () => {
    await see(observer(), whole({ 'p:x': oauth('1') }));
    assert.deepEqual(await trail.read(stateDir()), []);
  });

  it('is told from what we did', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1') }));
    one.saw(reads(whole({ 'p:x': oauth('2') })));
    // Our own line comes a moment after the change has been seen.
    await own({ from: of('1'), to: of('2') });
    await judged([one]);
    await own({ action: 'removed', from: of('2') });
    await see(one, whole({}));
    assert.deepEqual(await others(), []);
  });

  it('is told from what we did although a step of it was not seen, or a later one is known', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1') }));
    await own({ from: of('1'), to: of('2') });
    await own({ from: of('2'), to: of('3') });
    await see(one, whole({ 'p:x': oauth('3') }));
    one.saw(reads(whole({ 'p:x': oauth('4') })));
    await own({ from: of('3'), to: of('4') });
    await own({ from: of('4'), to: of('5') });
    await judged([one]);
    assert.deepEqual(await others(), []);
  });

  it('is not excused by a line of ours about another profile, store or token', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1') }));
    await own({ profileId: 'p:y', from: of('1'), to: of('2') });
    await own({ storePath: '/other', from: of('1'), to: of('2') });
    await own({ from: of('1'), to: of('3') });
    await see(one, whole({ 'p:x': oauth('2') }));
    assert.equal((await others()).length, 1);
  });

  it('is marked where a token comes back that was replaced, even at once', async () => {
    const one = observer();
    await own({ from: of('0'), to: of('1') });
    await see(one, whole({ 'p:x': oauth('1') }));
    await own({ from: of('1'), to: of('2') });
    one.saw(reads(whole({ 'p:x': oauth('2') })));
    clock.advance(100);
    one.saw(reads(whole({ 'p:x': oauth('1') })));
    await judged([one]);
    assert.deepEqual(await others(), [['changed', 'p:x', of('2'), of('1'), 'older']]);
  });

  it('is marked each time, also within one moment, and not for a renewed access token', async () => {
    const one = observer();
    await own({ storePath: '/other', from: of('1'), to: of('1') });
    await see(one, whole({}), whole({ 'p:x': oauth('1') }), whole({ 'p:x': oauth('2') }));
    for (const token of ['3', '4', '3']) one.saw(reads(whole({ 'p:x': oauth(token) })));
    await judged([one]);
    await see(one, whole({ 'p:x': oauth('4') }));
    assert.deepEqual(await others(), [
      ['appeared', 'p:x', null, of('1')],
      ['changed', 'p:x', of('1'), of('2')],
      ['changed', 'p:x', of('2'), of('3')],
      ['changed', 'p:x', of('3'), of('4')],
      ['changed', 'p:x', of('4'), of('3'), 'older'],
      ['changed', 'p:x', of('3'), of('4'), 'older'],
    ]);
  });

  it('is marked where it brings a token that the refresh log knows as spent', async () => {
    const one = observer();
    const record = { at: 1, failures: 0, lostAnswers: 0 };
    records = new Map([
      [tokenHash('old'), { ...record, kind: 'spent' }],
      [tokenHash('new'), { ...record, kind: 'transient' }],
    ]);
    await see(one, whole({}), whole({ 'p:x': oauth('old') }), whole({ 'p:x': oauth('new') }));
    assert.deepEqual(await others(), [
      ['appeared', 'p:x', null, of('old'), 'older'],
      ['changed', 'p:x', of('old'), of('new')],
    ]);
  });

  it('is a renewal where only the access token is another', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1', 'a') }), whole({ 'p:x': oauth('1', 'b') }));
    assert.deepEqual(await others(), [['refreshed', 'p:x', of('1'), of('1')]]);
    clock.advance(60 * 60 * 1000);
    await own({ from: of('1'), to: of('1') });
    await see(one, whole({ 'p:x': oauth('1', 'c') }));
    assert.equal((await others()).length, 1);
    clock.advance(60 * 60 * 1000);
    await see(one, whole({ 'p:x': oauth('1', 'd') }));
    assert.equal((await others()).length, 2);
  });

  it('does not happen while a store cannot be read, nor by a change beside the secrets', async () => {
    const one = observer();
    const other = { ...oauth('1'), email: 'ann@example.com' };
    await see(one, whole({ 'p:x': oauth('1') }), torn, whole({ 'p:x': other }), torn, whole({}));
    assert.deepEqual(await others(), [['disappeared', 'p:x', of('1'), null]]);
  });

  it('is written down once, although several windows see it', async () => {
    const windows = [observer(trailOf()), observer(trailOf()), observer(trailOf())];
    for (const one of windows) await see(one, whole({ 'p:x': oauth('1') }));
    for (const one of windows) one.saw(reads(whole({ 'p:x': oauth('2') })));
    await judged(windows);
    const late = observer(trailOf());
    await see(late, whole({ 'p:x': oauth('2') }));
    assert.deepEqual(await others(), [['changed', 'p:x', of('1'), of('2')]]);
  });

  it('is laid to the program that was seen with the lock', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1') }));
    holder = { pid: 42, program: 'coderclaw' };
    await see(one, whole({ 'p:x': oauth('2') }));
    const [entry] = await trail.read(stateDir());
    assert.deepEqual(entry?.actor, { kind: 'other', pid: 42, program: 'coderclaw' });
  });

  it('while nobody watched is found at the first sight of a store, for known profiles', async () => {
    const known = clock.now();
    await own({ to: of('1') });
    await own({ profileId: 'p:gone', to: of('1') });
    await own({ profileId: 'p:same', to: of('1') });
    await own({ profileId: 'p:removed', action: 'removed', from: of('1') });
    holder = { pid: 42, program: 'of another change' };
    const store = whole({ 'p:x': oauth('2'), 'p:same': oauth('1'), 'p:new': oauth('1') });
    await see(observer(), store);
    assert.deepEqual(await others(), [
      ['changed', 'p:x', of('1'), of('2')],
      ['disappeared', 'p:gone', of('1'), null],
    ]);
    const last = (await trail.read(stateDir())).at(-1);
    clock.advance(60 * 60 * 1000);
    assert.deepEqual([last?.since, last?.actor], [known, { kind: 'other' }]);
    await see(observer(), store);
    assert.equal((await others()).length, 2);
  });

  it('is laid to it by one look for a store that stands in the reads twice', async () => {
    const store = absent;
    const main = { id: 'main', isDefault: true, onDiskOnly: false, agentDir: '/', store };
    const { stateDirs, lookedIn } = reads(store);
    observer().saw({ stateDirs: stateDirs.map((dir) => ({ ...dir, agents: [main] })), lookedIn });
    assert.deepEqual(looks, [STORE]);
  });

  it('is written down later where others kept the trail for too long, and logged once', async () => {
    const log: string[] = [];
    let tries = 0;
    const late: Pick<AuditTrail, 'observe'> = {
      observe: async (...args) => {
        tries += 1;
        if (tries < 3) throw new Cancelled();
        await trail.observe(...args);
      },
    };
    const one = observer(late, (line) => log.push(line));
    tries = 2;
    await see(one, whole({}));
    tries = 0;
    await see(one, whole({ 'p:x': oauth('1') }));
    assert.deepEqual(await others(), [['appeared', 'p:x', null, of('1')]]);
    assert.equal(tries, 3);
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /audit trail is busy/);
    await see(one, whole({}));
    tries = 0;
    await see(one, whole({ 'p:x': oauth('2') }));
    assert.equal(log.length, 2, 'another time');
  });

  it('goes unjudged once disposed', async () => {
    const one = observer();
    await see(one, whole({ 'p:x': oauth('1') }));
    one.saw(reads(whole({ 'p:x': oauth('2') })));
    one.dispose();
    await judged([one]);
    one.saw(reads(whole({ 'p:x': oauth('3') })));
    await judged([one]);
    assert.deepEqual(await others(), []);
  });
});
