import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { normalizeAgentId } from '../../../../src/core/documents/agentIds.ts';
import { normalizeProviderId } from '../../../../src/core/documents/providerIds.ts';
import { shownKey } from '../../../../src/core/documents/shownText.ts';

function vectors(name: string): { input: string; id: string }[] {
  return JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8')) as {
    input: string;
    id: string;
  }[];
}

describe('ids, as CoderClaw compares them', () => {
  for (const { input, id } of vectors('provider-ids')) {
    it(`provider ${JSON.stringify(input)}`, () => {
      assert.equal(normalizeProviderId(input), id);
      assert.equal(normalizeProviderId(id), id);
    });
  }

  for (const { input, id } of vectors('agent-ids')) {
    it(`agent ${JSON.stringify(input)}`, () => {
      assert.equal(normalizeAgentId(input), id);
      assert.equal(normalizeAgentId(id), id);
    });
  }

  it('keeps an agent id that is one already, a dash at its end included', () => {
    assert.equal(normalizeAgentId('a-'), 'a-');
  });

  it('never makes a path of an agent id', () => {
    for (const name of ['../..', 'a\\b', '/etc', 'C:\\x', 'a\0b', '....//']) {
      assert.match(normalizeAgentId(name), /^[a-z0-9_][a-z0-9_-]*$/, name);
    }
  });

  it('does not take names of Object.prototype for aliases', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      assert.equal(normalizeProviderId(name), name.toLowerCase());
    }
  });
});

describe('shownKey', () => {
  it('removes what could steer a terminal or turn the text round, and keeps letters', () => {
    assert.equal(shownKey('a\u0000\u001b[2J\u202eb\n\u200bü😀'), 'a[2Jbü😀');
  });

  it('shortens to the limit without cutting a character in two', () => {
    assert.equal(shownKey('abcdef', 4), 'abc…');
    assert.equal(shownKey('ab😀😀', 4), 'ab…');
    assert.equal(shownKey('abcd', 4), 'abcd');
  });
});
