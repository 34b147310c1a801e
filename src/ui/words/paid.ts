import { l10n } from 'vscode';
import type { ProfileSnapshot, ProviderSnapshot } from '../../core/model/snapshot.ts';

/**
 * The name of the subscription that comes before it, where a profile is the first key after one: from
 * there on it costs.
 */
export function paidAfter(
  { billing, profiles }: ProviderSnapshot,
  { id }: Pick<ProfileSnapshot, 'id'>,
): string | undefined {
  if (billing?.key !== id) return undefined;
  return profiles.find((other) => other.id === billing.after)?.name ?? billing.after;
}

/** The same for lists; empty for every other profile. */
export function paidWords(
  provider: ProviderSnapshot,
  profile: Pick<ProfileSnapshot, 'id'>,
): string {
  const after = paidAfter(provider, profile);
  return after === undefined ? '' : l10n.t('paid, after {0}', after);
}
