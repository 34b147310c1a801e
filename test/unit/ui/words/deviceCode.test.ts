import assert from 'node:assert/strict';
import { signInProviders } from '../../../../src/core/signin/registry.ts';
import { allowFirstWords } from '../../../../src/ui/words/deviceCode.ts';

describe('the words for a code', () => {
  it('say what must be allowed first, at ChatGPT alone', async () => {
    const told: string[] = [];
    for (const { provider, deviceCode } of signInProviders({}).values()) {
      const descriptor = await deviceCode?.();
      const words = descriptor === undefined ? undefined : allowFirstWords(descriptor);
      if (words !== undefined) told.push(`${provider}: ${words}`);
    }
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^openai-codex: .*ChatGPT.*Security\.$/);
  });
});
