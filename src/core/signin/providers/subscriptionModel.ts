import type { JsonObject } from '../../documents/json.ts';

/**
 * A model that comes with a subscription, as an entry of `models.providers.<id>.models` in CoderClaw's
 * config. The keys are those that its sign-in plugins write; its schema wants `id` and `name` at least.
 */
export function subscriptionModel(
  id: string,
  name: string,
  {
    contextWindow,
    reasoning = false,
    input = ['text'],
  }: {
    /** Tokens. */
    readonly contextWindow: number;
    readonly reasoning?: boolean;
    readonly input?: readonly string[];
  },
): JsonObject {
  return {
    ...{ id, name, reasoning, input },
    // Nothing is paid by the token.
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow,
    maxTokens: 8192,
  };
}
