import { l10n } from 'vscode';
import type { BadDuration, BadSecret } from '../../core/errors.ts';
import type { SecretField } from '../../core/signin/secrets/apiKeyProviders.ts';
import type { ErrorWords } from './errors.ts';
import { providerName } from './providers.ts';

/** Why a pasted text was not taken for a key or token, and what to paste instead. */
export function badSecretWords(why: BadSecret): ErrorWords {
  switch (why) {
    case 'empty':
      return {
        what: l10n.t('There is nothing in what was pasted.'),
        todo: l10n.t('Copy the key or token once more, and paste it here.'),
      };
    case 'tooLong':
      return {
        what: l10n.t('What was pasted is far too long for a key or token.'),
        todo: l10n.t('Copy only the key or token, and paste it here.'),
      };
    case 'several':
      return {
        what: l10n.t('What was pasted holds more than one key or token.'),
        todo: l10n.t('Paste them one at a time.'),
      };
    case 'address':
      return {
        what: l10n.t('This is the address of a page, and no key or token.'),
        todo: l10n.t('Open the page, copy the key or token there, and paste it here.'),
      };
    case 'masked':
      return {
        what: l10n.t('A part of it has been replaced by dots or asterisks.'),
        todo: l10n.t(
          'Copy it where it is shown whole. Many pages show a key only once: if this was the case, make a new one.',
        ),
      };
    case 'reference':
      return {
        what: l10n.t('This is the name of a variable, and not what it holds.'),
        todo: l10n.t('Paste the key or token itself.'),
      };
    case 'characters':
      return {
        what: l10n.t(
          'There are spaces, quotes or other characters in it that no key or token has.',
        ),
        todo: l10n.t('Copy only the key or token, without the words around it, and paste it here.'),
      };
    case 'notSetupToken':
      return {
        what: l10n.t('This is not a setup-token: those begin with sk-ant-oat01-.'),
        todo: l10n.t('Run "claude setup-token" in a terminal, and paste what it prints last.'),
      };
    case 'shortSetupToken':
      return {
        what: l10n.t('This is only a part of a setup-token.'),
        todo: l10n.t('Copy all lines of it, to its very end; line breaks do not matter.'),
      };
  }
}

export function badDurationWords(why: BadDuration): ErrorWords {
  switch (why) {
    case 'notADuration':
      return {
        what: l10n.t('This is not a length of time.'),
        todo: l10n.t('Write a number of days, such as 365, or one with a unit: 365d, 12h, 30m.'),
      };
    case 'overAtOnce':
      return {
        what: l10n.t('A token that lasts for no time at all cannot be used.'),
        todo: l10n.t('Write how long it lasts from now on, or nothing if you do not know.'),
      };
    case 'tooLong':
      return {
        what: l10n.t('This is more than 100 years.'),
        todo: l10n.t('Write a shorter time, or nothing if it has no end.'),
      };
  }
}

/** What a value that a provider needs beside its key is called. */
export function fieldName(field: SecretField): string {
  switch (field) {
    case 'accountId':
      return l10n.t('account ID');
    case 'gatewayId':
      return l10n.t('gateway ID');
  }
}

/** A warning, and not a refusal: what was pasted looks like it is for somebody else. */
export function otherOwnerWords(provider: string, owner: string): string {
  return l10n.t(
    'This looks like it belongs to {0}, and you are adding it for {1}.',
    providerName(owner),
    providerName(provider),
  );
}
