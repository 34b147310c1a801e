import type { ProviderSnapshot } from './snapshot.ts';

/** When the subscription `after` pauses or ends, CoderClaw goes on with the paid API key `key`. Profile ids. */
export interface BillingStep {
  readonly after: string;
  readonly key: string;
}

/**
 * Where an order goes from a subscription (`oauth`, `token`) on to a paid `api_key`: the first such
 * step, or undefined. What is not in the effective order does not count, as CoderClaw does not use it.
 *
 * A pause is no reason not to warn: when a subscription pauses, the effective order has it last and the
 * key is what is being paid for. So the step is sought in the order as it is without pauses.
 *
 * @param sequence The ids of the effective order without pauses (`EffectiveOrder.withoutPauses`); as
 * they stand now unless given.
 */
export function billingStep(
  { profiles }: Pick<ProviderSnapshot, 'profiles'>,
  sequence?: readonly string[],
): BillingStep | undefined {
  const used = profiles.filter(({ position }) => position !== undefined);
  const typeOf = new Map(used.map(({ id, type }) => [id, type]));
  const ids = (sequence ?? used.map(({ id }) => id)).filter((id) => typeOf.has(id));
  for (const [index, key] of ids.entries()) {
    const after = ids[index - 1];
    if (after === undefined || typeOf.get(key) !== 'api_key') continue;
    if (typeOf.get(after) !== 'api_key') return { after, key };
  }
  return undefined;
}
