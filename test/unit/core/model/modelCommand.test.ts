import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { modelCommand } from '../../../../src/core/model/modelCommand.ts';

interface Directive {
  readonly input: string;
  readonly model: string | null;
  readonly profile: string | null;
}

describe('modelCommand', () => {
  const vectors: Directive[] = JSON.parse(
    readFileSync('test/vectors/model-directives.json', 'utf8'),
  );

  for (const { input, model, profile } of vectors) {
    if (model === null || profile === null) continue;
    it(`is what CoderClaw reads as ${model} with ${profile}`, () => {
      assert.equal(modelCommand(model, profile), input);
    });
  }

  it('is none where a sign would end it or be read as another', () => {
    assert.equal(modelCommand('openai/gpt 5', 'openai:a'), undefined);
    assert.equal(modelCommand('cloudflare/@cf/model', 'openai:a'), undefined);
    assert.equal(modelCommand('openai/gpt', 'openai:a b'), undefined);
    assert.equal(modelCommand('openai/gpt', 'openai:a/b'), undefined);
    assert.equal(modelCommand('openai/gpt', ''), undefined);
  });
});
