import assert from 'node:assert/strict';
import { pauseLines } from '../../../../src/ui/words/pause.ts';

const until = 1_795_000_000_000;

describe('the words of a pause', () => {
  it('tell its end, what failed how often, and when last', () => {
    const failures = [
      { reason: 'rate_limit', count: 3 },
      { reason: 'timeout', count: 1 },
      { reason: 'odd', count: 1 },
    ];
    const lines = pauseLines({ until, kind: 'cooldown', failures, lastFailureAt: until - 1000 });
    assert.match(lines[0] ?? '', /^CoderClaw leaves it alone until .*, after failures\.$/);
    assert.equal(lines[1], 'What failed of late: rate limit (3), no answer in time (1), odd (1).');
    assert.match(lines[2] ?? '', /^It failed last on /);
  });

  it('tell why it is longer, where CoderClaw says it', () => {
    const disabled = { until, kind: 'disabled', failures: [] } as const;
    assert.match(pauseLines({ ...disabled, reason: 'billing' })[0] ?? '', /: no credit\.$/);
    assert.match(pauseLines(disabled)[0] ?? '', /^CoderClaw leaves it alone until [^:]*:?[^:]*\.$/);
    assert.equal(pauseLines(disabled).length, 1);
  });
});
