import { l10n } from 'vscode';
import type { ConfigFlaw } from '../../core/documents/configFlaws.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import type { WordsFor } from './findings.ts';
import { providerName } from './providers.ts';
import { unreadableWords } from './store.ts';

/** What is found of a config, and of profiles that it hides. */
export const configWords: WordsFor<
  | 'config.unreadable'
  | 'config.invalid'
  | 'config.refused'
  | 'profile.hidden'
  | 'profile.configDisagrees'
> = {
  'config.unreadable': ({ where: { path = '' }, facts }) => ({
    what: l10n.t(
      'The config cannot be read, so agents and profiles are shown as if it said nothing.',
    ),
    evidence: [path, unreadableWords(facts.errno)],
    todo: l10n.t('Allow your user to read and write the file.'),
  }),
  'config.invalid': ({ where: { path = '' }, facts: { detail, line, column } }) => ({
    what: l10n.t('The config is not valid: CoderClaw refuses to start with it.'),
    evidence: [
      line === undefined || column === undefined ? path : `${path}:${line}:${column}`,
      detail,
    ],
    todo: l10n.t('Open the file and correct that place.'),
  }),
  'config.refused': ({ where: { path = '' }, facts }) => ({
    what: l10n.t('CoderClaw refuses the whole config for single parts of it.'),
    evidence: [path, ...facts.flaws.map(flawWords)],
    todo: l10n.t('Open the file and correct these places.'),
  }),
  'profile.hidden': ({
    where: { path = '', profileId = '' },
    facts: { provider, why, agents },
  }) => ({
    what:
      why === 'notInConfig'
        ? l10n.t(
            '{0} is stored but never used: the config lists other profiles of {1}, but not this one.',
            shownKey(profileId),
            providerName(provider),
          )
        : l10n.t(
            '{0} is stored but not used: the config has an order for {1}, and it is not in it.',
            shownKey(profileId),
            providerName(provider),
          ),
    evidence: [path, agentsWords(agents)],
    todo: l10n.t('Unhide it if it is to be used: it comes last then. If not, hide this finding.'),
  }),
  'profile.configDisagrees': ({ where: { path = '', profileId = '' }, facts }) => ({
    what: l10n.t(
      '{0} is stored but never used: the config says something else of it.',
      shownKey(profileId),
    ),
    evidence: [
      path,
      l10n.t(
        'in the config: {0}, {1}',
        shownKey(facts.config.provider),
        shownKey(facts.config.mode),
      ),
      l10n.t('stored: {0}, {1}', shownKey(facts.stored.provider), facts.stored.mode),
      agentsWords(facts.agents),
    ],
    todo: l10n.t('Have the config say what is stored: then it is used again.'),
  }),
};

function agentsWords(agents: readonly string[]): string {
  return l10n.t('not used by: {0}', agents.map((id) => shownKey(id)).join(', '));
}

function flawWords({ key, what }: ConfigFlaw): string {
  switch (what) {
    case 'unknownKey':
      return l10n.t('{0}: unknown key', key);
    case 'missing':
      return l10n.t('{0}: missing', key);
    case 'notAnObject':
      return l10n.t('{0}: not an object', key);
    case 'notAList':
      return l10n.t('{0}: not a list', key);
    case 'notAText':
      return l10n.t('{0}: not a text', key);
    case 'notAMode':
      return l10n.t('{0}: neither api_key, oauth nor token', key);
    case 'notAPositiveNumber':
      return l10n.t('{0}: not a number above 0', key);
  }
}
