import { l10n } from 'vscode';
import { shownKey } from '../../core/documents/shownText.ts';
import type { WordsFor } from './findings.ts';
import { providerName } from './providers.ts';
import { SYNC_SERVICES } from './syncServices.ts';
import { span } from './time.ts';

/** What is found of the machine: where folders lie, its clock, its ports, the CoderClaw that is installed. */
export const machineWords: WordsFor<
  | 'folder.synced'
  | 'folder.shared'
  | 'port.held'
  | 'clock.off'
  | 'cli.database'
  | 'cli.otherRelease'
> = {
  'folder.synced': ({ where: { path = '' }, facts }) => ({
    what: l10n.t(
      '{0} copies this folder to other machines, logins included: each machine then renews the same login, and logs the others out.',
      SYNC_SERVICES[facts.service],
    ),
    evidence: [path],
    todo: l10n.t('Move it to a folder that stays on this machine, and sign in on each by itself.'),
  }),
  'folder.shared': ({ where: { path = '' }, facts }) => ({
    what: l10n.t(
      'This folder lies on a file system that other machines or containers can use too, whose programs cannot tell who holds a lock.',
    ),
    evidence: [path, facts.fileSystem],
    todo: l10n.t('Let CoderClaw run in one place only, or move the folder to a local disk.'),
  }),
  'port.held': ({ facts }) => ({
    what: l10n.t(
      'Another program uses port {0}, on which a sign-in to {1} in the browser comes back.',
      facts.port,
      providerName(facts.provider),
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
        : l10n.t(
            'End that program before you sign in, or paste the address of the last page into the dialog.',
          ),
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
  'cli.database': ({ where: { path = '', agentId = '' }, facts }) => ({
    what: l10n.t(
      'A CoderClaw of another format keeps the sign-ins of agent {0} in a database: what is shown here may be out of date.',
      shownKey(agentId),
    ),
    evidence: [path, l10n.t('the store that is shown: {0}', facts.storePath)],
    todo: l10n.t('Update this extension, and sign in by that CoderClaw until then.'),
  }),
  'cli.otherRelease': ({ where: { path = '' }, facts }) => ({
    what: l10n.t(
      'CoderClaw {0} is installed, which this extension was not tried with.',
      facts.version,
    ),
    evidence: [path, l10n.t('tried with CoderClaw {0}', facts.known)],
    todo: l10n.t('Nothing, as long as profiles here are as CoderClaw says. Else, update both.'),
  }),
};
