import assert from 'node:assert/strict';
import { Cancelled } from '../../../../src/core/clock.ts';
import { examine } from '../../../../src/core/doctor/doctor.ts';
import { finding, findingKey } from '../../../../src/core/doctor/finding.ts';
import type { Check } from '../../../../src/core/doctor/look.ts';
import {
  changedSessions,
  maskedConfig,
  maskedStore,
} from '../../../../src/core/doctor/maskedTexts.ts';
import { isSamePlan, type PlannedChange } from '../../../../src/core/doctor/plannedChange.ts';
import { hasRepair } from '../../../../src/core/doctor/repairs.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { CANARY, doctorHome, key, login, secret } from './doctorHome.ts';

const NOTHING = {
  reads: { stateDirs: [], lookedIn: [] },
  now: 5,
  host: { env: {}, homedir: '/nowhere', platform: process.platform },
};

describe('doctor', () => {
  const home = doctorHome();

  it('goes on where a check fails or does not come back, and says so', async () => {
    const fine: Check = () => [
      finding('port.held', 'info', {}, { provider: 'p', port: 1, otherPorts: [] }),
    ];
    const checks: Record<string, Check> = {
      fine,
      fails: () => {
        throw new Error(secret());
      },
      refused: async () => {
        throw Object.assign(new Error(secret()), { code: 'EIO' });
      },
      hangs: () => new Promise(() => {}),
    };
    const diagnosis = await examine({ ...NOTHING, checks, limitMs: 20 });
    assert.equal(diagnosis.findings.length, 1);
    assert.deepEqual(diagnosis.unfinished, [
      { check: 'fails', why: 'failed', detail: 'Error' },
      { check: 'refused', why: 'failed', detail: 'EIO' },
      { check: 'hangs', why: 'tookTooLong' },
    ]);
    assert.equal(diagnosis.at, 5);
  });

  it('is called off at once', async () => {
    const calledOff = new AbortController();
    const checks = { hangs: () => new Promise<never>(() => {}) };
    const examined = examine({ ...NOTHING, checks, signal: calledOff.signal, limitMs: 1e6 });
    calledOff.abort();
    await assert.rejects(examined, Cancelled);
    await assert.rejects(examine({ ...NOTHING, signal: calledOff.signal }), Cancelled);
  });

  it('tells the worst first, and always in the same sequence', async () => {
    const one = (severity: 'error' | 'warning' | 'info', profileId: string) =>
      finding('profile.broken', severity, { profileId }, { provider: 'p', why: 'noKey' });
    const all = [one('info', 'a'), one('error', 'c'), one('warning', 'b'), one('error', 'a')];
    const order = async (findings: typeof all) => {
      const diagnosis = await examine({ ...NOTHING, checks: { all: () => findings } });
      return diagnosis.findings.map(({ severity, where }) => `${severity} ${where.profileId}`);
    };
    const expected = ['error a', 'error c', 'warning b', 'info a'];
    assert.deepEqual(await order(all), expected);
    assert.deepEqual(await order([...all].reverse()), expected);
  });

  it('names a finding the same at each look, and another otherwise', async () => {
    const at = { stateDir: '/s', path: '/s/x.lock' };
    const stale = (ageMs: number, path = at.path) =>
      finding(
        'lock.stale',
        'info',
        { ...at, path },
        { target: '/s/x', verdict: 'ownerDead', ageMs },
      );
    assert.equal(findingKey(stale(1)), findingKey(stale(2)));
    assert.notEqual(findingKey(stale(1)), findingKey(stale(1, '/s/y.lock')));
    const ghosts = (key: string) =>
      finding('order.ghosts', 'warning', at, { writtenIn: 'store', key, ids: [] });
    assert.notEqual(findingKey(ghosts('p')), findingKey(ghosts('q')));
  });

  it('takes the end of another token in a profile for another finding: one that was hidden hides no other', () => {
    const at = { stateDir: '/s', agentId: 'main', profileId: 'p:a', path: '/s/x' };
    const keys = [1, 2].flatMap((end) => [
      findingKey(finding('profile.ending', 'warning', at, { provider: 'p', at: end })),
      findingKey(finding('profile.expired', 'error', at, { provider: 'p', since: end })),
      findingKey(finding('profile.dead', 'error', at, { provider: 'p', end })),
    ]);
    assert.equal(new Set(keys).size, 6);
  });

  it('has a repair for whatever it says can be mended', async () => {
    await home().store('main', {
      profiles: { 'p:a': login(secret(), { expires: 1_700_000_000 }) },
    });
    const { findings } = await home().examine();
    const repairable = findings.filter(({ isRepairable }) => isRepairable);
    assert.ok(repairable.length > 0);
    for (const { code } of repairable) assert.ok(hasRepair(code), code);
    const dead = finding('profile.dead', 'error', {}, { provider: 'p' });
    await assert.rejects(home().repairs.make(dead), /no repair for profile\.dead/);
  });

  it('changes nothing that was called off before it began', async () => {
    await home().store('main', {
      profiles: { 'p:a': login(secret(), { expires: 1_700_000_000 }) },
    });
    const found = await home().only('expiry.inSeconds');
    const before = await home().everything();
    const signal = AbortSignal.abort();
    await assert.rejects(home().repairs.preview(found, signal), Cancelled);
    await assert.rejects(home().repairs.make(found, signal), Cancelled);
    assert.deepEqual(await home().everything(), before);
  });
});

