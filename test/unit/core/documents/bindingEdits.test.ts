// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import {
  addBinding,
  type NewBinding,
  removeBinding,
} from '../../../../src/core/documents/bindingEdits.ts';
import type { BindingMatch } from '../../../../src/core/documents/configAgents.ts';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { parseJson5, plainValue } from '../../../../src/core/documents/json5.ts';
import { newBinding } from '../../../../src/core/documents/newBinding.ts';
import { isKnown } from '../../../../src/core/errors.ts';

function read(text: string): JsonValue {
  const parse = parseJson5(text);
  return parse.kind === 'invalid' ? assert.fail(parse.detail) : plainValue(parse.root);
}

const WORK: NewBinding = {
  agentId: 'work',
  match: { channel: 'telegram', accountId: 'biz', peer: { kind: 'group', id: '-1' } },
};

const COMMENTED = `{
  // who takes what
  bindings: [
    { agentId: 'work', match: { channel: 'telegram' } }, // mine
    /* hers */
    { agentId: 'Main', match: { channel: 'slack', teamId: 'T1' }, comment: 'odd' },
  ],
}
`;

describe('bindings in the config', () => {
  it('are added behind all others, with nothing but known keys', () => {
    const added = addBinding(COMMENTED, WORK);
    assert.equal(added.replace(/\n {4}\{\n {6}"agentId": "work"[\s\S]*?\n {4}\},/, ''), COMMENTED);
    const { bindings } = read(added) as { bindings: JsonValue[] };
    assert.deepEqual(bindings.at(-1), {
      agentId: 'work',
      match: { channel: 'telegram', accountId: 'biz', peer: { kind: 'group', id: '-1' } },
    });
    const everything = {
      agentId: 'a',
      match: { channel: 'discord', guildId: 'g', teamId: 't', roles: ['r'], other: 1 },
    } as NewBinding;
    assert.deepEqual(read(addBinding(undefined, everything)), {
      bindings: [
        { agentId: 'a', match: { channel: 'discord', guildId: 'g', teamId: 't', roles: ['r'] } },
      ],
    });
  });

  it('are not added twice, in whatever spelling', () => {
    const text = addBinding(undefined, { agentId: 'work', match: { channel: 'telegram' } });
    const again = { agentId: 'work', match: { channel: ' Telegram ', accountId: 'default' } };
    assert.equal(addBinding(text, again), text);
  });

  it('are not added where another agent has exactly these chats', () => {
    const others = { agentId: 'lab', match: { channel: 'Slack', teamId: 'T1' } };
    assert.throws(
      () => addBinding(COMMENTED, others),
      (error) => isKnown(error, 'binding.taken') && error.facts.agentId === 'main',
    );
  });

  it('are removed by all that is written of them', () => {
    const written = { agentId: 'Main', match: { channel: 'slack', teamId: 'T1' }, comment: 'odd' };
    const removed = removeBinding(COMMENTED, written);
    assert.ok(removed.includes('// mine') && removed.includes('/* hers */'));
    assert.deepEqual(read(removed), {
      bindings: [{ agentId: 'work', match: { channel: 'telegram' } }],
    });
    for (const changed of [
      { ...written, comment: 'even' },
      { agentId: 'Main', match: { channel: 'slack' } },
      { agentId: 'main', match: written.match, comment: 'odd' },
    ]) {
      assert.throws(
        () => removeBinding(COMMENTED, changed),
        (error) => isKnown(error, 'binding.gone'),
      );
    }
  });

  it('are removed one at a time, the first first; the list goes with the last', () => {
    const twice =
      "{ bindings: [{ agentId: 'a', match: { channel: 'x' } }, /* 2 */ { agentId: 'a', match: { channel: 'x' } }] }";
    const written = { agentId: 'a', match: { channel: 'x' } };
    const once = removeBinding(twice, written);
    assert.deepEqual(read(once), { bindings: [written] });
    assert.deepEqual(read(removeBinding(once, written)), {});
  });

  const elsewhere = [
    "{ bindings: { $include: './b.json5' } }",
    "{ bindings: [{ $include: './b.json5' }] }",
    "{ $include: './b.json5' }",
    "{ bindings: '${BINDINGS}' }",
    '{ bindings: {} }',
    '{ bindings: [1] }',
    '{ bindings: ',
  ];
  for (const text of elsewhere) {
    it(`are left alone where they may come from elsewhere, or are none: ${text}`, () => {
      for (const edit of [
        () => addBinding(text, WORK),
        () => removeBinding(text, { agentId: 'a', match: { channel: 'x' } }),
      ]) {
        assert.throws(
          edit,
          (error) => isKnown(error, 'config.notEditable') || isKnown(error, 'config.invalid'),
        );
      }
    });
  }

  it('written with a reference go by what is written', () => {
    const written = { agentId: 'work', match: { channel: 'telegram', accountId: '${BIZ}' } };
    const text = JSON.stringify({ bindings: [written, { ...written, agentId: 'main' }] });
    assert.deepEqual(read(removeBinding(text, written)), {
      bindings: [{ ...written, agentId: 'main' }],
    });
  });
});

describe('a binding that a person typed', () => {
  it('is trimmed, and calls a direct chat as every CoderClaw does', () => {
    const typed = { channel: ' telegram ', peer: { kind: 'direct', id: ' 7 ' }, roles: [] };
    assert.deepEqual(newBinding('Work', typed), {
      agentId: 'work',
      match: { channel: 'telegram', peer: { kind: 'dm', id: '7' } },
    });
  });

  const bad: readonly (readonly [BindingMatch, string, string])[] = [
    [{ channel: ' ' }, 'channel', 'empty'],
    [{ channel: 'x', accountId: '' }, 'accountId', 'empty'],
    [{ channel: 'x', accountId: '${WHO}' }, 'accountId', 'reference'],
    [{ channel: 'x', peer: { kind: 'thread', id: '1' } }, 'peerKind', 'unknown'],
    [{ channel: 'x', peer: { kind: 'dm', id: ' ' } }, 'peerId', 'empty'],
    [{ channel: 'x', guildId: '$${G}' }, 'guildId', 'reference'],
    [{ channel: 'x', roles: ['r', ''] }, 'roles', 'empty'],
  ];
  for (const [match, field, why] of bad) {
    it(`is refused: ${JSON.stringify(match)}`, () => {
      assert.throws(
        () => newBinding('work', match),
        (error) =>
          isKnown(error, 'binding.bad') && error.facts.field === field && error.facts.why === why,
      );
    });
  }
});
