import assert from 'node:assert/strict';
import { type Opening, Openings } from '../../../../src/ui/dashboard/openings.ts';

const profile = (profileId: string): Opening => ({
  kind: 'profile',
  target: { stateDir: '/home/ann/.coderclaw', agentId: 'main', provider: 'p', profileId },
});

describe('ids of what can be opened', () => {
  it('mean nothing by themselves, and lead to what was shown', () => {
    const openings = new Openings();
    const id = openings.idOf(profile('p:ann@example.com'));
    assert.match(id, /^o\d+$/);
    assert.deepEqual(openings.find(id), profile('p:ann@example.com'));
  });

  it('stay the same over models, and lead nowhere once it is not shown any more', () => {
    const openings = new Openings();
    const [a, b] = [openings.idOf(profile('p:a')), openings.idOf(profile('p:b'))];
    openings.begin();
    assert.equal(openings.idOf(profile('p:b')), b);
    assert.equal(openings.find(a), undefined);
    assert.equal(openings.find('o99'), undefined);
    assert.equal(openings.idOf(profile('p:a')), a);
  });
});
