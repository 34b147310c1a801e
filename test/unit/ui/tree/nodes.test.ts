import assert from 'node:assert/strict';
import { needingPerson } from '../../../../src/core/model/agentStatus.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import { hoverLines } from '../../../../src/ui/tree/rowHover.ts';
import { viewStateOf } from '../../../../src/ui/tree/viewState.ts';
import {
  agent,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

/** The rows as a person reads them: indented, label and description. */
function read(nodes: readonly TreeNode[], depth = 0): string[] {
  return nodes.flatMap((node) => [
    `${'  '.repeat(depth)}${node.label}${node.description === '' ? '' : ` | ${node.description}`}`,
    ...read(node.children, depth + 1),
  ]);
}

function find(nodes: readonly TreeNode[], label: string): TreeNode {
  for (const node of nodes) {
    if (node.label === label) return node;
    const below = node.children.length > 0 ? tryFind(node.children, label) : undefined;
    if (below) return below;
  }
  throw new assert.AssertionError({ message: `no row ${label}` });
}

function tryFind(nodes: readonly TreeNode[], label: string): TreeNode | undefined {
  try {
    return find(nodes, label);
  } catch {
    return undefined; // not below this one
  }
}

const codex = provider(
  'openai-codex',
  profile(
    'openai-codex:ann@example.com',
    { kind: 'renews', at: NOW + 5 * HOUR },
    {
      next: true,
      position: 0,
      email: 'ann@example.com',
    },
  ),
  profile('openai-codex:work', { kind: 'cooling', until: NOW + 12 * MINUTE }, { position: 1 }),
);

describe('the rows of the Profiles view', () => {
  it('reads agent, provider and profiles, with place and state', () => {
    const rows = treeOf(snapshot(stateDir('/state', [agent('main', { providers: [codex] })])));
    assert.deepEqual(read(rows), [
      'main | default',
      '  OpenAI Codex | ann@example.com',
      '    ann@example.com | next · renews itself · 5 h',
      '    work | 2nd · cooling down 12 min',
    ]);
  });

  it('adds a level of state folders when there are several', () => {
    const rows = treeOf(
      snapshot(stateDir('/a', [agent('main')]), stateDir('/b', [agent('main')], { inUse: false })),
    );
    assert.deepEqual(read(rows), [
      '/a | in use here',
      '  main | default · not signed in',
      '/b',
      '  main | default · not signed in',
    ]);
  });

  it('shows a store that cannot be read as a row that says so, each kind in its own words', () => {
    const path = '/state/agents/main/agent/auth-profiles.json';
    const label = (store: Parameters<typeof agent>[1]): string =>
      treeOf(snapshot(stateDir('/state', [agent('main', store)])))[0]?.children[0]?.label ?? '';
    const labels = [
      label({ store: { kind: 'unreadable', path, errno: 'EACCES' } }),
      label({ store: { kind: 'torn', path, detail: 'it ends in the middle' } }),
      label({ store: { kind: 'unknownVersion', path, version: '7' } }),
      label({ store: { kind: 'absent', path, legacyPaths: ['/state/auth.json'] } }),
    ];
    assert.equal(new Set(labels).size, 4);
    assert.ok(labels.every((text) => text !== ''));
  });

  it('offers the import where older sign-ins wait, and to open the file where it is broken', () => {
    const path = '/state/agents/main/agent/auth-profiles.json';
    const flags = (store: Parameters<typeof agent>[1]): string =>
      treeOf(snapshot(stateDir('/state', [agent('main', store)])))[0]?.children[0]?.flags ?? '';
    const legacyPaths = ['/state/auth.json'];
    assert.equal(flags({ store: { kind: 'absent', path, legacyPaths } }), 'legacyPending');
    assert.equal(flags({ store: { kind: 'torn', path, detail: '' } }), 'storeProblem');
    assert.equal(flags({ store: { kind: 'unplaced', path, variable: 'X' } }), 'placeProblem');
  });

  it('names the agents that hold the same login, and where an inherited profile stands', () => {
    const rows = treeOf(
      snapshot(
        stateDir('/state', [
          agent('main', {
            providers: [
              provider(
                'anthropic',
                profile('anthropic:x', { kind: 'static' }, { sharedWith: ['work'] }),
              ),
            ],
          }),
          agent('home', {
            providers: [
              provider(
                'anthropic',
                profile('anthropic:x', { kind: 'static' }, { origin: 'inherited' }),
              ),
            ],
          }),
        ]),
      ),
    );
    assert.match(
      find(rows, 'main').children[0]?.children[0]?.description ?? '',
      /shared with work/,
    );
    const home = find(rows, 'home').children[0];
    assert.equal(home?.description, 'from main');
    assert.equal(home?.collapsible, 'collapsed');
  });

  it('offers only what can be done: nothing that writes to a store that is not its own or not whole', () => {
    const torn = agent('main', {
      store: { kind: 'torn', path: '/s', detail: 'x' },
      providers: [
        provider('anthropic', profile('anthropic:x', { kind: 'static' }, { origin: 'inherited' })),
      ],
    });
    const inherited = find(treeOf(snapshot(stateDir('/state', [torn]))), 'x');
    assert.doesNotMatch(inherited.flags, /canSignOut|canUseFirst|canSignInAgain/);
    const rows = treeOf(snapshot(stateDir('/state', [agent('main', { providers: [codex] })])));
    assert.match(find(rows, 'work').flags, /\bcanUseFirst\b.*\bcanSignInAgain\b.*\bcanSignOut\b/);
    assert.doesNotMatch(
      rows[0]?.children[0]?.children[0]?.flags ?? '',
      /canUseFirst/,
      'the first is first already',
    );
  });

  it('offers to refresh what can be renewed from here, and an agent that has such', () => {
    const state = { kind: 'renews', at: NOW + HOUR } as const;
    const renewal = { login: 'x' };
    const flagsOf = (row: ReturnType<typeof profile>): readonly string[] => {
      const providers = [provider(row.provider, row)];
      const rows = treeOf(snapshot(stateDir('/state', [agent('main', { providers })])));
      return [find(rows, row.name), find(rows, 'main')].map(({ flags }) =>
        /\bcanRefresh\b/.test(flags) ? 'yes' : 'no',
      );
    };
    assert.deepEqual(flagsOf(profile('openai-codex:a', state, { renewal })), ['yes', 'yes']);
    assert.deepEqual(flagsOf(profile('openai-codex:a', { kind: 'dead' })), ['no', 'no']);
    const unanswered = { kind: 'dead', why: 'unanswered' } as const;
    const byHand = { renewal: { ...renewal, byHand: true } } as const;
    assert.deepEqual(flagsOf(profile('openai-codex:a', unanswered, byHand)), ['yes', 'yes']);
    assert.deepEqual(flagsOf(profile('practice:a', state, { renewal })), ['no', 'no']);
    const inherited = profile('openai-codex:a', state, { renewal, origin: 'inherited' });
    assert.deepEqual(flagsOf(inherited), ['no', 'no']);
    const store = { kind: 'whole', path: '/s', problems: [], unwritable: 'x twice' } as const;
    const codex = provider('openai-codex', profile('openai-codex:a', state, { renewal }));
    const locked = agent('main', { store, providers: [codex] });
    const rows = treeOf(snapshot(stateDir('/state', [locked])));
    assert.doesNotMatch(`${find(rows, 'a').flags} ${find(rows, 'main').flags}`, /canRefresh/);
  });

  it('offers nothing that writes under a config that cannot be read', () => {
    const config = { kind: 'invalid', path: '/state/coderclaw.json', detail: 'x' } as const;
    const rows = treeOf(
      snapshot(stateDir('/state', [agent('main', { providers: [codex] })], { config })),
    );
    assert.match(find(rows, 'main').flags, /\blocked\b/);
    const { flags } = find(rows, 'work');
    assert.doesNotMatch(flags, /canSignOut|canUseFirst|canSignInAgain/);
    assert.match(flags, /\bstoreFile\b/);
  });

  it('says which variable keeps the place of an agent from being known, and opens nothing there', () => {
    const store = { kind: 'unplaced', path: '/made/up', variable: 'WORK_DIR' } as const;
    const [row] = treeOf(snapshot(stateDir('/state', [agent('work', { store })])));
    assert.equal(viewStateOf(snapshot(stateDir('/state', [agent('work', { store })]))), 'tree');
    const problem = row?.children[0];
    assert.match(problem?.description ?? '', /WORK_DIR/);
    assert.doesNotMatch(`${row?.flags} ${problem?.flags}`, /writable|storeFile|storeProblem/);
    const hovers = [row, problem].flatMap((one) => (one ? hoverLines(one.hover, NOW) : []));
    assert.match(hovers.join(), /WORK_DIR/);
    assert.doesNotMatch(hovers.join(), /made\/up|agents\/work/);
  });

  it('logins of a provider are signed in to again, and renewed, while another extension adds it', () => {
    const login = profile(
      'acme:work',
      { kind: 'renews', at: NOW + HOUR },
      { renewal: { login: 'x' } },
    );
    const state = snapshot(
      stateDir('/state', [agent('main', { providers: [provider('acme', login)] })]),
    );
    const flags = (isAdded?: (id: string) => boolean): string => {
      const rows = treeOf(state, isAdded);
      return `${find(rows, 'main').flags} ${find(rows, 'work').flags}`;
    };
    assert.doesNotMatch(flags(), /canSignInAgain|canRefresh/);
    assert.doesNotMatch(
      flags((id) => id === 'other'),
      /canSignInAgain|canRefresh/,
    );
    assert.match(
      flags((id) => id === 'acme'),
      /canRefresh.*canSignInAgain.*canRefresh/,
    );
  });

  it('says of a store that it cannot be changed, and still shows what is in it', () => {
    const store = { kind: 'whole', path: '/s', problems: [], unwritable: 'x twice' } as const;
    const rows = treeOf(
      snapshot(stateDir('/state', [agent('main', { store, providers: [codex] })])),
    );
    assert.equal(find(rows, 'Store cannot be changed from here').description, 'x twice');
    assert.doesNotMatch(find(rows, 'work').flags, /canSignOut|canUseFirst|canSignInAgain/);
  });

  it('says in plain words that a store is no file, or is never at rest', () => {
    const detail = (errno: string) => {
      const store = { kind: 'unreadable', path: '/s', errno } as const;
      return treeOf(snapshot(stateDir('/s', [agent('main', { store })])))[0]?.children[0]
        ?.description;
    };
    assert.equal(detail('EFTYPE'), 'it is not a file');
    assert.match(detail('EBUSY') ?? '', /written all the time/);
  });

  it('speaks every row as a sentence without abbreviations', () => {
    const rows = treeOf(snapshot(stateDir('/state', [agent('main', { providers: [codex] })])));
    assert.equal(find(rows, 'work').spoken, 'Profile work, 2nd, cooling down for 12 minutes');
  });

  it('keeps ids stable while states change', () => {
    const ids = (at: number): string[] => {
      const state = { kind: 'renews', at } as const;
      const one = provider('openai-codex', profile('openai-codex:a', state));
      const collect = (nodes: readonly TreeNode[]): string[] =>
        nodes.flatMap(({ id, children }) => [id, ...collect(children)]);
      return collect(treeOf(snapshot(stateDir('/state', [agent('main', { providers: [one] })]))));
    };
    assert.deepEqual(ids(NOW + HOUR), ids(NOW + DAY));
  });

  it('counts for the badge what needs a person, once where it is stored', () => {
    const dead = profile('openai-codex:a', { kind: 'dead' });
    const count = needingPerson(
      snapshot(
        stateDir('/state', [
          agent('main', { providers: [provider('openai-codex', dead)] }),
          agent('work', {
            providers: [provider('openai-codex', { ...dead, origin: 'inherited' })],
          }),
        ]),
      ),
    );
    assert.equal(count, 1);
  });

  it('counts for the badge what all inherit from a main that is no agent, and a shared folder, once', () => {
    const dead = profile('openai-codex:a', { kind: 'dead' });
    const heirs = ['b', 'c'].map((id) =>
      agent(id, { providers: [provider('openai-codex', { ...dead, origin: 'inherited' })] }),
    );
    const mainStore = { kind: 'whole', path: '/main.json', problems: [] } as const;
    assert.equal(needingPerson(snapshot(stateDir('/state', heirs, { mainStore }))), 1);
    const owners = ['b', 'c'].map((id) =>
      agent(id, { store: mainStore, providers: [provider('openai-codex', dead)] }),
    );
    assert.equal(needingPerson(snapshot(stateDir('/state', owners))), 1);
  });
});

describe('what the rows say of an order', () => {
  const one = profile(
    'anthropic:one',
    { kind: 'static' },
    { type: 'token', position: 0, next: true },
  );
  const key = profile('anthropic:key', { kind: 'static' }, { type: 'api_key', position: 1 });
  const rowsOf = (more: Partial<ReturnType<typeof provider>>) =>
    treeOf(
      snapshot(
        stateDir('/state', [
          agent('main', { providers: [{ ...provider('anthropic', one, key), ...more }] }),
        ]),
      ),
    );

  it('whose it is, and what can be done with it', () => {
    const label = (more: object) => {
      const row = find(rowsOf(more), 'Anthropic');
      return [row.description, row.flags];
    };
    assert.deepEqual(label({}), ['setup-token', 'provider canOrder']);
    assert.deepEqual(label({ orderSource: 'config' }), [
      'setup-token · order for all',
      'provider canOrder ordered',
    ]);
    assert.deepEqual(label({ orderSource: 'store', orderFrom: 'own' }), [
      'setup-token · own order',
      'provider canOrder ordered',
    ]);
    assert.deepEqual(label({ orderSource: 'store', orderFrom: 'main' }), [
      'setup-token · order of main',
      'provider canOrder',
    ]);
  });

  it('where a paid key comes after a subscription, spoken too', () => {
    const billing = { after: 'anthropic:one', key: 'anthropic:key' };
    const row = find(rowsOf({ billing }), 'key');
    assert.equal(row.description, '2nd · paid, after one · no expiry');
    assert.equal(row.spoken, 'Profile key, 2nd, paid, after one, no expiry');
    assert.match(find(rowsOf({ billing }), 'Anthropic').flags, /billable/);
    assert.equal(find(rowsOf({}), 'key').description, '2nd · no expiry');
  });

  it('which way a profile can go, and which one is hidden', () => {
    assert.match(find(rowsOf({}), 'one').flags, / notLast\b/);
    assert.doesNotMatch(find(rowsOf({}), 'one').flags, /notFirst/);
    assert.match(find(rowsOf({}), 'key').flags, / notFirst\b/);
    const hidden = profile('anthropic:h', { kind: 'hidden', why: 'notInOrder' });
    const rows = treeOf(
      snapshot(
        stateDir('/s', [agent('main', { providers: [provider('anthropic', one, hidden)] })]),
      ),
    );
    assert.deepEqual([find(rows, 'h').isDimmed, find(rows, 'one').isDimmed], [true, false]);
  });

  it('that an agent is the one that this window was told to use', () => {
    const dir = stateDir('/s', [agent('main'), agent('work')]);
    const rows = treeOf(snapshot(dir), () => false, 'work');
    assert.equal(find(rows, 'work').description, 'in use here · not signed in');
    assert.equal(find(rows, 'main').description, 'default · not signed in');
  });
});
