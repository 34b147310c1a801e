import assert from 'node:assert/strict';
import type { ConfigSnapshot, StoreSnapshot } from '../../../../src/core/model/snapshot.ts';
import { writable } from '../../../../src/core/model/writable.ts';

const path = '/s';
const absent: ConfigSnapshot = { kind: 'absent', path };
const whole: StoreSnapshot = { kind: 'whole', path, problems: [] };

describe('writable', () => {
  const may = (config: ConfigSnapshot, store: StoreSnapshot) => writable({ config }, { store });

  it('holds for a whole or absent store under a config that is known', () => {
    assert.ok(may(absent, whole));
    assert.ok(may({ kind: 'whole', path }, { kind: 'absent', path }));
  });

  it('fails for every store that is not certain to survive', () => {
    assert.ok(!may(absent, { ...whole, unwritable: 'a key twice' }));
    assert.ok(!may(absent, { kind: 'unplaced', path, variable: 'WORK_DIR' }));
    assert.ok(!may(absent, { kind: 'torn', path, detail: '' }));
    assert.ok(!may(absent, { kind: 'unreadable', path, errno: 'EACCES' }));
    assert.ok(!may(absent, { kind: 'unknownVersion', path, version: '2' }));
  });

  it('fails where the config is not known: it may place the agent elsewhere', () => {
    assert.ok(!may({ kind: 'invalid', path, detail: '' }, whole));
    assert.ok(!may({ kind: 'unreadable', path, errno: 'EACCES' }, { kind: 'absent', path }));
  });
});
