import { l10n } from 'vscode';
import type {
  Finding,
  FindingCode,
  FindingOf,
  LoginHolder,
  Severity,
} from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { configWords } from './configFindings.ts';
import { joined } from './joined.ts';
import { loginWords } from './loginFindings.ts';
import { machineWords } from './machineFindings.ts';
import { modeWords } from './modes.ts';
import { providerName } from './providers.ts';
import { unreadableWords } from './store.ts';
import { span } from './time.ts';

/** A finding as people read it. Plain text with words of files in it: escape it for the surface. */
export interface FindingWords {
  /** One sentence: what is the matter, and what comes of it. */
  readonly what: string;
  /** What shows it, line by line: paths, fingerprints, times. */
  readonly evidence: readonly Evidence[];
  /** One sentence: what to do now. */
  readonly todo: string;
}

/** A line of evidence. With a `holder` it is about that profile, with which something can be done. */
export type Evidence = string | { readonly text: string; readonly holder: LoginHolder };

export function evidenceText(evidence: Evidence): string {
  return typeof evidence === 'string' ? evidence : evidence.text;
}

/** A part of the words, by code. The type makes the parts total together. */
export type WordsFor<C extends FindingCode> = {
  readonly [K in C]: (finding: FindingOf<K>) => FindingWords;
};

const fileWords: WordsFor<
  | 'store.unreadable'
  | 'store.torn'
  | 'store.unknownVersion'
  | 'store.unwritable'
  | 'store.unplaced'
  | 'legacy.pending'
  | 'file.loose'
  | 'file.wrongOwner'
  | 'lock.foreign'
  | 'lock.stale'
  | 'order.ghosts'
  | 'sessions.stalePins'
> = {
  'store.unreadable': ({ where, facts }) => ({
    what: l10n.t(
      'The store of agent {0} cannot be read, so its profiles are not known and nothing is written to it.',
      agentOf(where),
    ),
    evidence: [pathOf(where), unreadableWords(facts.errno)],
    todo: l10n.t('Allow your user to read and write the file, or put a whole one in its place.'),
  }),
  'store.torn': ({ where, facts }) => ({
    what: l10n.t(
      'The store of agent {0} is damaged: CoderClaw takes it for empty, and may write over what is left of it.',
      agentOf(where),
    ),
    evidence: [pathOf(where), facts.detail],
    todo: l10n.t('Stop CoderClaw, keep a copy of the file, then repair it in the editor.'),
  }),
  'store.unknownVersion': ({ where, facts }) => ({
    what: l10n.t(
      'The store of agent {0} was written by a CoderClaw of another format, so nothing is written to it from here.',
      agentOf(where),
    ),
    evidence: [pathOf(where), l10n.t('version {0}', facts.version)],
    todo: l10n.t('Update this extension.'),
  }),
  'store.unwritable': ({ where, facts }) => ({
    what: l10n.t(
      'The store of agent {0} cannot be changed from here: writing it again would lose a part of it.',
      agentOf(where),
    ),
    evidence: [pathOf(where), facts.why],
    todo: l10n.t('Open the file and correct that part.'),
  }),
  'store.unplaced': ({ where, facts }) => ({
    what: l10n.t(
      'Where the store of agent {0} lies is not known: the config names its folder by a variable that is not set here.',
      agentOf(where),
    ),
    evidence: [pathOf(where), l10n.t('{0} is not set', facts.variable)],
    todo: l10n.t('Set {0} where VS Code is started, too.', facts.variable),
  }),
  'legacy.pending': ({ where, facts }) => ({
    what: l10n.t(
      'Sign-ins of an older CoderClaw wait to be imported for agent {0}.',
      agentOf(where),
    ),
    evidence: [...facts.legacyPaths, l10n.t('no store yet: {0}', pathOf(where))],
    todo: l10n.t('Import them; the old files are kept under other names.'),
  }),
  'file.loose': ({ where, facts }) => ({
    what: looseSentence(facts.isFolder, facts.others),
    evidence: [
      pathOf(where),
      l10n.t('now {0}, should be {1}', modeWords(facts.mode), modeWords(facts.wanted)),
    ],
    todo: l10n.t('Take these permissions away, here or by chmod {0}.', octal(facts.wanted)),
  }),
  'file.wrongOwner': ({ where, facts }) => ({
    what: facts.isFolder
      ? l10n.t(
          'The folder belongs to another user of this machine, who can do anything with what is in it.',
        )
      : l10n.t('The file belongs to another user of this machine, who can read and change it.'),
    evidence: [
      pathOf(where),
      l10n.t('owner: user {0}; VS Code runs as user {1}', facts.uid, facts.ourUid),
    ],
    todo: l10n.t(
      'Run CoderClaw and VS Code as the same user, and have an administrator give it back: chown {0}.',
      facts.ourUid,
    ),
  }),
  'lock.foreign': ({ where, facts }) => ({
    what: l10n.t(
      'Nobody can write {0}: something that is no lock stands where its lock would.',
      facts.target,
    ),
    evidence: [pathOf(where)],
    todo: l10n.t('Look at what stands there, and move it away.'),
  }),
  'lock.stale': ({ where, facts }) => {
    const holder = joined(
      ' ',
      facts.program === undefined ? '' : shownKey(facts.program),
      facts.pid === undefined ? '' : l10n.t('(process {0})', facts.pid),
    );
    const evidence = [
      pathOf(where),
      ...(holder === '' ? [] : [holder]),
      l10n.t('not moved for {0}', span(facts.ageMs)),
    ];
    return facts.verdict === 'ownerDead'
      ? {
          what: l10n.t('A program that has ended left its lock of {0} behind.', facts.target),
          evidence,
          todo: l10n.t('Remove it. Whoever writes the file next would do that, too.'),
        }
      : {
          what: l10n.t(
            '{0} has been locked for long, and whoever holds the lock shows no sign of life.',
            facts.target,
          ),
          evidence,
          todo: l10n.t(
            'If the program hangs, end it. Else leave it: whoever writes the file next takes the lock over.',
          ),
        };
  },
  'order.ghosts': ({ where, facts }) => ({
    what:
      facts.writtenIn === 'store'
        ? l10n.t(
            'The order of {0} of agent {1} names profiles that are not stored: CoderClaw passes over them.',
            providerName(facts.key),
            agentOf(where),
          )
        : l10n.t(
            'The order of {0} in the config names profiles that no agent has: CoderClaw passes over them.',
            providerName(facts.key),
          ),
    evidence: [pathOf(where), ...facts.ids.map((id) => shownKey(id))],
    todo: l10n.t('Take these entries out; the rest of the order stays.'),
  }),
  'sessions.stalePins': ({ where, facts }) => ({
    what:
      facts.pins.length === 1
        ? l10n.t(
            'A session of agent {0} is pinned to a profile that it cannot use.',
            agentOf(where),
          )
        : l10n.t(
            '{0} sessions of agent {1} are pinned to profiles that they cannot use.',
            facts.pins.length,
            agentOf(where),
          ),
    evidence: [
      pathOf(where),
      ...facts.pins.map(({ sessionKey, profileId }) =>
        l10n.t('{0}: {1}', shownKey(sessionKey), shownKey(profileId)),
      ),
    ],
    todo: l10n.t('Take these pins off; CoderClaw then chooses by the order, as it does anyway.'),
  }),
};

