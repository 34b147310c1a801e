import { l10n } from 'vscode';
import type { ProfileSnapshot } from '../../core/model/snapshot.ts';

/** Where else it stands: from which agent it is seen, or with which others it is shared. */
export function elsewhereWords({ origin, sharedWith }: ProfileSnapshot): readonly string[] {
  if (origin === 'inherited') return [l10n.t('from main')];
  return sharedWith.length > 0 ? [l10n.t('shared with {0}', sharedWith.join(', '))] : [];
}

/** What kind of credential it is. */
export function typeWords(profile: ProfileSnapshot): string {
  switch (profile.type) {
    case 'oauth':
      return l10n.t('sign-in');
    case 'token':
      return profile.provider === 'anthropic' ? l10n.t('setup-token') : l10n.t('token');
    case 'api_key':
      return l10n.t('API key');
  }
}
