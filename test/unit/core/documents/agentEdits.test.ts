// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import {
  addAgent,
  makeDefaultAgent,
  type NewConfigAgent,
  removeAgent,
  renameAgent,
} from '../../../../src/core/documents/agentEdits.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import { parseJson5, plainValue } from '../../../../src/core/documents/json5.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { vectorCases } from '../model/vectorCases.ts';

function read(text: string | undefined): JsonValue {
  const parse = parseJson5(text ?? '');
  return parse.kind === 'invalid' ? assert.fail(parse.detail) : plainValue(parse.root);
}
const asFile = (document: JsonValue): string => `${JSON.stringify(document, null, 2)}\n`;

const WORK: NewConfigAgent = {
  agentId: 'work',
  name: 'Work',
  workspace: '/ws/work',
  agentDir: '/st/agents/work/agent',
};
const { agentId: id, ...rest } = WORK;
const LISTED = { id, ...rest };

const COMMENTED = `{
  // who works here
  agents: {
    defaults: { workspace: '/w' }, // for all
    list: [
      { id: 'main', name: 'Me' /* the first */, default: true },
      // at work
      { id: 'Work', model: 'm' },
    ],
  },
  bindings: [
    { agentId: 'work', match: { channel: 'telegram' } }, // mine
    { agentId: 'main', match: { channel: 'slack' } },
  ],
}
`;

describe('agents in the config', () => {
  vectorCases<{ before: JsonObject; params: NewConfigAgent; after: JsonObject }>(
    'config-add-agent',
  ).forEach(({ before, params, after }, index) => {
    it(`adds as CoderClaw: config-add-agent ${index}`, () => {
      assert.deepEqual(read(addAgent(asFile(before), params)), after);
    });
  });

  vectorCases<{ before: JsonObject; agentId: string; after: JsonObject }>(
    'config-remove-agent',
  ).forEach(({ before, agentId, after }, index) => {
    it(`removes as CoderClaw: config-remove-agent ${index}`, () => {
      assert.deepEqual(read(removeAgent(asFile(before), agentId)), after);
    });
  });

  it('makes a config as the CLI writes it where there is none', () => {
    assert.equal(addAgent(undefined, WORK), asFile({ agents: { list: [{ id: 'main' }, LISTED] } }));
  });

  it('keeps every comment, and how things are written', () => {
    const added = addAgent(COMMENTED, { ...WORK, agentId: 'lab' });
    assert.equal(added.replace(/\n {6}\{\n {8}"id": "lab"[^}]*\},/, ''), COMMENTED);
    const changed = addAgent(COMMENTED, WORK);
    for (const comment of ['// who works here', '/* the first */', '// at work', '// mine']) {
      assert.ok(changed.includes(comment), comment);
    }
    assert.match(changed, /\{ id: 'Work', model: 'm', "name": "Work"/);
  });

  it('keeps the comments of a list that has nothing else in it', () => {
    const text = '{ agents: { list: [ /* nobody yet */ ] } }';
    for (const edited of [addAgent(text, WORK), renameAgent(text, 'main', 'Me')]) {
      assert.match(edited, /nobody yet/);
    }
    assert.deepEqual(read(addAgent(text, WORK)), { agents: { list: [{ id: 'main' }, LISTED] } });
  });

  it('removes an agent with its chats, and nothing else', () => {
    const removed = removeAgent(COMMENTED, 'work') ?? '';
    assert.match(removed, /\{ id: 'main', name: 'Me' \/\* the first \*\/, default: true \}/);
    assert.deepEqual(read(removed), {
      agents: {
        defaults: { workspace: '/w' },
        list: [{ id: 'main', name: 'Me', default: true }],
      },
      bindings: [{ agentId: 'main', match: { channel: 'slack' } }],
    });
    assert.equal(removeAgent(removed, 'work'), undefined, 'it is named nowhere');
  });

  it('a wildcard that lets all agents talk is no agent', () => {
    const text = asFile({ tools: { agentToAgent: { allow: ['*'] } } });
    assert.equal(removeAgent(text, 'main'), undefined);
  });

  it('renames the label alone', () => {
    const renamed = renameAgent(COMMENTED, 'main', 'Myself');
    assert.equal(renamed, COMMENTED.replace("'Me'", '"Myself"'));
    assert.deepEqual(read(renameAgent(undefined, 'main', 'Me')), {
      agents: { list: [{ id: 'main', name: 'Me' }] },
    });
  });

  it('makes one the default, and no other', () => {
    const text = makeDefaultAgent(COMMENTED, 'work');
    assert.match(text, /\{ id: 'main', name: 'Me' \/\* the first \*\/ \}/);
    assert.match(text, /\{ id: 'Work', model: 'm', "default": true \}/);
    assert.equal(makeDefaultAgent(text, 'work'), text);
  });

  const elsewhere = [
    "{ agents: { $include: './agents.json5' } }",
    "{ agents: { list: { $include: './agents.json5' } } }",
    "{ agents: { list: [{ $include: './work.json5' }] } }",
    "{ agents: { list: [{ id: '${AGENT}' }] } }",
    "{ agents: '${AGENTS}' }",
    '{ agents: [] }',
    '{ agents: { list: [1] } }',
  ];
  for (const text of elsewhere) {
    it(`refuses what may come from elsewhere, or is no agent: ${text}`, () => {
      for (const edit of [
        () => addAgent(text, WORK),
        () => renameAgent(text, 'work', 'W'),
        () => makeDefaultAgent(text, 'work'),
      ]) {
        assert.throws(
          edit,
          (error) => isKnown(error, 'config.notEditable') || isKnown(error, 'config.invalid'),
        );
      }
    });
  }

  it('refuses to remove one that may be hidden in what comes from elsewhere', () => {
    for (const text of [
      "{ agents: { list: [{ id: '${AGENT}' }, { id: 'x' }] } }",
      "{ bindings: [{ agentId: '${AGENT}' }] }",
      "{ agents: { list: { $include: './agents.json5' } } }",
    ]) {
      assert.throws(
        () => removeAgent(text, 'work'),
        (error) => isKnown(error, 'config.notEditable'),
        text,
      );
    }
  });
});
