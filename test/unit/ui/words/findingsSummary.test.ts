import assert from 'node:assert/strict';
import type { Severity } from '../../../../src/core/doctor/finding.ts';
import { countWords, summaryWords } from '../../../../src/ui/words/findingsSummary.ts';
import { unfinishedWords } from '../../../../src/ui/words/unfinished.ts';

const of = (...severities: readonly Severity[]) => severities.map((severity) => ({ severity }));

describe('what a look came to, in one line', () => {
  it('counts by severity', () => {
    assert.equal(countWords([]), undefined);
    assert.equal(countWords(of('info')), '1 note');
    assert.equal(
      countWords(of('info', 'error', 'warning', 'error', 'info', 'warning')),
      '2 errors, 2 warnings, 2 notes',
    );
    assert.equal(countWords(of('warning', 'error')), '1 error, 1 warning');
  });

  it('says what is not shown, and what is not known', () => {
    assert.equal(summaryWords([], 0, 0), 'Nothing found');
    assert.equal(summaryWords([], 2, 0), 'Nothing found but what is hidden');
    assert.equal(summaryWords(of('error'), 2, 1), 'Found 1 error; 1 check came to no answer');
    assert.equal(summaryWords([], 0, 3), 'Nothing found; 3 checks came to no answer');
  });

  it('names a check that came to no answer, and why', () => {
    const why = 'tookTooLong';
    assert.equal(unfinishedWords({ check: 'fileModes', why }), 'Permissions: took too long');
    assert.equal(
      unfinishedWords({ check: 'twins', why: 'failed', detail: 'EIO' }),
      'Logins in several profiles: could not be looked at (EIO)',
    );
    assert.equal(unfinishedWords({ check: 'toString', why }), 'toString: took too long');
  });
});
