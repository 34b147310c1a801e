import assert from 'node:assert/strict';
import { isKnown } from '../../../../src/core/errors.ts';
import {
  checkedEndpoint,
  movedEndpoints,
  openableLink,
} from '../../../../src/core/signin/endpoints.ts';
import { signInDescriptors } from '../../../../src/core/signin/registry.ts';

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

  it('S24 an override to where nothing may be sent is refused by name', () => {
    const environment = { CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: 'http://evil.example/token' };
    assert.throws(
      () => signInDescriptors(environment),
      (error) =>
        isKnown(error, 'signin.badEndpoint') &&
        error.facts.what === 'CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL',
    );
  });

  it('lists every descriptor under its own provider id', () => {
    const descriptors = signInDescriptors({});
    assert.deepEqual([...descriptors.keys()], ['openai-codex']);
    for (const [provider, descriptor] of descriptors) assert.equal(descriptor.provider, provider);
  });
});
