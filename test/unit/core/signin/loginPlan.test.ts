import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/core/signin/descriptor.ts';
import { type LoginPlan, planLogin } from '../../../../src/core/signin/loginPlan.ts';

const P = 'openai-codex';
const ann: Identity = { provider: P, accountId: 'a', userId: 'ann', email: 'ann@example.com' };
const annAtWork: Identity = { ...ann, accountId: 'b' };
const bob: Identity = { provider: P, accountId: 'a', userId: 'bob', email: 'bob@example.com' };
const nobody: Identity = { provider: P };

const id = (name: string): string => `${P}:${name}`;
type Stored = readonly (readonly [name: string, identity: Identity])[];

interface Situation {
  readonly typed?: string;
  readonly renewing?: string;
  readonly elsewhere?: readonly (readonly [agentId: string, name: string])[];
}

function plan(identity: Identity, stored: Stored, more: Situation = {}): LoginPlan {
  const { typed, renewing, elsewhere = [] } = more;
  return planLogin({
    ...{ provider: P, identity },
    ...(typed !== undefined && { typedName: typed }),
    ...(renewing !== undefined && { renewing: id(renewing) }),
    existing: stored.map(([name, of]) => ({ id: id(name), identity: of })),
    elsewhere: elsewhere.map(([agentId, name]) => ({ agentId, id: id(name), identity })),
  });
}

const fresh = (name: string): LoginPlan => ({ situation: 'new', profileId: id(name) });
const renews = (name: string): LoginPlan => ({ situation: 'renews', profileId: id(name) });
const held = (name: string, separate: string, agentId?: string): LoginPlan => ({
  situation: 'held',
  ...(agentId !== undefined && { agentId }),
  profileId: id(name),
  separate: id(separate),
});
const taken = (name: string, holder: Identity, separate: string, isHeld = false): LoginPlan => ({
  situation: 'taken',
  ...{ profileId: id(name), holder, separate: id(separate), isHeld },
});

describe('S26: where a finished sign-in goes', () => {
  const cases: readonly (readonly [string, Identity, Stored, Situation, LoginPlan])[] = [
    ['the first one', ann, [], {}, fresh('ann@example.com')],
    ['the first one, with a name', ann, [], { typed: 'Work' }, fresh('work')],
    ['the first one that does not say whose it is', nobody, [], {}, fresh('default')],
    ['beside another account', bob, [['default', ann]], {}, fresh('bob@example.com')],
    [
      'the same account under its own name',
      ann,
      [['ann@example.com', ann]],
      {},
      renews('ann@example.com'),
    ],
    [
      'the same account under that name and one more',
      ann,
      [
        ['default', ann],
        ['ann@example.com', ann],
      ],
      {},
      renews('ann@example.com'),
    ],
    [
      'the same account under the name that was typed',
      ann,
      [['work', ann]],
      { typed: 'work' },
      renews('work'),
    ],
    [
      'the same account under another name',
      ann,
      [['default', ann]],
      {},
      held('default', 'ann@example.com'),
    ],
    [
      'the same account under another name than was typed',
      ann,
      [['default', ann]],
      { typed: 'work' },
      held('default', 'work'),
    ],
    [
      'the same account under another name, and the typed one is taken',
      ann,
      [
        ['default', ann],
        ['work', bob],
      ],
      { typed: 'work' },
      held('default', 'work-2'),
    ],
    [
      'the same account for another agent',
      ann,
      [],
      { elsewhere: [['main', 'private']] },
      held('private', 'ann@example.com', 'main'),
    ],
    [
      'the same account here and for another agent: here',
      ann,
      [['default', ann]],
      { elsewhere: [['main', 'private']] },
      held('default', 'ann@example.com'),
    ],
    [
      'the same account for another agent, and the name is taken here',
      ann,
      [['ann@example.com', annAtWork]],
      { elsewhere: [['main', 'private']] },
      held('private', 'ann@example.com-2', 'main'),
    ],
    [
      'the same account for another agent, renewed here',
      ann,
      [['work', ann]],
      { renewing: 'work', elsewhere: [['main', 'private']] },
      renews('work'),
    ],
    [
      'the same person in another workspace',
      annAtWork,
      [['ann@example.com', ann]],
      {},
      taken('ann@example.com', ann, 'ann@example.com-2'),
    ],
    [
      'a free name is free',
      annAtWork,
      [
        ['ann@example.com', ann],
        ['ann@example.com-2', bob],
      ],
      {},
      taken('ann@example.com', ann, 'ann@example.com-3'),
    ],
    ['another account', bob, [['work', ann]], { typed: 'Work' }, taken('work', ann, 'work-2')],
    [
      'one that cannot be told counts as another',
      nobody,
      [['default', ann]],
      {},
      taken('default', ann, 'default-2'),
    ],
    [
      'what is stored and cannot be told counts as another',
      ann,
      [['ann@example.com', nobody]],
      {},
      taken('ann@example.com', nobody, 'ann@example.com-2'),
    ],
    ['signed in again', ann, [['work', ann]], { renewing: 'work' }, renews('work')],
    [
      'signed in again as somebody else',
      bob,
      [['work', ann]],
      { renewing: 'work' },
      taken('work', ann, 'bob@example.com'),
    ],
    [
      'signed in again as somebody who is stored too',
      bob,
      [
        ['work', ann],
        ['private', bob],
      ],
      { renewing: 'work' },
      taken('work', ann, 'private', true),
    ],
    [
      'signed in again, and nobody can tell',
      nobody,
      [['default', nobody]],
      { renewing: 'default' },
      taken('default', nobody, 'default-2'),
    ],
    [
      'signed in again, and the profile has gone',
      ann,
      [],
      { renewing: 'work' },
      fresh('ann@example.com'),
    ],
    [
      'signed in again, the profile has gone, and the account is there',
      ann,
      [['ann@example.com', ann]],
      { renewing: 'work' },
      renews('ann@example.com'),
    ],
  ];
  for (const [what, identity, stored, more, expected] of cases) {
    it(what, () => assert.deepEqual(plan(identity, stored, more), expected));
  }
});
