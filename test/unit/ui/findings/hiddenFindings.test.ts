import assert from 'node:assert/strict';
import { HiddenFindings } from '../../../../src/ui/findings/hiddenFindings.ts';

/** As VS Code keeps it: what is not JSON would not come back. */
function memory(kept: unknown = undefined) {
  let text = JSON.stringify(kept);
  return {
    get: <T>(): T | undefined => (text === undefined ? undefined : (JSON.parse(text) as T)),
    update: async (_: string, value: unknown): Promise<void> => {
      text = JSON.stringify(value);
    },
  };
}

describe('findings that a person has hidden', () => {
  it('stay so for all windows until they are brought back', async () => {
    const shared = memory();
    const hidden = new HiddenFindings(shared);
    await hidden.hide('a');
    await hidden.hide('b');
    await hidden.hide('a');
    const elsewhere = new HiddenFindings(shared);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => elsewhere.has(key)),
      [true, true, false],
    );
    await elsewhere.showAll();
    assert.equal(hidden.has('a'), false);
  });

  it('are bounded, and survive a memory that makes no sense', async () => {
    const hidden = new HiddenFindings(memory({ not: 'a list' }));
    assert.equal(hidden.has('not'), false);
    for (let count = 0; count < 501; count++) await hidden.hide(String(count));
    assert.deepEqual(
      ['0', '1', '500'].map((key) => hidden.has(key)),
      [false, true, true],
    );
  });
});
