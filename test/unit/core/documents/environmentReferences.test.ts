import assert from 'node:assert/strict';
import { configFrom } from '../../../../src/core/documents/config.ts';
import {
  environmentReferences,
  unsetReference,
} from '../../../../src/core/documents/environmentReferences.ts';

describe('references to the environment that lead nowhere', () => {
  it('are found by name; escaped ones are none', () => {
    assert.equal(unsetReference(`\${A}/\${B}/\${C}`, { A: 'a', B: '' }), 'B');
    assert.equal(unsetReference(`$\${A}/\${lower}/x`, {}), undefined);
    // What a value looks like does not matter.
    assert.equal(unsetReference(`\${A}`, { A: `\${B}` }), undefined);
    assert.equal(unsetReference(`\${constructor}\${__PROTO__}`, {}), '__PROTO__');
  });

  it('keep the folder of an agent from being known', () => {
    const config = { agents: { list: [{ id: 'work', agentDir: `\${WORK_DIR}/a` }] } };
    const unset = (env: Record<string, string>) =>
      configFrom(config, environmentReferences(env)).agents[0];
    assert.equal(unset({})?.unsetVariable, 'WORK_DIR');
    assert.deepEqual(unset({ WORK_DIR: '/w' }), { id: 'work', default: false, agentDir: '/w/a' });
  });
});
