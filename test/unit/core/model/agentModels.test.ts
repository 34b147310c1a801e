import assert from 'node:assert/strict';
import { readModels } from '../../../../src/core/documents/configAgents.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { modelsFor, modelsOf, providerFor } from '../../../../src/core/model/agentModels.ts';

const configWith = (root: JsonObject) => ({ models: readModels(root) });
const config = configWith({
  agents: {
    defaults: {
      model: { primary: 'anthropic/opus', fallbacks: ['openai/gpt'] },
      models: { 'anthropic/opus': {}, 'qwen/coder': {}, sonnet: {} },
    },
    list: [{ id: 'main' }, { id: 'work', model: 'openai-codex/gpt' }, { id: 'odd', model: 'opus' }],
  },
  models: { providers: { zai: { models: [{ id: 'glm' }] } } },
});

describe('the models that a config names for an agent', () => {
  it('begin with its own choice, or else with the default one; an alias is none', () => {
    const rest = ['anthropic/opus', 'qwen/coder', 'zai/glm'];
    assert.deepEqual(modelsFor(config, 'main'), [rest[0], 'openai/gpt', ...rest.slice(1)]);
    assert.deepEqual(modelsFor(config, 'work'), ['openai-codex/gpt', 'openai/gpt', ...rest]);
    assert.deepEqual(modelsFor(configWith({}), 'main'), []);
  });

  it('tell its provider, unless its own choice is an alias', () => {
    assert.equal(providerFor(config, 'main'), 'anthropic');
    assert.equal(providerFor(config, 'work'), 'openai-codex');
    assert.equal(providerFor(config, 'odd'), undefined);
    assert.equal(providerFor(configWith({}), 'main'), undefined);
  });

  it('of ChatGPT are its subscription’s, also where they are written as openai’s', () => {
    const codex = configWith({ agents: { defaults: { model: 'openai/gpt-5.3-codex' } } });
    assert.equal(providerFor(codex, 'main'), 'openai-codex');
    const models = ['openai/gpt-5.3-codex-spark', 'openai/gpt-5', 'openai/'];
    assert.deepEqual(modelsOf({ models }, 'openai-codex'), ['openai/gpt-5.3-codex-spark']);
    assert.deepEqual(modelsOf({ models }, 'openai'), ['openai/gpt-5']);
  });

  it('are of a provider in any spelling', () => {
    const models = modelsFor(config, 'main');
    assert.deepEqual(modelsOf({ models }, 'qwen-portal'), ['qwen/coder']);
    assert.deepEqual(modelsOf({ models }, 'openai-codex'), []);
  });
});
