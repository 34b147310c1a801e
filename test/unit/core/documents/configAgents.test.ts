// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { readBindings, readModels } from '../../../../src/core/documents/configAgents.ts';
import { environmentReferences } from '../../../../src/core/documents/environmentReferences.ts';

describe('bindings of a config', () => {
  it('are read in their sequence, with the agent as its folder is called', () => {
    const bindings = [
      { agentId: 'Work', match: { channel: 'telegram', accountId: ' biz ', roles: ['r'] } },
      {
        agentId: 'main',
        match: { channel: 'discord', peer: { kind: 'dm', id: '1' }, guildId: 'g', teamId: 't' },
        comment: 'mine',
      },
    ];
    assert.deepEqual(readBindings({ bindings }), [
      {
        agentId: 'work',
        match: { channel: 'telegram', accountId: 'biz', roles: ['r'] },
        written: bindings[0],
      },
      {
        agentId: 'main',
        match: { channel: 'discord', peer: { kind: 'dm', id: '1' }, guildId: 'g', teamId: 't' },
        written: bindings[1],
      },
    ]);
  });

  it('say what the environment says, and keep how they are written', () => {
    const written = { agentId: 'work', match: { channel: 'telegram', accountId: '${WHO}' } };
    const references = environmentReferences({ WHO: 'ann' });
    assert.deepEqual(readBindings({ bindings: [written] }, references), [
      { agentId: 'work', match: { channel: 'telegram', accountId: 'ann' }, written },
    ]);
  });

  it('are left out where they match no chat', () => {
    const bindings = [null, 'x', {}, { agentId: 'a' }, { agentId: 'a', match: {} }, [], 1];
    assert.deepEqual(readBindings({ bindings }), []);
    for (const root of [{}, { bindings: {} }, [], null, 'x']) {
      assert.deepEqual(readBindings(root), []);
    }
  });
});

describe('workspaces and models of a config', () => {
  const root = {
    agents: {
      defaults: {
        model: { primary: 'anthropic/opus', fallbacks: ['openai/gpt', 3, ' '] },
        models: { 'anthropic/opus': { alias: 'o' }, 'zai/glm': {}, '': {} },
        imageModel: 'google/gemini',
      },
      list: [
        { id: 'Work', workspace: ' /w ', model: ' openai/gpt ' },
        { id: 'work', workspace: '/other', model: 'other/model' },
        { id: 'none', model: { fallbacks: [] } },
        { id: 'plain', model: 3, workspace: 3 },
        { id: '__proto__', workspace: '/p' },
        'odd',
      ],
    },
    models: {
      providers: {
        zai: { models: [{ id: 'glm-5' }, {}, 'x', { id: 'glm-5-air', name: 'Air' }] },
        odd: { models: 'many', apiKey: ' ' },
        keyed: { apiKey: '${A_KEY}' },
      },
    },
  };

  it('are those of the first entry of an agent', () => {
    const { byAgent } = readModels(root);
    assert.deepEqual(
      [...byAgent],
      [
        ['work', { primary: 'openai/gpt' }],
        ['none', { fallbacks: [] }],
      ],
    );
  });

  it('are named in the defaults and provided by providers', () => {
    const { defaults, named, provided, providers, image } = readModels(root);
    assert.deepEqual(defaults, { primary: 'anthropic/opus', fallbacks: ['openai/gpt'] });
    assert.deepEqual(named, ['anthropic/opus', 'zai/glm']);
    assert.deepEqual(provided, ['zai/glm-5', 'zai/glm-5-air']);
    assert.deepEqual(providers, [
      { id: 'zai', hasKey: false },
      { id: 'odd', hasKey: false },
      { id: 'keyed', hasKey: true },
    ]);
    assert.deepEqual(image, { primary: 'google/gemini' });
  });

  it('are none where there are none', () => {
    const nothing = {
      ...{ defaults: {}, byAgent: new Map(), named: [], provided: [] },
      ...{ providers: [], image: {} },
    };
    for (const odd of [{}, [], null, { agents: 'x', models: [] }]) {
      assert.deepEqual(readModels(odd), nothing);
    }
  });
});
