import type { CoderClawConfig } from '../documents/config.ts';
import { providerOfModel } from '../documents/modelIds.ts';
import type { AgentSnapshot } from './snapshot.ts';

type Models = Pick<CoderClawConfig, 'models'>;

/** The models that a config names for an agent, as `provider/model`, its own choice first. Pure. */
export function modelsFor({ models }: Models, agentId: string): readonly string[] {
  const { primary, fallbacks = [] } = { ...models.defaults, ...models.byAgent.get(agentId) };
  const named = [primary, ...fallbacks, ...models.named, ...models.provided];
  // An alias says nothing of its provider.
  return [...new Set(named)].filter((model) => model?.includes('/')) as string[];
}

/**
 * The provider (normalized id) of the model that an agent works with; undefined where the config leaves it
 * to CoderClaw, or names the model by an alias. Pure.
 */
export function providerFor({ models }: Models, agentId: string): string | undefined {
  const { primary } = { ...models.defaults, ...models.byAgent.get(agentId) };
  return primary === undefined ? undefined : providerOfModel(primary);
}

/** Those of a provider (normalized id). */
export function modelsOf(
  { models }: Pick<AgentSnapshot, 'models'>,
  provider: string,
): readonly string[] {
  return models.filter((model) => providerOfModel(model) === provider);
}
