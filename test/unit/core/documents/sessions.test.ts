import assert from 'node:assert/strict';
import { pinSession, unpinSessions } from '../../../../src/core/documents/sessionEdits.ts';
import { readSessions } from '../../../../src/core/documents/sessions.ts';
import { isKnown } from '../../../../src/core/errors.ts';

const NOW = 1_795_000_000_000;
const TEXT = `{
  "agent:main:main": {
    "sessionId": "s1",
    "updatedAt": 1794999999000,
    "skills": { "a": [1, 2.50, "\\u00e9"] },
    "authProfileOverride": "p:a",
    "authProfileOverrideSource": "auto",
    "authProfileOverrideCompactionCount": 3,
    "compactionCount": 3
  },
  "agent:main:other": {"sessionId":"s2","updatedAt":1794999999999}
}
`;

describe('sessions of an agent', () => {
  it('are read newest first, with their pins', () => {
    assert.deepEqual(readSessions(JSON.parse(TEXT)), [
      { key: 'agent:main:other', updatedAt: 1794999999999, compactions: 0, pin: {} },
      {
        key: 'agent:main:main',
        updatedAt: 1794999999000,
        compactions: 3,
        pin: { profileId: 'p:a', source: 'auto', compactions: 3 },
      },
    ]);
  });

  it('are read whatever stands beside them, and in them', () => {
    assert.deepEqual(readSessions([]), []);
    const odd = {
      a: 7,
      b: null,
      c: { updatedAt: 'x', authProfileOverride: ' ', modelOverride: 5 },
    };
    assert.deepEqual(readSessions(odd), [{ key: 'c', updatedAt: 0, compactions: 0, pin: {} }]);
  });

  it('a pin is written as a person’s choice, and nothing else is touched', () => {
    const pinned = pinSession(TEXT, 'agent:main:main', 'p:b', NOW) ?? '';
    const expected = TEXT.replace('"p:a"', '"p:b"')
      .replace('"auto"', '"user"')
      .replace('    "authProfileOverrideCompactionCount": 3,\n', '')
      .replace('1794999999000', String(NOW));
    assert.equal(pinned, expected);
    assert.equal(pinSession(pinned, 'agent:main:main', 'p:b', NOW + 1), undefined);
  });

  it('a session without a pin gets one, where it has room for it', () => {
    const pinned = pinSession(TEXT, 'agent:main:other', 'p:b', NOW) ?? '';
    assert.deepEqual(JSON.parse(pinned)['agent:main:other'], {
      sessionId: 's2',
      updatedAt: NOW,
      authProfileOverride: 'p:b',
      authProfileOverrideSource: 'user',
    });
    assert.ok(pinned.startsWith(TEXT.slice(0, TEXT.indexOf('"agent:main:other"'))));
  });

  it('pins go, of several at once, each with its time moved on', () => {
    const two = pinSession(TEXT, 'agent:main:other', 'p:b', NOW) ?? '';
    const none = unpinSessions(two, ['agent:main:main', 'agent:main:other', 'gone'], NOW + 5) ?? '';
    for (const { pin, updatedAt } of readSessions(JSON.parse(none))) {
      assert.deepEqual([pin, updatedAt], [{}, NOW + 5]);
    }
    assert.match(none, /"a": \[1, 2\.50, "\\u00e9"\]/);
    assert.equal(unpinSessions(none, ['agent:main:main'], NOW + 9), undefined);
  });

  it('a pin that stands twice goes wholly', () => {
    const twice = '{"k":{"authProfileOverride":"a","updatedAt":1,"authProfileOverride":"b"}}';
    assert.deepEqual(JSON.parse(unpinSessions(twice, ['k'], 7) ?? ''), { k: { updatedAt: 7 } });
  });

  it('no such session: nothing to change; no JSON: an error', () => {
    assert.equal(pinSession(TEXT, 'gone', 'p:b', NOW), undefined);
    assert.equal(pinSession('{"k":7}', 'k', 'p:b', NOW), undefined);
    assert.throws(
      () => pinSession('{"k":', 'k', 'p:b', NOW),
      (error) => isKnown(error, 'sessions.invalid'),
    );
  });
});
