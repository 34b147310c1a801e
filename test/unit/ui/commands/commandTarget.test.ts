import assert from 'node:assert/strict';
import { commandTarget } from '../../../../src/ui/commands/commandTarget.ts';

const target = { stateDir: '/s', agentId: 'main' };
const node = (id: string) => (id === 'agent /s main' ? { target } : undefined);

describe('what a command was called on', () => {
  it('a row by its id, or an object with a target in it', () => {
    assert.deepEqual(commandTarget('agent /s main', node), { kind: 'target', target });
    assert.deepEqual(commandTarget({ ...target, provider: 7, other: 1 }, node), {
      kind: 'target',
      target,
    });
    const finding = { stateDir: '', finding: 'key' };
    assert.deepEqual(commandTarget(finding, node), { kind: 'target', target: finding });
  });

  it('a row that has gone is not nothing', () => {
    for (const id of ['profile /s main p p:x', '']) {
      assert.deepEqual(commandTarget(id, node), { kind: 'gone' });
    }
  });

  it('nothing', () => {
    for (const argument of [undefined, null, 7, {}, { stateDir: 7 }]) {
      assert.deepEqual(commandTarget(argument, node), { kind: 'none' });
    }
  });
});
