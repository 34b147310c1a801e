import { l10n } from 'vscode';
import type { BindingMatch } from '../../core/documents/configAgents.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { joined } from './joined.ts';

/** Which chats, as short as it can be said: `telegram`, `slack:work`. */
export function chatsName({ channel, accountId }: BindingMatch): string {
  return shownKey(accountId === undefined ? channel : `${channel}:${accountId}`);
}

/** What narrows them down within the channel and account; empty where nothing does. */
export function chatsScope({ peer, guildId, teamId, roles = [] }: BindingMatch): string {
  return joined(
    ' · ',
    peer === undefined ? '' : peerWords(peer),
    guildId === undefined ? '' : l10n.t('server {0}', shownKey(guildId)),
    teamId === undefined ? '' : l10n.t('team {0}', shownKey(teamId)),
    roles.length === 0 ? '' : l10n.t('roles {0}', roles.map((role) => shownKey(role)).join(', ')),
  );
}

function peerWords({ kind, id }: NonNullable<BindingMatch['peer']>): string {
  switch (kind) {
    case 'dm':
    case 'direct':
      return l10n.t('direct chat {0}', shownKey(id));
    case 'group':
      return l10n.t('group {0}', shownKey(id));
    case 'channel':
      return l10n.t('channel {0}', shownKey(id));
    default:
      return shownKey(`${kind} ${id}`);
  }
}

/** In one piece: `slack:work · group 7`. */
export function chatsWords(match: BindingMatch): string {
  return joined(' · ', chatsName(match), chatsScope(match));
}

/** Whole sentences, for hovers. */
export function chatsLines(match: BindingMatch): readonly string[] {
  const { channel, accountId } = match;
  return [
    chatsWords(match),
    accountId === undefined
      ? l10n.t('Chats of {0} that come in by its default account.', shownKey(channel))
      : accountId === '*'
        ? l10n.t('Chats of {0} that come in by any account.', shownKey(channel))
        : l10n.t('Chats of {0} that come in by {1}.', shownKey(channel), shownKey(accountId)),
  ];
}
