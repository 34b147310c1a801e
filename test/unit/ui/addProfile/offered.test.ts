import assert from 'node:assert/strict';
import { AddedSignIns } from '../../../../src/core/signin/addedSignIns.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import { apiKeyProviders } from '../../../../src/core/signin/secrets/apiKeyProviders.ts';
import { offeredProviders, typedOf } from '../../../../src/ui/addProfile/offered.ts';

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

  it('one that is added takes no other way away', () => {
    const added = new AddedSignIns();
    added.add({ ...openaiCodex(), provider: 'OpenRouter', label: 'Router' });
    const all = offeredProviders(added).filter(({ id }) => id === 'openrouter');
    const ways = ['browser', 'apiKey', 'token'];
    assert.deepEqual(all, [{ id: 'openrouter', label: 'Router', ways }]);
    assert.equal(offeredProviders(new AddedSignIns()).length, offeredProviders(added).length);
  });

  it('by its typed id, one that is added takes a key and a token too', () => {
    const added = new AddedSignIns();
    added.add({ ...openaiCodex(), provider: 'acme', label: 'Acme' });
    const offered = offeredProviders(added);
    const waysOf = (id: string) => typedOf(id, offered, ['cliPlugin']).ways;
    assert.deepEqual(waysOf('acme'), ['browser', 'apiKey', 'token']);
    assert.equal(typedOf('acme', offered, []).label, 'Acme');
    assert.deepEqual(waysOf('openrouter'), ['apiKey', 'token']);
    assert.deepEqual(
      waysOf('github-copilot'),
      ['deviceCode', 'token'],
      'those built in know theirs',
    );
    assert.deepEqual(waysOf('nobodys'), ['apiKey', 'token', 'cliPlugin']);
  });
});
