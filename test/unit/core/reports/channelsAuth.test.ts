import assert from 'node:assert/strict';
import { channelsAuth } from '../../../../src/core/reports/channelsAuth.ts';
import { reportJson } from '../../../../src/core/reports/reportJson.ts';

describe('the profiles as CoderClaw lists them with channels', () => {
  it('are none where there is no store, and not known where it cannot be read', () => {
    assert.deepEqual(channelsAuth({ kind: 'absent', path: '/s' }), []);
    assert.equal(channelsAuth({ kind: 'torn', path: '/s', detail: 'empty' }), undefined);
    assert.equal(channelsAuth({ kind: 'unreadable', path: '/s', errno: 'EACCES' }), undefined);
  });
});

describe('a report as JSON', () => {
  it('escapes what cannot be seen, and stays the same JSON', () => {
    const report = { id: 'a:\u202Emoc\u200B\u{E0041}\uD800\n', ok: 'é…' };
    const text = reportJson(report);
    assert.equal(
      text,
      '{\n  "id": "a:\\u202emoc\\u200b\\udb40\\udc41\\ud800\\n",\n  "ok": "é…"\n}\n',
    );
    assert.deepEqual(JSON.parse(text), report);
  });
});
