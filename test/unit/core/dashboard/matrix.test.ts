import assert from 'node:assert/strict';
import { type CellKind, matrixOf } from '../../../../src/core/dashboard/matrix.ts';
import { agent, NOW, profile, provider, stateDir } from '../../../support/snapshots.ts';

const calm = { kind: 'renews', at: NOW + 1 } as const;
const heir = { origin: 'inherited' } as const;

const dir = stateDir('/state', [
  agent('main', {
    providers: [
      provider('anthropic', profile('anthropic:a', { kind: 'static' }, { sharedWith: ['copy'] })),
      provider(
        'openai-codex',
        profile('openai-codex:a', calm, { next: true }),
        profile('openai-codex:b', { kind: 'dead' }),
      ),
    ],
  }),
  agent('work', {
    providers: [
      provider('anthropic', profile('anthropic:a', { kind: 'static' }, heir)),
      provider(
        'openai-codex',
        profile('openai-codex:w', calm),
        profile('openai-codex:a', calm, heir),
      ),
    ],
  }),
  agent('copy', {
    providers: [
      provider('anthropic', profile('anthropic:c', { kind: 'static' }, { sharedWith: ['main'] })),
      provider('groq', profile('groq:k', { kind: 'static' })),
    ],
  }),
  agent('torn', { store: { kind: 'torn', path: '/t', detail: 'x' } }),
]);

describe('the matrix of agents and providers', () => {
  const matrix = matrixOf(dir);

  it('has every provider that some agent has', () => {
    assert.deepEqual(matrix.providers, ['anthropic', 'groq', 'openai-codex']);
  });

  it('says where each agent has each from', () => {
    const kinds = matrix.rows.map(({ agentId, cells }) => [
      agentId,
      ...cells.map(({ kind }) => kind),
    ]);
    const expected: readonly (readonly [string, ...CellKind[]])[] = [
      ['main', 'twin', 'missing', 'own'],
      ['work', 'inherited', 'missing', 'separate'],
      ['copy', 'twin', 'own', 'missing'],
      ['torn', 'unknown', 'unknown', 'unknown'],
    ];
    assert.deepEqual(kinds, expected);
  });

  it('tells how the one that is used stands, how many there are, and who else holds it', () => {
    const [main, , copy] = matrix.rows;
    const { kind, count, needPerson, lead } = main?.cells[2] ?? {};
    assert.deepEqual([kind, count, needPerson], ['own', 2, 1]);
    assert.deepEqual(lead, { profileId: 'openai-codex:a', state: calm });
    assert.deepEqual(copy?.cells[0]?.twins, ['main']);
    assert.equal(copy?.cells[2]?.lead, undefined);
  });

  it('calls no token a twin that nothing renews', () => {
    const shared = { type: 'token', sharedWith: ['work'] } as const;
    const token = profile('anthropic:t', { kind: 'static' }, shared);
    const main = agent('main', { providers: [provider('anthropic', token)] });
    const [cell] = matrixOf(stateDir('/state', [main])).rows[0]?.cells ?? [];
    assert.deepEqual([cell?.kind, cell?.twins], ['own', []]);
  });

  it('knows what main has by those that inherit it, where main is no agent of the config', () => {
    const mainStore = { kind: 'whole', path: '/main.json', problems: [] } as const;
    const inherited = provider('groq', profile('groq:k', { kind: 'static' }, heir));
    const own = provider('groq', profile('groq:o', { kind: 'static' }));
    const agents = [agent('b', { providers: [inherited] }), agent('c', { providers: [own] })];
    const { rows } = matrixOf(stateDir('/state', agents, { mainStore }));
    assert.deepEqual(
      rows.map(({ cells }) => cells[0]?.kind),
      ['inherited', 'separate'],
    );
  });
});
