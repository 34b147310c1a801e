import assert from 'node:assert/strict';
import type { BadDuration, BadSecret } from '../../../../src/core/errors.ts';
import { apiKeyProviders } from '../../../../src/core/signin/secrets/apiKeyProviders.ts';
import { providerName } from '../../../../src/ui/words/providers.ts';
import {
  badDurationWords,
  badSecretWords,
  otherOwnerWords,
} from '../../../../src/ui/words/secrets.ts';

/** Total, by their types. */
const secrets: Readonly<Record<BadSecret, true>> = {
  empty: true,
  tooLong: true,
  several: true,
  address: true,
  masked: true,
  reference: true,
  characters: true,
  notSetupToken: true,
  shortSetupToken: true,
};
const durations: Readonly<Record<BadDuration, true>> = {
  notADuration: true,
  overAtOnce: true,
  tooLong: true,
};

describe('the words for what was pasted', () => {
  const all = [
    ...Object.keys(secrets).map((why) => [why, badSecretWords(why as BadSecret)] as const),
    ...Object.keys(durations).map((why) => [why, badDurationWords(why as BadDuration)] as const),
  ];
  for (const [why, { what, todo }] of all) {
    it(`${why}: what is wrong and what to do, in whole sentences`, () => {
      assert.match(what, /^.{10,}\.$/);
      assert.match(todo, /^.{10,}\.$/);
    });
  }

  it('no two say the same', () => {
    assert.equal(new Set(all.map(([, { what }]) => what)).size, all.length);
  });

  it('a warning names both providers as people call them', () => {
    assert.match(otherOwnerWords('openai', 'anthropic'), /belongs to Anthropic.* for OpenAI\.$/);
  });

  it('every provider of the table has a name', () => {
    const nameless = apiKeyProviders.filter(({ id }) => providerName(id) === id);
    assert.deepEqual(nameless, []);
  });
});
