import assert from 'node:assert/strict';
import { importedWords, importQuestion } from '../../../../src/ui/words/legacy.ts';

describe('the words for importing older sign-ins', () => {
  it('the question names the files, what comes out of them, and where they go', () => {
    const plan = {
      sources: ['/a/auth.json', '/c/oauth.json'],
      providers: ['anthropic', 'zai'],
      leftOut: [],
    };
    const { message, detail } = importQuestion('main', '/a/auth-profiles.json', plan);
    assert.match(message, /main\?$/);
    for (const word of [
      '/a/auth.json, /c/oauth.json',
      '/a/auth-profiles.json',
      'Anthropic',
      'auth.json.imported-… and oauth.json.imported-…',
      'not deleted',
    ]) {
      assert.ok(detail.includes(word), word);
    }
    assert.doesNotMatch(detail, /\{\d\}|undefined|Not stored/);
  });

  it('the question names what is left out, and where it stays', () => {
    const leftOut = [{ provider: 'anthropic', path: '/c/oauth.json' }];
    const plan = { sources: ['/a/auth.json', '/c/oauth.json'], providers: ['anthropic'], leftOut };
    const { detail } = importQuestion('main', '/a/auth-profiles.json', plan);
    assert.match(detail, /Not stored, .*: Anthropic in \/c\/oauth\.json\. It stays in the file/);
  });

  it('of one file it speaks as of one', () => {
    const plan = { sources: ['/a/auth.json'], providers: ['anthropic'], leftOut: [] };
    assert.match(importQuestion('main', '/s', plan).detail, /The old file is not deleted/);
  });

  it('tells how many there were and where the old file is', () => {
    const one = importedWords('main', 1, { kept: ['auth.json.imported-1'], left: [] });
    assert.match(one.text, /one older sign-in.*auth\.json\.imported-1/);
    assert.equal(one.isWarning, false);
    assert.match(importedWords('main', 3, { kept: ['x'], left: [] }).text, /3 older sign-ins/);
  });

  it('warns of a file that could not be renamed', () => {
    const { text, isWarning } = importedWords('main', 2, { kept: ['x'], left: ['/c/oauth.json'] });
    assert.equal(isWarning, true);
    assert.match(text, /\/c\/oauth\.json could not be renamed/);
  });
});
