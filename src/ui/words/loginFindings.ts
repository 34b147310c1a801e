import { l10n } from 'vscode';
import type { LoginHolder, OtherProgram } from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { exactTime } from './exactTime.ts';
import type { Evidence, WordsFor } from './findings.ts';
import { brokenWords } from './profileState.ts';
import { providerName } from './providers.ts';
import { deathSentence } from './stateSentence.ts';

/** What is found of logins: their ends, and the places in which they stand. */
export const loginWords: WordsFor<
  | 'profile.ending'
  | 'profile.expired'
  | 'profile.dead'
  | 'profile.broken'
  | 'expiry.inSeconds'
  | 'login.twins'
  | 'login.severalStateDirs'
  | 'login.otherProgram'
> = {
  'profile.ending': ({ where, facts: { at, isExpected } }) => ({
    what: isExpected
      ? l10n.t('{0} is expected to end soon, and does not renew itself.', profileOf(where))
      : l10n.t('{0} ends soon, and does not renew itself.', profileOf(where)),
    evidence: [l10n.t('ends on {0}', exactTime(at)), pathOf(where)],
    todo: l10n.t('Replace it, or sign in again, before then.'),
  }),
  'profile.expired': ({ where, facts }) => ({
    what: l10n.t('{0} has expired, and cannot renew itself.', profileOf(where)),
    evidence: [l10n.t('expired on {0}', exactTime(facts.since)), pathOf(where)],
    todo: l10n.t('Replace it, or sign in again.'),
  }),
  'profile.dead': ({ where, facts }) => ({
    what: l10n.t('{0} cannot be renewed any more.', profileOf(where)),
    evidence: [pathOf(where)],
    todo: deathSentence(facts.why),
  }),
  'profile.broken': ({ where, facts }) => ({
    what: l10n.t('CoderClaw cannot use {0} as it is stored.', profileOf(where)),
    evidence: [brokenWords(facts.why), pathOf(where)],
    todo: l10n.t('Sign in again, or replace it.'),
  }),
  'expiry.inSeconds': ({ where, facts: { expires, meant } }) => ({
    what: l10n.t(
      'The end of {0} was written in seconds, so CoderClaw takes it for long past.',
      profileOf(where),
    ),
    evidence: [
      pathOf(where),
      l10n.t('expires: {0}, meant: {1} ({2})', expires, meant, exactTime(meant)),
    ],
    todo: l10n.t('Write it in milliseconds.'),
  }),
  'login.twins': ({ facts: { provider, fingerprint, holders, heirs } }) => ({
    what: l10n.t(
      'One login of {0} stands in several profiles: when CoderClaw renews one, the others are logged out.',
      providerName(provider),
    ),
    evidence: [...holders.map(holderLine), fingerprintWords(fingerprint)],
    todo:
      heirs.length > 0
        ? l10n.t(
            'Have {0} inherit it from main. Until then they are kept in step while VS Code is open.',
            heirs.map(({ agentId }) => shownKey(agentId)).join(', '),
          )
        : l10n.t(
            'Sign in again in all but one of them. Until then they are kept in step while VS Code is open.',
          ),
  }),
  'login.severalStateDirs': ({ facts: { provider, fingerprint, holders } }) => ({
    what: l10n.t(
      'One login of {0} stands in several state folders: when the CoderClaw of one renews it, the others are logged out.',
      providerName(provider),
    ),
    evidence: [...holders.map(holderLine), fingerprintWords(fingerprint)],
    todo: l10n.t('Sign in again in each of them, or remove those that are not used any more.'),
  }),
  'login.otherProgram': ({ where, facts: { program, provider, fingerprint, holders } }) => ({
    what: l10n.t(
      '{0} uses the same login of {1}: whichever renews it first logs the other one out.',
      OTHER_PROGRAMS[program],
      providerName(provider),
    ),
    evidence: [pathOf(where), ...holders.map(holderLine), fingerprintWords(fingerprint)],
    todo: l10n.t('Sign in again here, so that each has a login of its own.'),
  }),
};

/** Proper nouns: not translated. */
export const OTHER_PROGRAMS: Readonly<Record<OtherProgram, string>> = {
  codex: 'Codex CLI',
  claude: 'Claude Code',
  qwen: 'Qwen Code',
  minimax: 'MiniMax CLI',
  pi: 'pi',
};

function holderLine(holder: LoginHolder): Evidence {
  const { agentId, profileId, storePath } = holder;
  const text = l10n.t('{0} of agent {1}: {2}', shownKey(profileId), shownKey(agentId), storePath);
  return { text, holder };
}

function fingerprintWords(fingerprint: string): string {
  return l10n.t('fingerprint of the login: {0}', fingerprint);
}

function profileOf({ profileId = '' }: { readonly profileId?: string }): string {
  return shownKey(profileId);
}

function pathOf({ path = '' }: { readonly path?: string }): string {
  return path;
}
