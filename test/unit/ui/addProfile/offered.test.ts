import assert from 'node:assert/strict';
import { AddedSignIns } from '../../../../src/core/signin/addedSignIns.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import { apiKeyProviders } from '../../../../src/core/signin/secrets/apiKeyProviders.ts';
import { offeredProviders } from '../../../../src/ui/addProfile/offered.ts';

describe('the providers that are offered', () => {
  it('each once, with a name and a way', () => {
    const all = offeredProviders(new AddedSignIns());
    const ids = all.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id } of apiKeyProviders) assert(ids.includes(id), id);
    for (const { id, label, ways } of all) assert(label !== '' && ways.length > 0, id);
  });

  it('ChatGPT first, and Anthropic by its setup-token', () => {
    const [first, second] = offeredProviders(new AddedSignIns());
    assert.equal(first?.label, 'ChatGPT');
    assert.deepEqual([second?.id, second?.ways[0]], ['anthropic', 'setupToken']);
  });

  it('and those that other extensions add, by the browser', () => {
    const added = new AddedSignIns();
    const descriptor = {
      ...openaiCodex(),
      provider: 'Acme',
      label: 'Acme',
    };
    const adding = added.add(descriptor);
    const acme = () => offeredProviders(added).find(({ id }) => id === 'acme');
    assert.deepEqual(acme(), { id: 'acme', label: 'Acme', ways: ['browser'] });
    adding.dispose();
    assert.equal(acme(), undefined);
  });
});
