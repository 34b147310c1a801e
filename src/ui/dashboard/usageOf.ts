import { l10n } from 'vscode';
import type { Dashboard, UsageLogin } from '../../core/dashboard/dashboard.ts';
import { relativeTimeChangesIn } from '../../core/model/relativeTime.ts';
import type { UsageTarget } from '../../core/usage/storedQuestions.ts';
import type { UsageReport } from '../../core/usage/usage.ts';
import type { ProfileTarget } from '../target.ts';
import { joined } from '../words/joined.ts';
import { plainText } from '../words/plainText.ts';
import { providerName } from '../words/providers.ts';
import { span } from '../words/time.ts';
import { type UsageWords, usageWords } from '../words/usage.ts';
import type { Openings } from './openings.ts';
import type { PageLogin, PageUsage, PageUsageButton } from './pageModel.ts';

/** What the usage part is made of. */
export interface UsageScene {
  /** A setting says that nothing is asked. */
  readonly isOff: boolean;
  /** Undefined: it was not asked yet. */
  readonly report: (target: UsageTarget) => UsageReport | undefined;
}

/** Pure; absent where no provider tells anything of these logins. */
export function usageOf(
  { dirs, at: now }: Dashboard,
  { isOff, report }: UsageScene,
  idOf: Openings['idOf'],
): PageUsage | undefined {
  const logins = dirs.flatMap(({ dir, logins }) => logins.map((login) => ({ dir, login })));
  if (logins.length === 0) return undefined;
  const title = l10n.t('Usage');
  if (isOff) {
    return {
      title,
      note: l10n.t('Providers are not asked how much is used: a setting says so.'),
      button: button(idOf({ kind: 'usageSetting' }), l10n.t('Show Setting')),
      logins: [],
    };
  }
  const reports = logins.map(({ login }) => report(login.target));
  return {
    title,
    button: refreshButton(idOf({ kind: 'usage' }), reports, now),
    logins: logins.map(({ dir, login }, index) => {
      const told = reports[index];
      return loginOf(dir.path, login, told && usageWords(told, now), idOf);
    }),
  };
}

/** Milliseconds until a relative time in these reports reads differently; undefined if none ever will. */
export function usageWordsChange(
  reports: readonly (UsageReport | undefined)[],
  now: number,
): number | undefined {
  const moments = reports.flatMap((report) => [
    ...(report?.usage
      ? [report.usage.takenAt, ...report.usage.windows.map(({ resetsAt }) => resetsAt ?? 0)]
      : []),
    report?.failure?.kind === 'ended' ? report.failure.since : 0,
    report !== undefined && report.nextAt > now ? report.nextAt : 0,
  ]);
  const waits = moments.filter((at) => at > 0).map((at) => relativeTimeChangesIn(at - now));
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function loginOf(
  stateDir: string,
  { agentId, profile }: UsageLogin,
  text: UsageWords | undefined,
  idOf: Openings['idOf'],
): PageLogin {
  const target: ProfileTarget = {
    ...{ stateDir, agentId, provider: profile.provider, profileId: profile.id },
  };
  const name = plainText(profile.name);
  const detail = joined(' · ', providerName(profile.provider), plainText(text?.plan ?? ''));
  return {
    id: idOf({ kind: 'profile', target }),
    name,
    detail,
    spoken: joined(', ', l10n.t('Usage of {0}', name), detail),
    bars: text?.bars ?? [],
    notes: [text === undefined ? l10n.t('asking…') : (text.age ?? '')].filter((one) => one !== ''),
    ...(text?.failure !== undefined && { failure: plainText(text.failure) }),
  };
}

/** Pressed in vain it would only seem broken: it waits until something can be asked again. */
function refreshButton(
  id: string,
  reports: readonly (UsageReport | undefined)[],
  now: number,
): PageUsageButton {
  const label = l10n.t('Refresh');
  const known = reports.filter((report) => report !== undefined).filter(canBeAsked);
  if (known.length === 0) return { ...button(id, label), isDisabled: true };
  const nextAt = Math.min(...known.map((report) => report.nextAt));
  if (nextAt <= now) return button(id, label);
  const hint = l10n.t('again in {0}', span(nextAt - now));
  return { id, label, isDisabled: true, hint };
}

/** Asking again could bring something: what is missing is not on this machine. */
function canBeAsked({ failure }: UsageReport): boolean {
  switch (failure?.kind) {
    case 'unsupported':
    case 'gone':
    case 'noToken':
    case 'ended':
    case 'badEndpoint':
      return false;
    default:
      return true;
  }
}

function button(id: string, label: string): PageUsageButton {
  return { id, label, isDisabled: false, hint: '' };
}
