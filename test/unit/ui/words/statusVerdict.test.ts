import assert from 'node:assert/strict';
import type { StatusCheck } from '../../../../src/core/reports/statusCheck.ts';
import { statusVerdict } from '../../../../src/ui/words/statusVerdict.ts';

const ended = (exitCode: StatusCheck['exitCode']) => ({
  check: { exitCode, expired: [], expiring: [], missingProviders: [] },
});

describe('how the check of agents ended, in words', () => {
  it('is that of the worst of them', () => {
    assert.equal(statusVerdict([ended(0)]), 'all is well (0)');
    assert.equal(statusVerdict([ended(0), ended(2)]), 'something ends within 24 hours (2)');
    assert.equal(
      statusVerdict([ended(2), ended(1), ended(0)]),
      'something has expired or is missing (1)',
    );
  });

  it('says nothing of profiles where a store cannot be read', () => {
    const torn = {
      ...ended(1),
      storeProblem: { kind: 'torn', path: '/s/a.json', detail: 'line 3' } as const,
    };
    assert.equal(statusVerdict([ended(1), torn]), 'a store cannot be read as it stands (1)');
  });
});
