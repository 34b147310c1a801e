import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/core/signin/descriptor.ts';
import {
  type ProfilePlan,
  planProfile,
  profileName,
} from '../../../../src/core/signin/profileNaming.ts';

const P = 'openai-codex';
const ann: Identity = { provider: P, accountId: 'a', userId: 'ann', email: 'ann@example.com' };
const annAtWork: Identity = { ...ann, accountId: 'b' };
const bob: Identity = { provider: P, accountId: 'a', userId: 'bob', email: 'bob@example.com' };
const nameless: Identity = { provider: P, accountId: 'n', userId: 'n' };

type Stored = readonly (readonly [string, Identity])[];
const plan = (identity: Identity, stored: Stored, typedName?: string): ProfilePlan =>
  planProfile({
    provider: P,
    identity,
    ...(typedName === undefined ? {} : { typedName }),
    existing: stored.map(([name, of]) => ({ id: `${P}:${name}`, identity: of })),
  });

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

  it('a first sign-in is named by its e-mail, by what was typed, or "default"', () => {
    assert.deepEqual(plan(ann, []), { profileId: `${P}:ann@example.com`, situation: 'new' });
    assert.deepEqual(plan(ann, [], ' Work '), { profileId: `${P}:work`, situation: 'new' });
    assert.deepEqual(plan(ann, [], '  '), { profileId: `${P}:ann@example.com`, situation: 'new' });
    assert.deepEqual(plan(nameless, []), { profileId: `${P}:default`, situation: 'new' });
  });

  it('S26 the same identity goes back under the id that it has', () => {
    assert.deepEqual(plan(ann, [['ann@example.com', ann]]), {
      profileId: `${P}:ann@example.com`,
      situation: 'sameIdentity',
    });
    assert.deepEqual(
      plan(ann, [
        ['default', ann],
        ['bob@example.com', bob],
      ]),
      {
        profileId: `${P}:default`,
        situation: 'sameIdentity',
      },
    );
    assert.deepEqual(
      plan(ann, [
        ['default', ann],
        ['ann@example.com', ann],
      ]),
      {
        profileId: `${P}:ann@example.com`,
        situation: 'sameIdentity',
      },
    );
  });

  it('S26 the place of another identity is never taken unasked, the same e-mail or not', () => {
    const expected = {
      profileId: `${P}:ann@example.com`,
      situation: 'otherIdentity',
      suggestion: `${P}:ann@example.com-2`,
    };
    assert.deepEqual(plan(annAtWork, [['ann@example.com', ann]]), expected);
    assert.deepEqual(
      plan(annAtWork, [
        ['ann@example.com', ann],
        ['ann@example.com-2', bob],
      ]),
      {
        ...expected,
        suggestion: `${P}:ann@example.com-3`,
      },
    );
    assert.deepEqual(plan(bob, [['work', ann]], 'Work'), {
      profileId: `${P}:work`,
      situation: 'otherIdentity',
      suggestion: `${P}:work-2`,
    });
    assert.equal(plan(nameless, [['default', ann]]).situation, 'otherIdentity');
  });

  it('S26 an identity that cannot be told counts as another', () => {
    const untold: Identity = { provider: P, email: 'ann@example.com' };
    assert.equal(plan(ann, [['ann@example.com', untold]]).situation, 'otherIdentity');
    assert.equal(plan(ann, [['ann@example.com', { provider: P }]]).situation, 'otherIdentity');
  });

  it('a typed name wins over where the identity stands already', () => {
    assert.deepEqual(plan(ann, [['default', ann]], 'work'), {
      profileId: `${P}:work`,
      situation: 'new',
    });
    assert.deepEqual(plan(ann, [['work', ann]], 'work'), {
      profileId: `${P}:work`,
      situation: 'sameIdentity',
    });
  });
});
