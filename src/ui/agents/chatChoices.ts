import { l10n } from 'vscode';
import { BUILT_IN_CHANNELS, type ConfigChannel } from '../../core/documents/configChannels.ts';
import type { Choice } from '../addProfile/choices.ts';

/** A value, or that a person types another one. */
export type OrTyped<Value> = { readonly value: Value } | 'typed';

/** The channels of a config first, then the others that CoderClaw comes with. */
export function channelChoices(
  channels: readonly ConfigChannel[],
): readonly Choice<OrTyped<string>>[] {
  const own = channels.map(({ id }) => id);
  const others = BUILT_IN_CHANNELS.filter((id) => !own.includes(id));
  return [
    ...group(l10n.t('In your config'), own),
    ...group(l10n.t('Not set up yet'), others),
    { kind: 'heading', label: l10n.t('Not in the list') },
    {
      kind: 'choice',
      value: 'typed',
      label: l10n.t('Another Channel…'),
      description: l10n.t('of a plugin, by its id'),
      icon: 'add',
    },
  ];
}

function group(label: string, ids: readonly string[]): readonly Choice<OrTyped<string>>[] {
  if (ids.length === 0) return [];
  return [
    { kind: 'heading', label },
    ...ids.map((id): Choice<OrTyped<string>> => {
      const name = CHANNEL_NAMES[id];
      return {
        ...{ kind: 'choice', value: { value: id }, icon: 'comment' },
        label: name ?? id,
        ...(name !== undefined && { description: id }),
      };
    }),
  ];
}

/** As their makers write them. */
const CHANNEL_NAMES: Readonly<Record<string, string>> = {
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  discord: 'Discord',
  irc: 'IRC',
  googlechat: 'Google Chat',
  slack: 'Slack',
  signal: 'Signal',
  imessage: 'iMessage',
};

/** Through which accounts of a channel: undefined is the default one, as in a binding. */
export function accountChoices(
  accounts: readonly string[],
): readonly Choice<OrTyped<string | undefined>>[] {
  return [
    {
      kind: 'choice',
      value: { value: undefined },
      label: l10n.t('The Default Account'),
      description: l10n.t('if there is only one, it is this'),
      icon: 'account',
    },
    {
      kind: 'choice',
      value: { value: '*' },
      label: l10n.t('Any Account'),
      description: l10n.t('later ones too'),
      icon: 'organization',
    },
    ...accounts.map(
      (account): Choice<OrTyped<string | undefined>> => ({
        kind: 'choice',
        value: { value: account },
        label: account,
        icon: 'account',
      }),
    ),
    { kind: 'choice', value: 'typed', label: l10n.t('Another Account…'), icon: 'add' },
  ];
}

/** Which chats of an account; the kinds are those of a binding. */
export type ChatScope = 'all' | 'dm' | 'group' | 'channel';

export function scopeChoices(): readonly Choice<ChatScope>[] {
  return [
    { kind: 'choice', value: 'all', label: l10n.t('All Chats'), icon: 'inbox' },
    { kind: 'choice', value: 'dm', label: l10n.t('One Direct Chat…'), icon: 'account' },
    { kind: 'choice', value: 'group', label: l10n.t('One Group…'), icon: 'organization' },
    { kind: 'choice', value: 'channel', label: l10n.t('One Channel…'), icon: 'megaphone' },
  ];
}
