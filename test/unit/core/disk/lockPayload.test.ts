import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatLockPayload,
  holderOf,
  parseLockPayload,
} from '../../../../src/core/disk/lockPayload.ts';

const OURS = {
  pid: 42,
  createdAt: Date.parse('2026-03-21T10:00:00.000Z'),
  nonce: 'n1',
  app: 'coderclaw-auth 1.0.0',
  owner: { pid: 42, namespace: 'boot pid:[1]' },
};

describe('lock payload', () => {
  it('reads what it writes', () => {
    assert.deepEqual(parseLockPayload(formatLockPayload(OURS)), OURS);
  });

  it('writes what CoderClaw reads: a numeric pid and an ISO time', () => {
    const raw: unknown = JSON.parse(formatLockPayload(OURS));
    assert.deepEqual(raw, { ...OURS, createdAt: '2026-03-21T10:00:00.000Z' });
  });

  it('keeps its length from heartbeat to heartbeat', () => {
    const later = formatLockPayload({ ...OURS, createdAt: OURS.createdAt + 987_654_321 });
    assert.equal(later.length, formatLockPayload(OURS).length);
  });

  it("reads CoderClaw's", () => {
    const text = '{"pid": 7, "createdAt": "2026-03-21T10:00:00.000Z"}';
    assert.deepEqual(parseLockPayload(text), { pid: 7, createdAt: OURS.createdAt });
  });

  const hostile: readonly [string, string][] = [
    ['nothing', ''],
    ['half of it', '{"pid": 7, "crea'],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['a negative pid (a process group to kill)', '{"pid": -1}'],
    ['a fractional pid', '{"pid": 1.5}'],
    ['a huge pid', '{"pid": 1e300}'],
    ['a pid that is a text', '{"pid": "7"}'],
    ['a time that is a number', '{"createdAt": 5}'],
    ['a time that is none', '{"createdAt": "yesterday"}'],
    ['a name with an escape sequence', '{"app": "\\u001b[31mred"}'],
    ['an endless name', JSON.stringify({ app: 'x'.repeat(5000) })],
    ['an owner of pid 0', '{"owner": {"pid": 0, "namespace": "a"}}'],
    ['an owner without a namespace', '{"owner": {"pid": 5}}'],
    ['inherited names', '{"__proto__": {"pid": 7}}'],
  ];
  for (const [name, text] of hostile) {
    it(`takes nothing from ${name}`, () => assert.deepEqual(parseLockPayload(text), {}));
  }

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        holderOf(parseLockPayload(text));
      }),
    );
  });

  it('names the holder by its real pid, also where the lock says 0', () => {
    const { app } = OURS;
    const createdAt = '2026-03-21T10:00:00.000Z';
    assert.deepEqual(holderOf({ ...OURS, pid: 0 }), { pid: 42, createdAt, app });
    assert.deepEqual(holderOf({ pid: 0 }), {});
  });
});
