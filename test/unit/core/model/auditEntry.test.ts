import assert from 'node:assert/strict';
import { parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import { moveFirst } from '../../../../src/core/documents/orderIntents.ts';
import {
  clearPause,
  removeProfile,
  type StoreIntent,
  upsertProfile,
} from '../../../../src/core/documents/storeIntents.ts';
import {
  type AuditEntry,
  fingerprintOf,
  formatAuditEntry,
  ownChange,
  readAuditTrail,
} from '../../../../src/core/model/auditEntry.ts';
import { AuditKnowledge } from '../../../../src/core/model/auditKnowledge.ts';
import { loginFingerprint, tokenHash } from '../../../../src/core/model/loginFingerprint.ts';

const where = {
  at: 1_763_842_227_123,
  actor: { kind: 'us', pid: 7, app: 'coderclaw-auth/0.1.0' },
  agentId: 'main',
  storePath: '/s/agents/main/agent/auth-profiles.json',
} as const;

const oauth = (refresh: string): JsonObject => ({ type: 'oauth', provider: 'p', refresh });
const change = (intent: StoreIntent, before?: JsonValue, after?: JsonValue) =>
  ownChange({ intent, written: { before, after } }, where);

describe('fingerprints', () => {
  it('are those of the logins, for every type that has one', () => {
    const credentials = [
      oauth('CANARY-r'),
      { type: 'oauth', provider: 'p', refresh: ' ', access: 'CANARY-a' },
      { type: 'token', provider: 'p', token: 'CANARY-t' },
    ];
    for (const raw of credentials) {
      const parse = parseAuthStore(JSON.stringify({ profiles: { x: raw } }));
      assert(parse.kind === 'whole');
      const credential = parse.store.profiles.get('x');
      assert(credential !== undefined);
      assert.equal(fingerprintOf(raw), loginFingerprint(credential));
    }
  });

  it('also tell keys apart, and nothing stored from an empty secret', () => {
    assert.equal(fingerprintOf({ type: 'api_key', key: 'k' }), tokenHash('k').slice(0, 12));
    assert.equal(fingerprintOf({ type: 'api_key' }), tokenHash('').slice(0, 12));
    assert.equal(fingerprintOf({ type: 'toString' }), tokenHash('').slice(0, 12));
    assert.equal(fingerprintOf(undefined), undefined);
  });
});

describe('what the trail says of a change of ours', () => {
  it('comes from before and after, unless the intent knows better', () => {
    const from = fingerprintOf(oauth('a'));
    const to = fingerprintOf(oauth('b'));
    const store = upsertProfile('p:x', oauth('b'));
    assert.deepEqual(change(store, undefined, oauth('b')), {
      ...where,
      action: 'signedIn',
      profileId: 'p:x',
      to,
    });
    assert.deepEqual(change(store, oauth('a'), oauth('b')), {
      ...where,
      action: 'changed',
      profileId: 'p:x',
      from,
      to,
    });
    assert.deepEqual(change(removeProfile('p:x'), oauth('a')), {
      ...where,
      action: 'removed',
      profileId: 'p:x',
      from,
    });
    const known = upsertProfile('p:x', oauth('b'), { action: 'refreshed' });
    assert.equal(change(known, oauth('a'), oauth('b')).action, 'refreshed');
  });

  it('of the end of a pause names the profile, and nothing of its credential', () => {
    const stats = { cooldownUntil: 5, errorCount: 1 };
    const resumed = change(clearPause('p:x', { inherited: undefined }), stats, { errorCount: 0 });
    assert.deepEqual(resumed, { ...where, action: 'resumed', profileId: 'p:x' });
    const knowledge = new AuditKnowledge([
      { ...where, action: 'signedIn', profileId: 'p:x', to: '0123456789ab' },
      resumed,
    ]);
    assert.equal(knowledge.last(where.storePath, 'p:x')?.to, '0123456789ab');
  });

  it('of an order names the provider, and no profile', () => {
    const order = change(moveFirst('p', 'p:x', []), ['p:y'], ['p:x', 'p:y']);
    assert.deepEqual(order, { ...where, action: 'ordered', provider: 'p' });
  });
});

describe('lines of the trail', () => {
  const entries: readonly AuditEntry[] = [
    { ...where, action: 'refreshed', profileId: 'p:x', from: '0123456789ab', to: 'ba9876543210' },
    {
      ...where,
      action: 'changed',
      actor: { kind: 'other' },
      profileId: 'p',
      older: true,
      since: 5,
    },
    { ...where, action: 'changed', actor: { kind: 'other', pid: 3, program: 'x' }, profileId: 'p' },
    { ...where, action: 'ordered', provider: 'p' },
    { ...where, action: 'resumed', profileId: 'p:x' },
  ];

  it('come back as they were written', () => {
    assert.deepEqual(readAuditTrail(entries.map(formatAuditEntry).join('\n')), entries);
  });

  it('that are torn, foreign or of another shape are skipped, and hide no other', () => {
    const [whole] = entries;
    assert(whole !== undefined);
    const line = formatAuditEntry(whole);
    const odd = [
      line.slice(0, -5),
      'null',
      '[]',
      '{}',
      '',
      JSON.stringify({ ...whole, at: 'now' }),
      JSON.stringify({ ...whole, action: 'toString' }),
      JSON.stringify({ ...whole, actor: { kind: 'us' } }),
      JSON.stringify({ ...whole, actor: 'us' }),
      JSON.stringify({ ...whole, storePath: 1 }),
    ];
    assert.deepEqual(readAuditTrail([...odd, line, ...odd].join('\n')), [whole]);
    // A token that somebody wrote where a fingerprint belongs goes no further.
    const leak = JSON.stringify({ ...whole, to: 'CANARY-token' });
    assert.deepEqual(Object.keys(readAuditTrail(leak)[0] ?? {}).includes('to'), false);
  });
});
