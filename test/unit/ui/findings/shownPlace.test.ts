import assert from 'node:assert/strict';
import { finding } from '../../../../src/core/doctor/finding.ts';
import { placeInText, shownPath, wordsToFind } from '../../../../src/ui/findings/shownPlace.ts';

describe('where a finding stands in its file', () => {
  it('is where the first word stands in quotes or as a key', () => {
    const text = `{ order: { p: ['p:gone'] }, "p:a": 1 }`;
    assert.equal(placeInText(text, ['p:gone']), text.indexOf(`'p:gone'`));
    assert.equal(placeInText(text, ['nowhere', 'p:a']), text.indexOf('"p:a"'));
    assert.equal(placeInText(text, ['order']), text.indexOf('order:'));
    assert.equal(placeInText(text, ['p:b']), undefined);
    assert.equal(placeInText(text, []), undefined);
  });

  it('is in a file that is there', () => {
    const path = '/s/store.json';
    const where = { path };
    assert.equal(shownPath(finding('store.torn', 'error', where, { detail: 'x' })), path);
    const legacyPaths = ['/s/auth.json', '/s/more.json'];
    assert.equal(
      shownPath(finding('legacy.pending', 'warning', where, { legacyPaths })),
      '/s/auth.json',
    );
    assert.equal(
      shownPath(finding('store.unplaced', 'warning', where, { variable: 'X' })),
      undefined,
    );
    assert.equal(shownPath(finding('profile.dead', 'error', {}, { provider: 'p' })), undefined);
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
