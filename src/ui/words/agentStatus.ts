import { l10n } from 'vscode';
import { agentStatus } from '../../core/model/agentStatus.ts';
import type { AgentSnapshot } from '../../core/model/snapshot.ts';
import { endingWords, stateWords } from './profileState.ts';
import { providerName } from './providers.ts';
import { span, spokenSpan } from './time.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What the status bar shows for the agent in use. */
export interface StatusBarWords {
  readonly text: string;
  readonly spoken: string;
  /** Background: only when a person is needed within a day, or a provider has nothing usable. */
  readonly alarm: 'none' | 'warning' | 'error';
}

/** Pure: the agent in one short text. */
export function statusBarWords(agent: AgentSnapshot, now: number): StatusBarWords {
  const status = agentStatus(agent);
  const write = (icon: string, text: string, spoken: string, alarm: StatusBarWords['alarm']) => ({
    text: `$(${icon}) ${agent.id}${text === '' ? '' : ` · ${text}`}`,
    spoken: l10n.t('CoderClaw agent {0}: {1}', agent.id, spoken),
    alarm,
  });
  switch (status.kind) {
    case 'unreadable':
      return write(
        'error',
        l10n.t('store unreadable'),
        l10n.t('its store cannot be read'),
        'error',
      );
    case 'empty':
      return write('key', l10n.t('not signed in'), l10n.t('not signed in'), 'none');
    case 'blocked':
      return write(
        'error',
        status.profile.state.kind === 'expired'
          ? l10n.t('expired')
          : blockedText(status.profile.state.kind),
        l10n.t(
          '{0} has no usable profile: {1}',
          providerName(status.provider),
          stateWords(status.profile.state, now).spoken,
        ),
        'error',
      );
    case 'ending':
      return write(
        'warning',
        endingWords(status.at - now, span),
        l10n.t('{0}: {1}', status.profile.id, endingWords(status.at - now, spokenSpan)),
        status.at - now <= dayMs ? 'warning' : 'none',
      );
    case 'waiting':
      return write(
        'watch',
        l10n.t('back in {0}', span(status.until - now)),
        l10n.t('{0} can be used again in {1}', status.profile.id, spokenSpan(status.until - now)),
        'none',
      );
    case 'well':
      if (status.next === undefined) return write('key', '', l10n.t('all is well'), 'none');
      if (status.next <= now) {
        return write('key', '', l10n.t('all is well, renews itself at next use'), 'none');
      }
      return write(
        'key',
        span(status.next - now),
        l10n.t('all is well, the next renewal or end is in {0}', spokenSpan(status.next - now)),
        'none',
      );
  }
}

function blockedText(kind: string): string {
  return kind === 'dead' ? l10n.t('sign in again') : l10n.t('unusable profile');
}
