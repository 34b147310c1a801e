import assert from 'node:assert/strict';
import { finding } from '../../../../src/core/doctor/finding.ts';
import { placeInText, wordsToFind } from '../../../../src/ui/findings/placeInText.ts';

describe('where a finding stands in its file', () => {
  it('is where the first word stands in quotes or as a key', () => {
    const text = `{ order: { p: ['p:gone'] }, "p:a": 1 }`;
    assert.equal(placeInText(text, ['p:gone']), text.indexOf(`'p:gone'`));
    assert.equal(placeInText(text, ['nowhere', 'p:a']), text.indexOf('"p:a"'));
    assert.equal(placeInText(text, ['order']), text.indexOf('order:'));
    assert.equal(placeInText(text, ['p:b']), undefined);
    assert.equal(placeInText(text, []), undefined);
  });

  it('is told by what it is about', () => {
    const where = { profileId: 'p:a' };
    const ghosts = { writtenIn: 'store', key: 'p', ids: ['p:x'] } as const;
    assert.deepEqual(wordsToFind(finding('order.ghosts', 'info', {}, ghosts)), ['p:x']);
    assert.deepEqual(wordsToFind(finding('profile.dead', 'info', where, { provider: 'p' })), [
      'p:a',
    ]);
    const flaws = [{ key: 'auth.order', what: 'notAnObject' }] as const;
    assert.deepEqual(wordsToFind(finding('config.refused', 'info', {}, { flaws })), ['order']);
    assert.deepEqual(wordsToFind(finding('store.torn', 'info', {}, { detail: 'x' })), []);
  });
});
