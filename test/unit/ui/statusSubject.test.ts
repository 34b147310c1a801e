import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type StatusSubject, statusQuery, statusSubject } from '../../../src/ui/statusSubject.ts';

describe('what a status document is about', () => {
  it('comes back from its address', () => {
    const agent = fc.record(
      { stateDir: fc.string(), agentId: fc.string() },
      { noNullPrototype: true },
    );
    const subjects = fc.oneof(fc.constant<StatusSubject>('all'), agent);
    fc.assert(
      fc.property(subjects, (subject) => {
        const address = JSON.stringify(statusQuery(subject));
        assert.deepEqual(statusSubject(JSON.parse(address)), subject);
      }),
    );
  });

  it('is nothing where another extension made the address up', () => {
    for (const query of [null, 'all', {}, ['/state'], ['/state', 7], ['/state', 'main', 'more']]) {
      assert.equal(statusSubject(query), undefined, JSON.stringify(query));
    }
  });
});
