import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { isAgentId } from '../../../../src/core/documents/agentIds.ts';
import { wishesOf } from '../../../../src/ui/workspaceAgent/wishes.ts';

const unanswered = () => undefined;

describe('what the settings of a window ask for', () => {
  it('ids of agents, each with what was answered to it', () => {
    const answers = (id: string) => (id === 'work' ? 'use' : undefined);
    assert.deepEqual(wishesOf({ user: 'home', workspace: 'work' }, answers), {
      ...{ user: 'home', workspace: { id: 'work', answer: 'use' }, faulty: [] },
    });
    assert.deepEqual(wishesOf({ user: undefined, workspace: 'other' }, answers), {
      ...{ workspace: { id: 'other' }, faulty: [] },
    });
  });

  it('an empty text is no wish of a person; in a workspace it is one that they may have made', () => {
    assert.deepEqual(wishesOf({ user: '', workspace: undefined }, unanswered), { faulty: [] });
    assert.deepEqual(
      wishesOf({ user: 'a', workspace: '' }, () => 'use'),
      { user: 'a', workspace: { id: '', answer: 'use' }, faulty: [] },
    );
  });

  it('a path, a name, anything else is no wish, and is told of', () => {
    const odd = ['../main', '/etc', '~/x', 'Work', ' work', 'work\n', '$HOME', '-a', '_a'];
    for (const value of [...odd, 'a'.repeat(65), 1, true, {}, ['work']]) {
      assert.deepEqual(
        wishesOf({ user: value, workspace: value }, () => 'use'),
        { faulty: ['user', 'workspace'] },
        String(value),
      );
    }
  });

  it('what counts is what the pattern of the manifest lets through', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
    const { pattern } = manifest.contributes.configuration.properties['coderclawAuth.agent'];
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9_-]{0,66}$/));
    fc.assert(
      fc.property(text, (value) => {
        const isWish = value === '' || isAgentId(value);
        assert.equal(new RegExp(pattern, 'u').test(value), isWish);
      }),
    );
  });
});
