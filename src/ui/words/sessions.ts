import { l10n } from 'vscode';
import { shownKey } from '../../core/documents/shownText.ts';
import type { SessionPickReason, StalePin } from '../../core/model/sessionPick.ts';
import type { SessionSnapshot, SessionsSnapshot } from '../../core/model/snapshot.ts';
import { joined } from './joined.ts';

/**
 * `agent:main:telegram:dm:7` under the agent main is `telegram:dm:7`. Of a UUID the first digits tell enough:
 * whole, it leaves no room for what the session uses.
 */
export function sessionName(key: string, agentId: string): string {
  const prefix = `agent:${agentId}:`;
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  return shownKey(name.replace(UUID, '$1…')) || shownKey(key);
}

const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** How a session is drawn: one whose pin counts for nothing, one that a person pinned, any other. */
export function sessionIcon({ pin }: Pick<SessionSnapshot, 'pin'>): {
  readonly id: string;
  readonly color?: string;
} {
  if (pin?.stale !== undefined) return { id: 'warning', color: 'list.warningForeground' };
  return { id: pin?.by === 'user' ? 'pinned' : 'comment' };
}

/** What a list of sessions says as a whole: `2 pinned, 1 stale`. */
export function sessionsWords(list: SessionsSnapshot): string {
  switch (list.kind) {
    case 'unreadable':
      return l10n.t('cannot be read ({0})', list.errno);
    case 'invalid':
      return l10n.t('cannot be read: it is no JSON');
    case 'whole': {
      const marked = joined(
        ', ',
        list.pinned > 0 ? l10n.t('{0} pinned', list.pinned) : '',
        list.stale.length > 0 ? l10n.t('{0} stale', list.stale.length) : '',
      );
      return marked || String(list.count);
    }
  }
}

/** What a session uses, shortly. */
export function sessionWords({ pin, pick }: SessionSnapshot): string {
  if (pin?.stale !== undefined) return l10n.t('stale pin: {0}', shownKey(pin.profileId));
  if (pin?.by === 'user') return l10n.t('pinned to {0}', shownKey(pin.profileId));
  return pick === undefined ? '' : l10n.t('uses {0}', shownKey(pick.profileId));
}

/** Why a pin counts for nothing, as a sentence. */
export function staleSentence(stale: StalePin, profileId: string): string {
  const profile = shownKey(profileId);
  switch (stale) {
    case 'notStored':
      return l10n.t('{0} is not stored for this agent.', profile);
    case 'otherProvider':
      return l10n.t('{0} is of another provider than the model of the session.', profile);
    case 'notInOrder':
      return l10n.t('{0} is not in the order of its provider, or cannot be used.', profile);
  }
}

/** Why a session uses the profile that it uses, as a sentence. */
export function pickSentence(reason: SessionPickReason, profileId: string): string {
  const profile = shownKey(profileId);
  switch (reason) {
    case 'pinnedByPerson':
      return l10n.t('It uses {0}: a person chose it for this session.', profile);
    case 'kept':
      return l10n.t('It uses {0}: CoderClaw stays with it until the session is reset.', profile);
    case 'first':
      return l10n.t('It uses {0}: the first in the order that does not pause.', profile);
    case 'nextInTurn':
      return l10n.t('It uses {0}: the next in turn, for the session was compacted.', profile);
    case 'allPause':
      return l10n.t('It uses {0}, although it pauses: so do all the others.', profile);
  }
}
