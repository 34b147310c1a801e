import assert from 'node:assert/strict';
import { profileName, wishedId } from '../../../../src/core/signin/profileNaming.ts';

describe('profile naming', () => {
  // What `coderclaw models auth paste-token` of CoderClaw 2026.3.21 makes of typed names.
  const SLUGS: readonly [string, string][] = [
    ['', 'default'],
    ['Work', 'work'],
    ['My Token!', 'my-token'],
    ['a--b', 'a-b'],
    ['..x..', '..x..'],
    ['日本', 'default'],
    ['-x-', 'x'],
  ];
  for (const [typed, name] of SLUGS) {
    it(`makes ${JSON.stringify(typed)} ${name}`, () => assert.equal(profileName(typed), name));
  }

  it('keeps an e-mail as it is, and makes a name of what only looks like one', () => {
    assert.equal(profileName(' Ann.Lee+x@Example.com '), 'Ann.Lee+x@Example.com');
    assert.equal(profileName('a b@example.com'), 'a-b-example.com');
    assert.equal(profileName('a@b@c'), 'a-b-c');
    assert.equal(profileName('a:b@example.com'), 'a-b-example.com');
    assert.ok(profileName('x'.repeat(5000)).length <= 120);
  });

  it('a sign-in is named by what was typed, by its e-mail, or "default"', () => {
    const ann = { email: 'ann@example.com' };
    assert.equal(wishedId('p', undefined, ann), 'p:ann@example.com');
    assert.equal(wishedId('p', ' Work ', ann), 'p:work');
    assert.equal(wishedId('p', '  ', ann), 'p:ann@example.com');
    assert.equal(wishedId('p', undefined, {}), 'p:default');
  });
});
