import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import type { TokenResponse } from '../../../../../src/core/signin/descriptor.ts';
import { openaiCodex } from '../../../../../src/core/signin/providers/openaiCodex.ts';
import { chatgptTokens, jwt } from '../support/strictServer.ts';

const NOW = Date.UTC(2026, 10, 22);
const tokens = chatgptTokens();
const answer: TokenResponse = {
  accessToken: tokens.access,
  refreshToken: tokens.refresh,
  idToken: jwt({ email: 'id@example.com' }),
  expiresIn: 864_000,
};
const auth = { chatgpt_account_id: 'acc', chatgpt_user_id: 'usr' };
const accessWith = (claims: object): string =>
  jwt({ 'https://api.openai.com/auth': auth, ...claims });
const { credentialFrom } = openaiCodex();

describe('OpenAI Codex', () => {
  it('stores the keys in the order of the CLI, the end in milliseconds', () => {
    const { credential } = credentialFrom(answer, NOW);
    assert.equal(
      JSON.stringify(credential),
      JSON.stringify({
        type: 'oauth',
        provider: 'openai-codex',
        access: tokens.access,
        refresh: tokens.refresh,
        expires: NOW + 864_000_000,
        accountId: 'account-1',
        email: 'id@example.com',
      }),
    );
  });

  it('takes the e-mail of the access token where the ID token has none, and does without', () => {
    const { idToken: _, ...withoutId } = answer;
    assert.equal(credentialFrom(withoutId, NOW).identity.email, 'ann@example.com');
    const noEmail = credentialFrom({ ...withoutId, accessToken: accessWith({}) }, NOW);
    assert.deepEqual(noEmail.identity, {
      provider: 'openai-codex',
      accountId: 'acc',
      userId: 'usr',
    });
    assert.equal('email' in noEmail.credential, false);
  });

  it('S16 without expires_in the end is that of the access token', () => {
    const { expiresIn: _, ...withoutLife } = answer;
    const accessToken = accessWith({ exp: 1_800_000_000 });
    assert.equal(
      credentialFrom({ ...withoutLife, accessToken }, NOW).credential['expires'],
      1_800_000_000_000,
    );
  });

  const { refreshToken: _r, ...withoutRefresh } = answer;
  const { expiresIn: _e, ...withoutLife } = answer;
  const BAD: readonly [string, TokenResponse][] = [
    ['refresh_token', withoutRefresh],
    ['chatgpt_account_id', { ...answer, accessToken: 'opaque' }],
    [
      'chatgpt_account_id',
      {
        ...answer,
        accessToken: jwt({ 'https://api.openai.com/auth': { chatgpt_account_id: '' } }),
      },
    ],
    ['chatgpt_account_id', { ...answer, accessToken: jwt({ 'https://api.openai.com/auth': 'x' }) }],
    ['expires_in', { ...withoutLife, accessToken: accessWith({}) }],
    ['expires_in', { ...withoutLife, accessToken: accessWith({ exp: 'soon' }) }],
    ['expires_in', { ...withoutLife, accessToken: accessWith({ exp: -1 }) }],
  ];
  for (const [what, response] of BAD) {
    it(`S16 an answer without a good ${what} is a bad answer`, () => {
      assert.throws(
        () => credentialFrom(response, NOW),
        (error) =>
          isKnown(error, 'signin.badAnswer') &&
          error.facts.what === what &&
          error.facts.host === 'auth.openai.com',
      );
    });
  }

  it('is registered for two loopback ports', () => {
    assert.deepEqual(openaiCodex().redirect, {
      kind: 'loopback',
      host: 'localhost',
      ports: [1455, 1457],
      path: '/auth/callback',
    });
  });
});
