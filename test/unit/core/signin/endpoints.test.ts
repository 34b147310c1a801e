import assert from 'node:assert/strict';
import { isKnown } from '../../../../src/core/errors.ts';
import {
  checkedEndpoint,
  movedEndpoints,
  openableLink,
} from '../../../../src/core/signin/endpoints.ts';
import { signInProviders, waysOf } from '../../../../src/core/signin/registry.ts';

const GOOD = [
  'https://auth.openai.com/oauth/token',
  'https://auth.example.com:8443/token?tenant=a',
  'http://localhost:4000/token',
  'http://login.localhost:4000/authorize',
  'http://127.0.0.1:4000/token',
  'http://127.9.9.9/token',
  'http://2130706433/token', // 127.0.0.1 in another spelling
  'http://[::1]:4000/token',
];
const BAD = [
  '',
  'auth.openai.com/oauth/token',
  'http://auth.openai.com/oauth/token',
  'http://localhost.example.com/token',
  'http://notlocalhost/token',
  'http://127.0.0.1.example.com/token',
  'http://128.0.0.1/token',
  'http://0.0.0.0:4000/token',
  'http://[::2]/token',
  'http://localhost@evil.example/token',
  'https://user:secret@auth.openai.com/token',
  'file:///etc/passwd',
  'command:workbench.action.terminal.new',
  'vscode://coderclaw.auth/callback',
  'javascript:alert(1)',
];

describe('endpoints', () => {
  for (const address of GOOD) {
    it(`S15 takes ${address}`, () => {
      assert.equal(checkedEndpoint('x', address).href, new URL(address).href);
    });
  }

  for (const address of [...BAD, 'https://auth.openai.com/token#part']) {
    it(`S15 refuses ${address || 'nothing'}`, () => {
      assert.throws(
        () => checkedEndpoint('tokenEndpoint', address),
        (error) => isKnown(error, 'signin.badEndpoint') && error.facts.what === 'tokenEndpoint',
      );
    });
  }

  it('S19 a link of the server opens only if it is https or on loopback', () => {
    for (const link of GOOD) assert.equal(openableLink(link), new URL(link).href, link);
    for (const link of BAD) assert.equal(openableLink(link), undefined, link);
  });

  it('S24 the environment moves endpoints, each by itself', () => {
    const environment = {
      CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: ' http://127.0.0.1:9/oauth/token ',
      CODERCLAW_AUTH_OPENAI_CODEX_AUTHORIZE_URL: '',
    };
    const moved = movedEndpoints(environment, 'openai-codex');
    assert.deepEqual(moved, { tokenEndpoint: 'http://127.0.0.1:9/oauth/token' });
    assert.deepEqual(movedEndpoints(environment, 'anthropic'), {});
  });

  const providers = [...signInProviders({}).values()];
  const environment = {
    GEMINI_CLI_OAUTH_CLIENT_ID: 'g',
    CHUTES_CLIENT_ID: 'c',
  };
  const moving = (provider: string, address: (name: string) => string) =>
    Object.fromEntries(
      ['AUTHORIZE', 'TOKEN', 'DEVICE_CODE', 'DEVICE_TOKEN'].map((name) => [
        `CODERCLAW_AUTH_${provider.toUpperCase().replaceAll('-', '_')}_${name}_URL`,
        address(name),
      ]),
    );
  for (const one of providers) {
    const { provider } = one;
    for (const way of waysOf(one)) {
      const descriptorIn = async (more: Record<string, string>) => {
        const found = signInProviders({ ...environment, ...more }).get(provider);
        return found?.[way]?.();
      };

      it(`${provider} by ${way}: goes to https, under its own id and name`, async () => {
        const descriptor = await descriptorIn({});
        assert.equal(descriptor?.provider, provider);
        assert.equal(descriptor.label, one.label);
        for (const [name, value] of Object.entries(descriptor)) {
          if (name.endsWith('Endpoint')) assert.match(String(value), /^https:\/\//);
        }
      });

      it(`S24 ${provider} by ${way}: the environment moves it, but only to where it may be`, async () => {
        const local = moving(provider, (name) => `http://127.0.0.1:9/${name}`);
        const descriptor = Object.entries((await descriptorIn(local)) ?? {});
        const endpoints = descriptor.filter(([name]) => name.endsWith('Endpoint'));
        assert.equal(endpoints.length, 2);
        for (const [, value] of endpoints) assert.match(String(value), /^http:\/\/127/);
        const evil = moving(provider, () => 'http://evil.example/token');
        await assert.rejects(
          descriptorIn(evil),
          (error) =>
            isKnown(error, 'signin.badEndpoint') && error.facts.what.startsWith('CODERCLAW_AUTH_'),
        );
      });
    }
  }

  it('says what it has to know before there is a code', () => {
    assert.deepEqual(
      providers.flatMap(({ provider, asks }) => (asks === undefined ? [] : [[provider, asks]])),
      [
        ['github-copilot', 'enterprise'],
        ['minimax-portal', 'region'],
      ],
    );
  });

  it('lists every provider with its ways', () => {
    assert.deepEqual(
      providers.map((one) => [one.provider, ...waysOf(one)]),
      [
        ['openai-codex', 'browser', 'deviceCode'],
        ['anthropic', 'browser'],
        ['github-copilot', 'deviceCode'],
        ['google-gemini-cli', 'browser'],
        ['qwen-portal', 'deviceCode'],
        ['minimax-portal', 'deviceCode'],
        ['chutes', 'browser'],
      ],
    );
  });
});
