import assert from 'node:assert/strict';
import { type ListingUse, listingUse } from '../../../../src/core/model/listingUse.ts';
import type { StateDirSnapshot, StoreSnapshot } from '../../../../src/core/model/snapshot.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const STATE = { kind: 'static' } as const;
const has = (id: string, origin: 'own' | 'inherited' = 'own') => ({
  providers: [provider('p', profile(id, STATE, { origin }))],
});
const store = (of: StoreSnapshot) => ({ store: of });
const shared = (path: string, ...agents: StateDirSnapshot['agents']) =>
  stateDir(path, agents, { config: { kind: 'whole', path: '/c.json' } });

describe('whether a config has to go on listing a profile', () => {
  const cases: readonly [string, ListingUse, readonly StateDirSnapshot[]][] = [
    ['nobody has it', 'unused', [shared('/a', agent('main'), agent('work', has('p:y')))]],
    ['another agent has it', 'used', [shared('/a', agent('main'), agent('work', has('p:x')))]],
    ['one sees it', 'used', [shared('/a', agent('work', has('p:x', 'inherited')))]],
    [
      'an agent of another state folder with this config has it',
      'used',
      [shared('/a', agent('main')), shared('/b', agent('main', has('p:x')))],
    ],
    [
      'an agent with another config has it',
      'unused',
      [shared('/a', agent('main')), stateDir('/b', [agent('main', has('p:x'))])],
    ],
    [
      'a store is not there',
      'unused',
      [shared('/a', agent('main', store({ kind: 'absent', path: '/s' })))],
    ],
    [
      'a store is not there yet, and older logins wait',
      'unknown',
      [shared('/a', agent('main', store({ kind: 'absent', path: '/s', legacyPaths: ['/l'] })))],
    ],
    ...(
      [
        { kind: 'unreadable', path: '/s', errno: 'EACCES' },
        { kind: 'torn', path: '/s', detail: '' },
        { kind: 'unknownVersion', path: '/s', version: '2' },
      ] as const
    ).map((of): [string, ListingUse, StateDirSnapshot[]] => [
      `a store of another state folder is ${of.kind}`,
      'unknown',
      [shared('/a', agent('main')), shared('/b', agent('main', store(of)))],
    ]),
    [
      'a store is torn, but another has it',
      'used',
      [
        shared('/a', agent('main', store({ kind: 'torn', path: '/s', detail: '' }))),
        shared('/b', agent('main', has('p:x'))),
      ],
    ],
    [
      'the config cannot be read, so agents may be missing',
      'unknown',
      [
        stateDir('/a', [agent('main')], {
          config: { kind: 'invalid', path: '/c.json', detail: '' },
        }),
      ],
    ],
    ['the state folder has gone', 'unknown', []],
  ];
  for (const [title, expected, dirs] of cases) {
    it(`${expected}: ${title}`, () => {
      assert.equal(listingUse(snapshot(...dirs), '/c.json', 'p:x'), expected);
    });
  }
});