describe('a plan', () => {
  const text = (before: string, after: string): PlannedChange => ({
    ...{ kind: 'text', path: '/s/store.json', before, after },
  });
  const lines = (...all: string[]): string => all.join('\n');

  it('is the same where something else in the file has changed', () => {
    const one = text(lines('a', 'b', 'used 1'), lines('a', 'used 1'));
    const other = text(lines('new', 'a', 'b', 'used 2'), lines('new', 'a', 'used 2'));
    assert.ok(isSamePlan([one], [other]));
  });

  it('is another where more goes, something else comes, or another file changes', () => {
    const one = text(lines('a', 'b', 'b'), lines('a', 'b'));
    assert.ok(!isSamePlan([one], [text(lines('a', 'b', 'b'), 'a')]));
    assert.ok(!isSamePlan([one], [text(lines('a', 'b', 'b'), lines('a', 'b', 'c'))]));
    assert.ok(!isSamePlan([one], [{ ...one, path: '/s/other.json' }]));
    assert.ok(!isSamePlan([one], []));
    const mode = { kind: 'mode', path: '/s', before: 0o755, after: 0o700 } as const;
    assert.ok(!isSamePlan([mode], [{ ...mode, after: 0o600 }]));
    assert.ok(isSamePlan([mode], [{ ...mode }]));
  });
});

describe('texts with the secrets masked', () => {
  it('of a store keep what tells whose it is, and mask every other text', () => {
    const profile: JsonObject = {
      ...login(),
      email: 'a@x',
      accountId: 'acc',
      more: { deep: [secret(), 5] },
    };
    const masked = maskedStore({
      version: 1,
      profiles: { 'p:a': profile, 'p:k': key({ metadata: { id: secret() } }), 'p:x': secret() },
      order: { p: ['p:a'] },
      future: secret(),
    });
    assert.doesNotMatch(masked, new RegExp(CANARY));
    const read = JSON.parse(masked);
    const { type, email, accountId, expires, refresh, more } = read.profiles['p:a'];
    assert.deepEqual(
      [type, email, accountId, expires],
      ['oauth', 'a@x', 'acc', profile['expires']],
    );
    assert.match(refresh, /^…/);
    assert.equal(more.deep[1], 5);
    assert.deepEqual(read.order, { p: ['p:a'] });
  });

  it('of a config keep its layout, and mask all but auth', () => {
    const text = `{
  // a comment with sk-ant-${CANARY}-0123456789
  auth: { profiles: { 'p:a': { mode: 'oauth' } } },
  'channels': { x: [ "${secret()}", 'short ${CANARY}', 5 ], 'y': { z: '${secret()}' } },
  agents: {
    defaults: { apiKey: '${secret()}' },
    list: [{ id: 'work', 'name': "Work", key: '${secret()}', deep: { id: '${secret()}' } }, '${secret()}'],
  },
}`;
    const masked = maskedConfig(text);
    assert.doesNotMatch(masked, new RegExp(CANARY));
    assert.equal(masked.split('\n').length, text.split('\n').length);
    assert.ok(masked.includes("auth: { profiles: { 'p:a': { mode: 'oauth' } } },"));
    assert.match(masked, /'channels': \{ x: \[ "….*", "…", 5 \], 'y': \{ z: "….*" \} \},/);
    assert.match(masked, /defaults: \{ apiKey: "….*" \},/);
    assert.match(
      masked,
      /list: \[\{ id: 'work', 'name': "Work", key: "…[^}]* deep: \{ id: "….*" \} \}, "….*"\],/,
    );
  });

  it('of a list of sessions have only what differs about profiles', () => {
    const before = JSON.stringify({ a: { updatedAt: 1, x: CANARY }, b: { updatedAt: 1 } });
    const after = JSON.stringify({ a: { updatedAt: 2, x: CANARY }, b: { updatedAt: 1 } });
    const { before: was, after: is } = changedSessions(before, after);
    assert.deepEqual(
      [JSON.parse(was), JSON.parse(is)],
      [{ a: { updatedAt: 1 } }, { a: { updatedAt: 2 } }],
    );
  });
});
