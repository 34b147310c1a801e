import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findEnvKeys } from '@mariozechner/pi-ai';
import { isKnown } from '../../../../../src/core/errors.ts';
import { apiKeyProviders } from '../../../../../src/core/signin/secrets/apiKeyProviders.ts';
import {
  keyFromEnvironment,
  keysInEnvironment,
} from '../../../../../src/core/signin/secrets/environmentKeys.ts';

const LONG = 'AIzaSy-0123456789-abcdefghijWXYZ';

describe('keys in the environment', () => {
  it('are offered by name and at most four characters', () => {
    const environment = {
      GEMINI_API_KEY: LONG,
      GOOGLE_API_KEY: ` "${LONG.slice(0, 20)}"\n`,
      OPENAI_API_KEY: 'sk-other',
    };
    assert.deepEqual(keysInEnvironment('Google', environment), [
      { variable: 'GEMINI_API_KEY', hint: '…WXYZ' },
      { variable: 'GOOGLE_API_KEY', hint: '…' },
    ]);
  });

  it('are not offered where nothing, or no key, is set', () => {
    const environment = { GEMINI_API_KEY: '', GOOGLE_API_KEY: '$GEMINI_API_KEY', MY_KEY: LONG };
    assert.deepEqual(keysInEnvironment('google', environment), []);
    assert.deepEqual(keysInEnvironment('my', environment), []);
  });

  it('are read only when they are asked for, and only those of the provider', () => {
    const environment = { ZAI_API_KEY: ` ${LONG}\n`, HOME: '/home/ann' };
    assert.equal(keyFromEnvironment('z.ai', 'ZAI_API_KEY', environment), LONG);
    for (const variable of ['HOME', 'Z_AI_API_KEY']) {
      assert.throws(
        () => keyFromEnvironment('zai', variable, environment),
        (error) => isKnown(error, 'secret.bad') && error.facts.why === 'empty',
      );
    }
  });

  it('stand where pi-ai looks for them too', () => {
    const before = { ...process.env };
    try {
      const found = apiKeyProviders.filter(({ id, variables }) => {
        for (const name of Object.keys(process.env)) delete process.env[name];
        for (const variable of variables) process.env[variable] = 'x';
        return findEnvKeys(id) !== undefined;
      });
      // The others it does not know, or (Cloudflare's) with a key of another kind.
      assert.deepEqual(found.map(({ id }) => id).sort(), [
        'anthropic',
        'cerebras',
        'google',
        'groq',
        'huggingface',
        'kimi-coding',
        'minimax',
        'mistral',
        'openai',
        'opencode',
        'openrouter',
        'vercel-ai-gateway',
        'xai',
        'xiaomi',
        'zai',
      ]);
    } finally {
      Object.assign(process.env, before);
    }
  });
});

describe('the table of providers', () => {
  it('names each once, as CoderClaw compares them, with pages that are https', () => {
    assert.equal(apiKeyProviders.length, 23);
    assert.equal(new Set(apiKeyProviders.map(({ id }) => id)).size, 23);
    for (const { id, variables, keyPage } of apiKeyProviders) {
      assert.match(id, /^[a-z-]+$/);
      for (const variable of variables) assert.match(variable, /^[A-Z_]+$/);
      if (keyPage !== undefined) assert.equal(new URL(keyPage).protocol, 'https:');
    }
  });

  it('stands in docs/providers.md', () => {
    const rows = readFileSync('docs/providers.md', 'utf8').split('\n');
    for (const { id, variables, keyPage } of apiKeyProviders) {
      const names = variables.map((variable) => `\`${variable}\``).join(', ');
      const row = rows.find((one) => one.startsWith(`| \`${id}\``) && one.includes(names));
      assert.ok(row?.includes(keyPage === undefined ? '| ' : `<${keyPage}>`), id);
    }
  });
});
