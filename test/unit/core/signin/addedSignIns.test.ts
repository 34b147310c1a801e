import assert from 'node:assert/strict';
import {
  anthropicOAuthProvider,
  githubCopilotOAuthProvider,
  openaiCodexOAuthProvider,
  type OAuthProviderInterface as PiProvider,
} from '@mariozechner/pi-ai/oauth';
import type { OAuthProviderInterface } from '../../../../src/api.ts';
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

const malformed = (part: string): string => `${part} is missing or malformed`;

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
    assert.deepEqual(added.get('zai'), { kind: 'descriptor', label: zai.label, descriptor: zai });
    assert.throws(() => added.add(of('z-ai ')), /taken/);
  });

  it('descriptors without a provider id or a label are refused', () => {
    const added = new AddedSignIns();
    for (const [part, bad] of [
      ['provider', undefined],
      ['provider', { ...of('practice'), provider: 7 }],
      ['provider', of('a:b')],
      ['provider', of('my provider')],
      ['provider', of('__proto__')],
      ['provider', of('a'.repeat(65))],
      ['label', { ...of('practice'), label: ' ' }],
    ] as const) {
      assert.throws(() => added.add(bad as never), { name: 'TypeError', message: malformed(part) });
    }
    assert.deepEqual(added.all(), []);
  });

  it('disposing twice does not remove who came after', () => {
    const added = new AddedSignIns();
    const first = added.add(of('practice'));
    first.dispose();
    assert.equal(added.get('practice'), undefined);
    const second = of('practice');
    added.add(second);
    first.dispose();
    assert.equal(added.get('practice')?.label, second.label);
  });
});

describe('providers that other extensions add', () => {
  const acme = (parts: object = {}): OAuthProviderInterface => ({
    id: 'acme',
    name: 'Acme',
    login: () => Promise.reject(new Error('not here')),
    refreshToken: () => Promise.reject(new Error('not here')),
    getApiKey: () => '',
    ...parts,
  });

  it('what was written for pi-ai fits as it is, by its type too', () => {
    // The compiler checks it: these are pi-ai's own objects, under ids that are free.
    const all: readonly OAuthProviderInterface[] = [
      anthropicOAuthProvider,
      githubCopilotOAuthProvider,
      openaiCodexOAuthProvider,
    ];
    const piType: PiProvider = anthropicOAuthProvider;
    const added = new AddedSignIns();
    for (const provider of [...all, piType]) {
      assert.throws(() => added.addProvider(provider), /built in/);
    }
    for (const [at, provider] of all.entries()) {
      added.addProvider(Object.assign(Object.create(provider), { id: `mine-${at}` }));
    }
    assert.deepEqual(
      added.all().map(({ label }) => label),
      all.map(({ name }) => name),
    );
  });

  it('share their ids with descriptors, and are offered beside them', () => {
    const added = new AddedSignIns();
    const first = added.addProvider(acme({ id: ' Acme ' }));
    assert.throws(() => added.add(of('ACME')), /taken/);
    assert.throws(() => added.addProvider(acme()), /taken/);
    for (const id of ['Anthropic', 'qwen']) {
      assert.throws(() => added.addProvider(acme({ id })), /built in/);
    }
    added.add(of('practice'));
    assert.throws(() => added.addProvider(acme({ id: 'practice' })), /taken/);
    assert.deepEqual(
      added.all().map(({ id }) => id),
      ['acme', 'practice'],
    );
    first.dispose();
    added.addProvider(acme(), { label: 'Acme Inc.' });
    first.dispose();
    assert.equal(added.get('acme')?.label, 'Acme Inc.', 'disposing twice takes nobody else away');
  });

  it('what is malformed is refused by the name of the part', () => {
    const added = new AddedSignIns();
    const cases: readonly (readonly [string, unknown, unknown?])[] = [
      ['provider.id', undefined],
      ['provider.id', null],
      ['provider.id', 'acme'],
      ['provider.id', acme({ id: 7 })],
      ['provider.id', acme({ id: '' })],
      ['provider.id', acme({ id: 'acme:work' })],
      ['provider.id', acme({ id: '__proto__' })],
      ['provider.id', acme({ id: 'a/b' })],
      ['provider.id', acme({ id: 'a'.repeat(65) })],
      ['provider.name', acme({ name: undefined })],
      ['provider.login', acme({ login: undefined })],
      ['provider.refreshToken', acme({ refreshToken: 'x' })],
      ['provider.getApiKey', acme({ getApiKey: undefined })],
      ['options.label', acme(), { label: '' }],
      ['options.rotatesRefreshTokens', acme(), { rotatesRefreshTokens: 'no' }],
      ['options.identity', acme(), { identity: {} }],
    ];
    for (const [part, provider, options] of cases) {
      assert.throws(() => added.addProvider(provider as never, options as never), {
        name: 'TypeError',
        message: malformed(part),
      });
    }
    assert.deepEqual(added.all(), []);
  });

  it('a label is one line of bearable length', () => {
    const added = new AddedSignIns();
    added.addProvider(acme({ name: ` Ac\u202eme\n${'e'.repeat(500)} ` }));
    added.add({ ...of('practice'), label: ` Ac\u202eme\n${'e'.repeat(500)} ` });
    for (const { label } of added.all()) assert.match(label, /^Acmee{75}…$/);
    assert.equal(added.all().length, 2);
    const one = added.get('practice');
    assert.ok(
      one?.kind === 'descriptor' && one.descriptor.label === one.label,
      'wherever it is shown',
    );
  });

  it('every coming and going is told', () => {
    let told = 0;
    const added = new AddedSignIns(() => {
      told += 1;
    });
    const registration = added.addProvider(acme());
    assert.throws(() => added.addProvider(acme()));
    assert.equal(told, 1);
    registration.dispose();
    registration.dispose();
    assert.equal(told, 2);
    assert.equal(added.get('acme'), undefined);
  });
});
