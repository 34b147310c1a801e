import assert from 'node:assert/strict';
import { parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import { ConditionLog } from '../../../../src/core/liveSnapshot/conditionLog.ts';
import type { StoreRead } from '../../../../src/core/model/reads.ts';

const path = '/s/agents/main/agent/auth-profiles.json';
const configPath = '/s/coderclaw.json';
const invalid = { kind: 'invalid', path: configPath, detail: 'odd', line: 2, column: 3 } as const;
const unreadable = { kind: 'unreadable', path, errno: 'EACCES' } as const;
const torn = { kind: 'torn', path, detail: 'the file is empty' } as const;

function whole(...problems: readonly string[]): StoreRead {
  const parse = parseAuthStore('{"profiles": {}}');
  assert.equal(parse.kind, 'whole');
  return parse.kind === 'whole' ? { kind: 'whole', path, store: parse.store, problems } : torn;
}

describe('ConditionLog', () => {
  let logged: string[];
  let conditions: ConditionLog;

  beforeEach(() => {
    logged = [];
    conditions = new ConditionLog((line) => logged.push(line));
  });

  /** What is logged for a read of one store, and of a config if it is named. */
  function tell(
    mainStore: StoreRead,
    settling = false,
    config: typeof invalid = invalid,
  ): string[] {
    logged = [];
    const dir = { path: '/s', label: '/s', inUse: true, config, agents: [], mainStore };
    conditions.tell({ stateDirs: [dir], lookedIn: [] }, new Set(settling ? [path] : []));
    return logged.filter((line) => !line.startsWith(configPath));
  }

  it('tells each change once', () => {
    assert.deepEqual(tell(whole()), []);
    assert.deepEqual(tell(unreadable), [`${path}: unreadable: EACCES`]);
    assert.deepEqual(tell(unreadable), []);
    assert.deepEqual(tell(torn), [`${path}: torn: the file is empty`]);
    const unknown = { kind: 'unknownVersion', path, version: '7' } as const;
    assert.deepEqual(tell(unknown), [`${path}: unknown version 7`]);
    assert.deepEqual(tell(whole()), [`${path}: whole again`]);
    assert.deepEqual(tell(whole()), []);
  });

  it('tells where a config is invalid', () => {
    tell(whole());
    assert.deepEqual(logged, [`${configPath}: invalid: odd (line 2, column 3)`]);
    tell(whole());
    assert.deepEqual(logged, []);
  });

  it('tells new problems only, and again when they come back', () => {
    assert.deepEqual(tell(whole('a')), [`${path}: a`]);
    assert.deepEqual(tell(whole('a', 'b')), [`${path}: b`]);
    assert.deepEqual(tell(whole('b')), []);
    assert.deepEqual(tell(whole('a', 'b')), [`${path}: a`]);
  });

  it('waits with a store that may just be being written', () => {
    assert.deepEqual(tell(torn, true), []);
    assert.deepEqual(tell(torn), [`${path}: torn: the file is empty`]);
  });
});
