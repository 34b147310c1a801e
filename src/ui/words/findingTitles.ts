import { basename } from 'node:path';
import { l10n } from 'vscode';
import type { Finding, FindingCode, FindingOf } from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { profileName } from '../../core/model/profileName.ts';
import { joined } from './joined.ts';
import { OTHER_PROGRAMS } from './loginFindings.ts';
import { providerName } from './providers.ts';
import { SYNC_SERVICES } from './syncServices.ts';

/** What is found, as short as a row of a narrow view is. The whole sentence is `findingWords`. */
const titles: { readonly [C in FindingCode]: (facts: FindingOf<C>['facts']) => string } = {
  'store.unreadable': () => l10n.t('Store cannot be read'),
  'store.torn': () => l10n.t('Store is damaged'),
  'store.unknownVersion': () => l10n.t('Store has an unknown format'),
  'store.unwritable': () => l10n.t('Store cannot be changed from here'),
  'store.unplaced': () => l10n.t('Store folder is not known'),
  'legacy.pending': () => l10n.t('Older sign-ins not imported yet'),
  'file.loose': ({ others, isFolder }) =>
    others === 'write'
      ? isFolder
        ? l10n.t('Other users can change this folder')
        : l10n.t('Other users can change this file')
      : isFolder
        ? l10n.t('Other users can look into this folder')
        : l10n.t('Other users can read this file'),
  'file.wrongOwner': ({ isFolder }) =>
    isFolder ? l10n.t('Folder belongs to another user') : l10n.t('File belongs to another user'),
  'lock.foreign': () => l10n.t('Lock is blocked'),
  'lock.stale': ({ verdict }) =>
    verdict === 'ownerDead' ? l10n.t('Lock was left behind') : l10n.t('Lock does not move on'),
  'order.ghosts': ({ ids }) =>
    ids.length === 1
      ? l10n.t('Order names a missing profile')
      : l10n.t('Order names {0} missing profiles', ids.length),
  'sessions.stalePins': ({ pins }) =>
    pins.length === 1
      ? l10n.t('Session has a stale pin')
      : l10n.t('{0} sessions have stale pins', pins.length),
  'config.unreadable': () => l10n.t('Config cannot be read'),
  'config.invalid': () => l10n.t('Config is not valid'),
  'config.refused': () => l10n.t('CoderClaw refuses the config'),
  'profile.hidden': ({ why }) =>
    why === 'notInConfig'
      ? l10n.t('Profile is hidden by the config')
      : l10n.t('Profile is not in the order'),
  'profile.configDisagrees': () => l10n.t('Config disagrees with a profile'),
  'profile.ending': () => l10n.t('Profile ends soon'),
  'profile.expired': () => l10n.t('Profile has expired'),
  'profile.dead': () => l10n.t('Profile cannot renew itself'),
  'profile.broken': () => l10n.t('Profile cannot be used'),
  'expiry.inSeconds': () => l10n.t('End is written in seconds'),
  'login.twins': ({ holders }) => l10n.t('One login in {0} profiles', holders.length),
  'login.severalStateDirs': () => l10n.t('One login in several state folders'),
  'login.otherProgram': ({ program }) => l10n.t('{0} uses the same login', OTHER_PROGRAMS[program]),
  'folder.synced': ({ service }) => l10n.t('{0} copies this folder', SYNC_SERVICES[service]),
  'folder.shared': ({ fileSystem }) => l10n.t('Folder is shared ({0})', shownKey(fileSystem)),
  'clock.off': ({ aheadMs }) =>
    aheadMs > 0
      ? l10n.t('Clock of this machine is ahead')
      : l10n.t('Clock of this machine is behind'),
  'cli.database': () => l10n.t('Sign-ins may stand in a database'),
  'cli.otherRelease': ({ version }) => l10n.t('CoderClaw {0} was not tried', shownKey(version)),
  'port.held': ({ port }) => l10n.t('Port {0} is in use', port),
};

export function findingTitle({ code, facts }: Finding): string {
  // The table pairs each code with the title for its facts.
  return (titles[code] as (facts: Finding['facts']) => string)(facts);
}

/**
 * What a finding is about, in a few words: the profile or the file, then the agent. A profile goes by its
 * name, as in the Profiles view, and its provider comes last: a narrow row has room for what tells two apart.
 * @param withStateDir Name the state folder too, as there are several.
 */
export function findingAbout(finding: Finding, withStateDir: boolean): string {
  const { agentId = '', profileId, stateDirLabel = '' } = finding.where;
  const { facts } = finding;
  return joined(
    ' · ',
    subjectOf(finding),
    shownKey(agentId),
    profileId !== undefined && 'provider' in facts ? providerName(facts.provider) : '',
    withStateDir ? shownKey(stateDirLabel) : '',
  );
}

/** Without the agent. */
function subjectOf({ code, facts, where: { profileId, path } }: Finding): string {
  if (profileId !== undefined) return profileName(profileId);
  if (code === 'order.ghosts') {
    const provider = providerName(facts.key);
    return facts.writtenIn === 'config' ? joined(' · ', provider, fileName(path)) : provider;
  }
  if (code === 'config.invalid') {
    const { line, column } = facts;
    return joined(':', fileName(path), String(line ?? ''), String(column ?? ''));
  }
  if ('provider' in facts) return providerName(facts.provider);
  // Each agent has one store and one list of sessions.
  if (/^(store|legacy|sessions)\./.test(code)) return '';
  return fileName(path);
}

function fileName(path = ''): string {
  return shownKey(basename(path));
}
