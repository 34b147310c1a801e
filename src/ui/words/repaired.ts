import { basename } from 'node:path';
import { l10n } from 'vscode';
import type { Finding } from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { providerName } from './providers.ts';

/** What a repair has done, in one short line. */
export function repairedWords(finding: Finding): string {
  const { agentId = '', profileId = '', path = '' } = finding.where;
  const [agent, profile, file] = [shownKey(agentId), shownKey(profileId), shownKey(basename(path))];
  switch (finding.code) {
    case 'legacy.pending':
      return l10n.t('Imported the older sign-ins of {0}', agent);
    case 'file.loose':
      return l10n.t('Took the permissions of others off {0}', file);
    case 'lock.stale':
      return l10n.t('Removed {0}', file);
    case 'order.ghosts': {
      const { ids, key } = finding.facts;
      return ids.length === 1
        ? l10n.t('Took 1 entry out of the order of {0}', providerName(key))
        : l10n.t('Took {0} entries out of the order of {1}', ids.length, providerName(key));
    }
    case 'sessions.stalePins': {
      const { length } = finding.facts.pins;
      return length === 1 ? l10n.t('Unpinned 1 session') : l10n.t('Unpinned {0} sessions', length);
    }
    case 'profile.hidden':
      return l10n.t('{0} is used again', profile);
    case 'profile.configDisagrees':
      return l10n.t('The config now says of {0} what is stored', profile);
    case 'expiry.inSeconds':
      return l10n.t('The end of {0} is written in milliseconds now', profile);
    case 'login.twins': {
      const heirs = finding.facts.heirs.map((one) => shownKey(one.agentId)).join(', ');
      return l10n.t('Inherited from main now by: {0}', heirs);
    }
    default:
      return l10n.t('Repaired');
  }
}
