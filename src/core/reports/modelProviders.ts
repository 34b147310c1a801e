import type { CoderClawConfig } from '../documents/config.ts';
import { providerOfModel } from '../documents/modelIds.ts';

/** Normalized ids, each once, in no order. */
export interface ModelProviders {
  /** Of the models that the agent works with, falls back to, or has for images. */
  readonly inUse: readonly string[];
  /** Of all models that the config names for it, those of `inUse` included. */
  readonly named: readonly string[];
}

/** Where the config names no model, and of a model that is written without its provider. */
const DEFAULT_PROVIDER = 'coderclawllm';

/**
 * The providers whose models `coderclaw models status` of CoderClaw 2026.3.21 takes for those of an
 * agent. Pure. Source: its `src/commands/models/list.status-command.ts` and
 * `src/agents/model-selection.ts`.
 */
export function modelProviders(
  { models }: Pick<CoderClawConfig, 'models'>,
  agentId: string,
): ModelProviders {
  const { primary, fallbacks = [] } = { ...models.defaults, ...models.byAgent.get(agentId) };
  const { primary: image = '', fallbacks: imageFallbacks = [] } = models.image;
  const inUse = [
    ...(primary === undefined ? [DEFAULT_PROVIDER] : providersOf([primary])),
    ...providersOf([...fallbacks, image, ...imageFallbacks]),
  ];
  return {
    inUse: [...new Set(inUse)],
    named: [...new Set([...inUse, ...providersOf(models.named)])],
  };
}

function providersOf(models: readonly string[]): readonly string[] {
  return models.flatMap((model) => providerOf(model) ?? []);
}

/** CoderClaw looks no alias up here: each counts as a model of the default provider. */
function providerOf(model: string): string | undefined {
  if (model.includes('/')) return providerOfModel(model);
  return model.trim() === '' ? undefined : DEFAULT_PROVIDER;
}
