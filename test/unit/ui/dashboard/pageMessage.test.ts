import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPageMessage } from '../../../../src/ui/dashboard/pageMessage.ts';

describe('what the page of the dashboard may say', () => {
  it('is that it is ready, and what is to be opened', () => {
    assert.deepEqual(readPageMessage({ kind: 'ready', more: 1 }), { kind: 'ready' });
    assert.deepEqual(readPageMessage({ kind: 'open', id: 'o1', more: 1 }), {
      ...{ kind: 'open', id: 'o1' },
    });
  });

  it('is nothing else, whatever it sends', () => {
    for (const message of [
      ...[undefined, null, 'ready', 1, [], {}],
      ...[{ kind: 'command', id: 'o1' }, { kind: 'open' }, { kind: 'open', id: 7 }],
      { kind: 'open', id: 'x'.repeat(41) },
    ]) {
      assert.equal(readPageMessage(message), undefined, JSON.stringify(message));
    }
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const read = readPageMessage(message);
        if (read !== undefined) assert.ok(['ready', 'open'].includes(read.kind));
      }),
    );
  });
});
