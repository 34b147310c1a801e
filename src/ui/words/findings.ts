import { l10n } from 'vscode';
import type { Finding, FindingCode, FindingOf, Severity } from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { configWords } from './configFindings.ts';
import { joined } from './joined.ts';
import { loginWords } from './loginFindings.ts';
import { unreadableWords } from './store.ts';
import { span } from './time.ts';

/** A finding as people read it. Plain text with words of files in it: escape it for the surface. */
export interface FindingWords {
  /** One sentence: what is the matter, and what comes of it. */
  readonly what: string;
  /** What shows it, line by line: paths, fingerprints, times. */
  readonly evidence: readonly string[];
  /** One sentence: what to do now. */
  readonly todo: string;
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
  | 'folder.synced'
  | 'folder.shared'
  | 'port.held'
  | 'clock.off'
  | 'cli.database'
  | 'cli.otherRelease'
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
      l10n.t('mode {0}, wanted {1}', octal(facts.mode), octal(facts.wanted)),
    ],
    todo: l10n.t('Take these permissions away: chmod {0}.', octal(facts.wanted)),
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
    todo: l10n.t('Look what it is, and move it away.'),
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
            '{0} has been locked for long, and nothing moves the lock on.',
            facts.target,
          ),
          evidence,
          todo: l10n.t(
            'If the program hangs, end it. A lock that stays so is taken over by whoever writes next.',
          ),
        };
  },
  'order.ghosts': ({ where, facts }) => ({
    what:
      facts.writtenIn === 'store'
        ? l10n.t(
            'The order of {0} of agent {1} names profiles that are not stored: CoderClaw passes over them.',
            shownKey(facts.key),
            agentOf(where),
          )
        : l10n.t(
            'The order of {0} in the config names profiles that no agent has: CoderClaw passes over them.',
            shownKey(facts.key),
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
  'folder.synced': ({ where, facts }) => ({
    what: l10n.t(
      '{0} copies this folder to other machines, logins included: each machine then renews the same login, and logs the others out.',
      SERVICES[facts.service],
    ),
    evidence: [pathOf(where)],
    todo: l10n.t('Move it to a folder that stays on this machine, and sign in on each by itself.'),
  }),
  'folder.shared': ({ where, facts }) => ({
    what: l10n.t(
      'This folder lies on a file system that other machines or containers can use too, whose programs cannot tell who holds a lock.',
    ),
    evidence: [pathOf(where), facts.fileSystem],
    todo: l10n.t('Let CoderClaw run in one place only, or move the folder to a local disk.'),
  }),
  'port.held': ({ facts }) => ({
    what: l10n.t(
      'Another program uses port {0}, on which a sign-in in the browser is to end.',
      facts.port,
    ),
    evidence: [
      ...(facts.program === undefined
        ? []
        : [l10n.t('{0} (process {1})', shownKey(facts.program), facts.pid ?? 0)]),
      ...facts.otherPorts.map((port) => l10n.t('port {0} is free', port)),
    ],
    todo:
      facts.otherPorts.length > 0
        ? l10n.t('Nothing needs to be done: a sign-in uses the free port.')
        : l10n.t('End that program, or paste the address at the end of the sign-in.'),
  }),
  'clock.off': ({ facts: { host, aheadMs } }) => ({
    what:
      aheadMs > 0
        ? l10n.t(
            'The clock of this machine is ahead by {0} or more: sign-ins are taken for ended that still work.',
            span(aheadMs),
          )
        : l10n.t(
            'The clock of this machine is behind by {0} or more: sign-ins are taken for good that have ended.',
            span(aheadMs),
          ),
    evidence: [l10n.t('by the clock of {0}', host)],
    todo: l10n.t('Have the system set its clock by the network, and then Look Again.'),
  }),
  'cli.database': ({ where, facts }) => ({
    what: l10n.t(
      'A CoderClaw of another format keeps the sign-ins of agent {0} in a database: what is shown here may be out of date.',
      agentOf(where),
    ),
    evidence: [pathOf(where), l10n.t('the store that is shown: {0}', facts.storePath)],
    todo: l10n.t('Update this extension, and sign in by that CoderClaw until then.'),
  }),
  'cli.otherRelease': ({ where, facts }) => ({
    what: l10n.t(
      'CoderClaw {0} is installed, which this extension was not tried with.',
      facts.version,
    ),
    evidence: [pathOf(where), l10n.t('tried with CoderClaw {0}', facts.known)],
    todo: l10n.t('Nothing, as long as profiles here are as CoderClaw says. Else, update both.'),
  }),
};

const words: WordsFor<FindingCode> = { ...fileWords, ...configWords, ...loginWords };

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
      return l10n.t('Show Profile');
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

/** Proper nouns: not translated. */
const SERVICES = {
  dropbox: 'Dropbox',
  oneDrive: 'OneDrive',
  iCloud: 'iCloud Drive',
  googleDrive: 'Google Drive',
} as const;

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
