import { normalizeProviderId } from './providerIds.ts';

/**
 * The provider (normalized id) of a model that is written as `provider/model`; undefined where it is not.
 * ChatGPT's own models are its subscription's, by whichever provider they are written (CoderClaw 2026.3.21,
 * `src/agents/model-selection.ts`).
 */
export function providerOfModel(model: string): string | undefined {
  const [written = '', ...rest] = model.split('/');
  const name = rest.join('/').trim();
  if (written.trim() === '' || name === '') return undefined;
  const provider = normalizeProviderId(written);
  return provider === 'openai' && /^gpt-5\.3-codex(?:$|-)/i.test(name) ? 'openai-codex' : provider;
}
