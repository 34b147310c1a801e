import { l10n, ProgressLocation, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import { Cancelled, type Clock } from '../../core/clock.ts';
import type { Custody } from '../../core/custody/custody.ts';
import { KnownError } from '../../core/errors.ts';
import { type RenewableLogin, renewableLogins } from '../../core/model/refreshDue.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { writable } from '../../core/model/writable.ts';
import { keepFresh } from '../keepFresh.ts';
import type { Notifications } from '../notifications.ts';
import type { RenewalNotices } from '../renewalNotices.ts';
import type { Target } from '../target.ts';
import { messageText, plainText, statusText } from '../words/plainText.ts';
import { refreshAllWords, refreshWords } from '../words/refresh.ts';
import { type AgentPlace, locateAgent, locateProfile, type ProfilePlace } from './locate.ts';
import { pickAgent, pickProfile, tellGone } from './pickers.ts';
import { type Refresh, refreshAll } from './refreshAll.ts';
import type { CommandHandlers } from './register.ts';

export interface RefreshCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly look: () => Promise<Snapshot>;
  /** Loaded when first used. */
  readonly keeper: () => Promise<{
    readonly custody: Pick<Custody, 'refresh' | 'renews'>;
    readonly notices: Pick<RenewalNotices, 'answered' | 'waysOn'>;
  }>;
  readonly clock: Clock;
  readonly notifications: Notifications;
}

/** Renewing what a person asks for, due or not. */
export function refreshCommands(parts: RefreshCommandParts) {
  const { notifications } = parts;
  return {
    [commands.profileRefreshNow]: async (target: Target | undefined) => {
      const snapshot = await parts.snapshot();
      const named = locateProfile(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const place =
        named.kind === 'found'
          ? named.place
          : await pickProfile(snapshot, l10n.t('Refresh Now'), isRenewable);
      if (place) await refreshOne(parts, place);
      else notifications.told(l10n.t('There is no profile here for that.'));
    },

    [commands.agentRefreshNow]: async (target: Target | undefined) => {
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const place =
        named.kind === 'found' ? named.place : await pickAgent(snapshot, l10n.t('Refresh All Now'));
      if (place) await refreshAgent(parts, place);
      else notifications.told(l10n.t('There is no profile here for that.'));
    },
  } satisfies Partial<CommandHandlers>;
}

function refreshBy(custody: Pick<Custody, 'refresh'>): Refresh {
  return (request, signal) => custody.refresh(request, signal);
}

/** A refresh that failed comes up again by itself. */
function triesAgain(): boolean {
  return keepFresh() === 'early';
}

function isRenewable({ dir, agent, profile }: ProfilePlace): boolean {
  return profile.renewal !== undefined && profile.origin === 'own' && writable(dir, agent);
}

async function refreshOne(parts: RefreshCommandParts, place: ProfilePlace): Promise<void> {
  const { id: profileId, provider } = place.profile;
  const login = loginOf(place);
  const { custody, notices } = await parts.keeper();
  if (login === undefined || !(await custody.renews(provider))) {
    throw new KnownError('refresh.unsupported', { profileId, provider });
  }
  const title = l10n.t('Refreshing {0}…', profileId);
  const [outcome] = await withProgress(title, (signal) =>
    refreshAll([login], refreshBy(custody), signal, () => {}),
  );
  await parts.look();
  if (outcome === undefined) return;
  if ('fault' in outcome) throw outcome.fault;
  const { result } = outcome;
  const words = refreshWords(profileId, result, parts.clock.now(), triesAgain());
  if (words.tone === 'quiet') window.setStatusBarMessage(statusText(words.text), 6000);
  else notices.answered(login, result, words);
}

async function refreshAgent(parts: RefreshCommandParts, place: AgentPlace): Promise<void> {
  const { dir, agent } = place;
  const own = [...renewableLogins({ stateDirs: [{ ...dir, agents: [agent] }] }).values()];
  const { custody, notices } = await parts.keeper();
  const renewed = await Promise.all(own.map(({ provider }) => custody.renews(provider)));
  const logins = own.filter((_, index) => renewed[index]);
  if (logins.length === 0) {
    parts.notifications.told(l10n.t('{0} has no sign-in that renews itself.', agent.id));
    return;
  }
  const title = l10n.t('Refreshing the sign-ins of {0}', agent.id);
  const outcomes = await withProgress(title, (signal, report) =>
    refreshAll(logins, refreshBy(custody), signal, report),
  );
  await parts.look();
  const words = refreshAllWords(agent.id, outcomes, parts.clock.now(), triesAgain());
  if (words.tone === 'quiet') {
    window.setStatusBarMessage(statusText(words.text), 6000);
    return;
  }
  const dead = logins.filter((_, index) => {
    const outcome = outcomes[index];
    return outcome !== undefined && 'result' in outcome && outcome.result.kind === 'dead';
  });
  parts.notifications.warned(words.text, ...notices.waysOn(dead));
}

/** The login of a profile, at this very place. */
function loginOf({ dir, agent, provider, profile }: ProfilePlace): RenewableLogin | undefined {
  const only = { ...agent, providers: [{ ...provider, profiles: [profile] }] };
  const [login] = renewableLogins({ stateDirs: [{ ...dir, agents: [only] }] }).values();
  return login;
}

/** Shows that it takes a while; the person can stop waiting. */
async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (profileId: string) => void) => Promise<T>,
): Promise<T> {
  const waiting = new AbortController();
  return await window.withProgress(
    { location: ProgressLocation.Notification, title: messageText(title), cancellable: true },
    async (progress, cancelled) => {
      cancelled.onCancellationRequested(() => waiting.abort(new Cancelled()));
      return await work(waiting.signal, (message) =>
        progress.report({ message: plainText(message) }),
      );
    },
  );
}