const words: WordsFor<FindingCode> = {
  ...fileWords,
  ...configWords,
  ...loginWords,
  ...machineWords,
};

export function findingWords(finding: Finding): FindingWords {
  // The table pairs each code with the words for its facts.
  return (words[finding.code] as (finding: Finding) => FindingWords)(finding);
}

/** What the repair of a finding is called, on a button. */
export function repairTitle({ code, isRepairable }: Finding): string | undefined {
  if (!isRepairable) return undefined;
  switch (code) {
    case 'legacy.pending':
      return l10n.t('Import');
    case 'file.loose':
      return l10n.t('Set Permissions');
    case 'lock.stale':
      return l10n.t('Remove Lock');
    case 'order.ghosts':
      return l10n.t('Take Entries Out');
    case 'sessions.stalePins':
      return l10n.t('Unpin');
    case 'profile.hidden':
      return l10n.t('Unhide');
    case 'profile.configDisagrees':
      return l10n.t('Correct Config');
    case 'expiry.inSeconds':
      return l10n.t('Correct Expiry');
    case 'login.twins':
      return l10n.t('Inherit from main');
    default:
      return undefined;
  }
}

export function severityWord(severity: Severity): string {
  switch (severity) {
    case 'error':
      return l10n.t('Error');
    case 'warning':
      return l10n.t('Warning');
    case 'info':
      return l10n.t('Note');
  }
}

function agentOf({ agentId = '' }: Finding['where']): string {
  return shownKey(agentId);
}

function pathOf({ path, stateDir }: Finding['where']): string {
  return path ?? stateDir ?? '';
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function looseSentence(isFolder: boolean, others: 'read' | 'write'): string {
  if (isFolder) {
    return others === 'write'
      ? l10n.t('Other users of this machine can replace what is in this folder, logins included.')
      : l10n.t('Other users of this machine can look into this folder.');
  }
  return others === 'write'
    ? l10n.t('Other users of this machine can change this file, in which secrets stand.')
    : l10n.t('Other users of this machine can read this file, in which secrets may stand.');
}
