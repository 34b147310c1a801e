import assert from 'node:assert/strict';
import { normalizeProviderId } from '../../../../src/core/documents/providerIds.ts';
import {
  AddedSignIns,
  browserSignIns,
  builtInProviders,
  renewableProviders,
} from '../../../../src/core/signin/addedSignIns.ts';
import type { SignInDescriptor } from '../../../../src/core/signin/descriptor.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import { refreshGrants } from '../../../../src/core/signin/refreshGrants.ts';
import { signInProviders, waysOf } from '../../../../src/core/signin/registry.ts';

const of = (provider: string): SignInDescriptor => ({ ...openaiCodex(), provider });

describe('sign-ins that other extensions add', () => {
  it('the built-in ids are those of the registry, normalized', () => {
    const providers = [...signInProviders({}).values()];
    assert.deepEqual(
      [...builtInProviders],
      providers.map(({ provider }) => provider),
    );
    const byBrowser = providers.filter((one) => waysOf(one).includes('browser'));
    assert.deepEqual(
      [...browserSignIns],
      byBrowser.map(({ provider }) => provider),
    );
    for (const id of builtInProviders) assert.equal(normalizeProviderId(id), id);
  });

  it('the renewable ids are those that somebody here knows how to renew, normalized', async () => {
    const grant = refreshGrants({});
    for (const id of renewableProviders) {
      assert.equal(normalizeProviderId(id), id);
      assert.equal((await grant(id))?.provider, id);
    }
    for (const id of builtInProviders) assert.ok(renewableProviders.has(id));
    assert.equal(await grant('practice'), undefined);
  });

  it('cannot stand for a built-in provider, in any spelling', () => {
    const added = new AddedSignIns();
    for (const provider of ['openai-codex', 'OpenAI-Codex', ' openai-codex\n', 'Qwen']) {
      assert.throws(() => added.add(of(provider)), /built in/);
    }
    assert.equal(added.get('openai-codex'), undefined);
  });

  it('are found, and taken, in any spelling', () => {
    const added = new AddedSignIns();
    const zai = of('Z.AI');
    added.add(zai);
    assert.equal(added.get('zai'), zai);
    assert.throws(() => added.add(of('z-ai ')), /taken/);
  });

  it('disposing twice does not remove who came after', () => {
    const added = new AddedSignIns();
    const first = added.add(of('practice'));
    first.dispose();
    assert.equal(added.get('practice'), undefined);
    const second = of('practice');
    added.add(second);
    first.dispose();
    assert.equal(added.get('practice'), second);
  });
});
