import assert from 'node:assert/strict';
import { modeWords } from '../../../../src/ui/words/modes.ts';
import { plannedText } from '../../../../src/ui/words/plannedText.ts';

describe('what a repair would change, as two texts', () => {
  it('of a file are its own', () => {
    assert.deepEqual(plannedText({ kind: 'text', path: '/s/a.json', before: 'x', after: 'y' }), {
      ...{ path: '/s/a.json', title: 'a.json', before: 'x', after: 'y' },
    });
    const fresh = plannedText({ kind: 'text', path: '/s/a.json', before: undefined, after: 'y' });
    assert.deepEqual([fresh.title, fresh.before], ['a.json (new)', '']);
    const part = { kind: 'text', path: '/a', before: '', after: '', isExcerpt: true } as const;
    assert.equal(plannedText(part).title, 'a (what changes)');
  });

  it('of permissions say line by line what is taken from whom, and nothing else differs', () => {
    const { title, before, after } = plannedText({
      ...{ kind: 'mode', path: '/s/a.json' },
      ...{ before: 0o754, after: 0o700 },
    });
    assert.equal(title, 'a.json (permissions)');
    const [was, is] = [before.split('\n'), after.split('\n')];
    assert.deepEqual(
      was.flatMap((line, index) => (line === is[index] ? [] : [[line, is[index]]])),
      [
        ['your group:   read, enter or run', 'your group:   nothing'],
        ['other users:  read', 'other users:  nothing'],
        ['mode: rwxr-xr-- (0754)', 'mode: rwx------ (0700)'],
      ],
    );
    assert.ok(was.includes('you:          read, write, enter or run'));
    assert.ok(was.includes('/s/a.json'));
  });

  it('of a file that goes, or gets another name, say so', () => {
    const removed = plannedText({ kind: 'removed', path: '/s/a.lock', before: '{"pid":7}' });
    assert.match(removed.before, /\/s\/a\.lock[\s\S]*\{"pid":7\}/);
    assert.match(removed.after, /There is no \/s\/a\.lock\./);
    const renamed = plannedText({ kind: 'renamed', path: '/s/a', to: '/s/a.imported-' });
    assert.deepEqual(
      [renamed.before, renamed.after.startsWith('/s/a.imported-')],
      ['/s/a\n', true],
    );
  });

  it('write permissions as ls does', () => {
    assert.equal(modeWords(0o600), 'rw------- (0600)');
    assert.equal(modeWords(0o4057), '---r-xrwx (4057)');
  });
});
