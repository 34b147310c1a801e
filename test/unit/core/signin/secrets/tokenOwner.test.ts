import assert from 'node:assert/strict';
import { otherOwner, plainOwner } from '../../../../../src/core/signin/secrets/tokenOwner.ts';

describe('whose a secret is, by its beginning', () => {
  const table: readonly (readonly [secret: string, owner: string | undefined])[] = [
    ['sk-ant-api03-x', 'anthropic'],
    ['sk-ant-oat01-x', 'anthropic'],
    ['sk-or-v1-x', 'openrouter'],
    ['sk-proj-x', 'openai'],
    ['gsk_x', 'groq'],
    ['AIzaSyx', 'google'],
    ['hf_x', 'huggingface'],
    ['github_pat_x', 'github-copilot'],
    ['sk-x', undefined],
    ['a-sk-ant-api03-x', undefined],
    ['', undefined],
  ];
  for (const [secret, owner] of table) {
    it(`${secret || 'nothing'}: ${owner ?? 'nobody can say'}`, () => {
      assert.equal(plainOwner(secret), owner);
    });
  }

  const warned: readonly (readonly [provider: string, secret: string, string | undefined])[] = [
    ['openai', 'sk-ant-api03-x', 'anthropic'],
    ['OpenAI ', 'sk-ant-api03-x', 'anthropic'],
    ['anthropic', 'sk-proj-x', 'openai'],
    ['z.ai', 'gsk_x', 'groq'],
    ['openai-codex', 'gsk_x', 'groq'],
    ['anthropic', 'sk-ant-api03-x', undefined],
    ['openai-codex', 'sk-proj-x', undefined],
    ['google-gemini-cli', 'AIzaSyx', undefined],
    ['moonshot', 'sk-x', undefined],
    // They may be given the key of whoever is behind them.
    ['cloudflare-ai-gateway', 'sk-ant-api03-x', undefined],
    ['litellm', 'sk-proj-x', undefined],
    ['my-own-proxy', 'sk-proj-x', undefined],
  ];
  for (const [provider, secret, owner] of warned) {
    it(`${secret} for ${provider}: ${owner === undefined ? 'no warning' : `of ${owner}`}`, () => {
      assert.equal(otherOwner(provider, secret), owner);
    });
  }
});
