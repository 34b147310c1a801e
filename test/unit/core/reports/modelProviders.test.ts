import assert from 'node:assert/strict';
import type { ConfigModels } from '../../../../src/core/documents/configAgents.ts';
import { modelProviders } from '../../../../src/core/reports/modelProviders.ts';
import { configOf } from '../model/vectorCases.ts';

function providers(models: Partial<ConfigModels>, agentId = 'main') {
  const config = configOf({});
  return modelProviders({ models: { ...config.models, ...models } }, agentId);
}
const inUse = (...models: readonly [string, ...string[]]) => {
  const [primary, ...fallbacks] = models;
  return providers({ defaults: { primary, fallbacks } }).inUse;
};

describe('the providers of models', () => {
  it('are that of CoderClaw itself where the config names none', () => {
    assert.deepEqual(providers({}), { inUse: ['coderclawllm'], named: ['coderclawllm'] });
  });

  it("are those of the agent's own choice, with its fallbacks or the general ones", () => {
    const defaults = { primary: 'anthropic/opus', fallbacks: ['groq/llama'] };
    const byAgent = new Map<string, object>([
      ['work', { primary: 'zai/glm' }],
      ['alone', { primary: 'zai/glm', fallbacks: [] }],
    ]);
    assert.deepEqual(providers({ defaults, byAgent }).inUse, ['anthropic', 'groq']);
    assert.deepEqual(providers({ defaults, byAgent }, 'work').inUse, ['zai', 'groq']);
    assert.deepEqual(providers({ defaults, byAgent }, 'alone').inUse, ['zai']);
  });

  it('count models for images as in use, and others that are allowed as named', () => {
    const found = providers({
      defaults: { primary: 'anthropic/opus' },
      image: { primary: 'google/gemini', fallbacks: ['xai/grok'] },
      named: ['anthropic/opus', 'mistral/large'],
    });
    assert.deepEqual(found.inUse, ['anthropic', 'google', 'xai']);
    assert.deepEqual(found.named, ['anthropic', 'google', 'xai', 'mistral']);
  });

  it('are told from how a model is written, as CoderClaw does', () => {
    assert.deepEqual(inUse(' Z.AI / glm ', 'openrouter/meta/llama'), ['zai', 'openrouter']);
    assert.deepEqual(inUse('opus'), ['coderclawllm']);
    assert.deepEqual(inUse('/opus', 'anthropic/'), []);
    assert.deepEqual(inUse('openai/gpt-5.3-codex', 'openai/gpt-5.3-Codex-spark'), ['openai-codex']);
    assert.deepEqual(inUse('openai/gpt-5.3-codexes'), ['openai']);
  });
});
