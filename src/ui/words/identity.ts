import { l10n } from 'vscode';
import type { Identity } from '../../core/signin/descriptor.ts';

/**
 * The person as far as the tokens tell.
 * @param other Whom this is told apart from: of one e-mail in two workspaces, each is named.
 */
export function who(identity: Identity, other?: Identity): string {
  const { email, accountId } = identity;
  const name = email ?? accountId ?? l10n.t('an unknown account');
  const isAlike = email !== undefined && email.toLowerCase() === other?.email?.toLowerCase();
  return isAlike && accountId !== undefined
    ? l10n.t('{0} in workspace {1}', name, accountId)
    : name;
}

/** What else an account is told apart by, a line each. */
export function accountLines({ email, accountId }: Identity): readonly string[] {
  if (accountId === undefined || email === undefined) return [];
  return [l10n.t('Account or workspace: {0}.', accountId)];
}
