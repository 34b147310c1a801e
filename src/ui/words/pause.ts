import { l10n } from 'vscode';
import type { Pause } from '../../core/model/pause.ts';
import { exactTime } from './exactTime.ts';

/** Why CoderClaw leaves a profile alone, and until when, as sentences for hovers and documents. */
export function pauseLines(pause: Pause): readonly string[] {
  const { until, kind, reason } = pause;
  const end = exactTime(until);
  return [
    kind === 'cooldown'
      ? l10n.t('CoderClaw leaves it alone until {0}, after failures.', end)
      : reason === undefined
        ? l10n.t('CoderClaw leaves it alone until {0}.', end)
        : l10n.t('CoderClaw leaves it alone until {0}: {1}.', end, failureWords(reason)),
    ...failureLines(pause),
  ];
}

/** What led to a pause, for where its end is told already. */
export function failureLines({
  failures,
  lastFailureAt,
}: Pick<Pause, 'failures' | 'lastFailureAt'>): readonly string[] {
  return [
    ...(failures.length === 0
      ? []
      : [
          l10n.t(
            'What failed of late: {0}.',
            failures.map(({ reason: one, count }) => `${failureWords(one)} (${count})`).join(', '),
          ),
        ]),
    ...(lastFailureAt === undefined
      ? []
      : [l10n.t('It failed last on {0}.', exactTime(lastFailureAt))]),
  ];
}

/** CoderClaw's words for failures, made readable. */
function failureWords(reason: string): string {
  switch (reason) {
    case 'auth':
      return l10n.t('sign-in refused');
    case 'format':
      return l10n.t('request refused');
    case 'rate_limit':
      return l10n.t('rate limit');
    case 'billing':
      return l10n.t('no credit');
    case 'timeout':
      return l10n.t('no answer in time');
    case 'unknown':
      return l10n.t('another failure');
    default:
      return reason;
  }
}
