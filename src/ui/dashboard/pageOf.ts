import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Dashboard } from '../../core/dashboard/dashboard.ts';
import type { StateDirSnapshot, StoreSnapshot } from '../../core/model/snapshot.ts';
import { summaryWords } from '../words/dashboard.ts';
import { plainText } from '../words/plainText.ts';
import { storeWords, unreadableWords } from '../words/store.ts';
import { matricesOf } from './matricesOf.ts';
import type { Openings } from './openings.ts';
import type { PageButton, PageEmpty, PageModel, PageNotice, PageSummary } from './pageModel.ts';
import { timelineOf } from './timelineOf.ts';
import { type UsageScene, usageOf } from './usageOf.ts';

export interface PageScene {
  readonly dashboard: Dashboard;
  /** Where CoderClaw was looked for. */
  readonly lookedIn: readonly string[];
  /** An audit trail could not be read. */
  readonly historyFault: boolean;
  readonly usage: UsageScene;
}

/**
 * Pure, but for the ids that it gives out: the page of a dashboard. What others wrote is made plain here.
 */
export function pageOf(scene: PageScene, openings: Openings): PageModel {
  const { dashboard, historyFault } = scene;
  const { idOf } = openings;
  openings.begin();
  const title = l10n.t('CoderClaw Dashboard');
  const dirs = dashboard.dirs.map(({ dir }) => dir);
  const notices = dirs.flatMap((dir, place) => noticesOf(dir, place, dirs.length > 1, idOf));
  const summary = summaryOf(dashboard, notices.length);
  if (dirs.length === 0) {
    return { title, summary, notices, empty: noCoderClaw(scene.lookedIn, idOf) };
  }
  const hasProfiles = dashboard.dirs.some(({ matrix }) => matrix.providers.length > 0);
  if (!hasProfiles) {
    // What stands in a store that cannot be read is not known: it is not said that there is nothing.
    const isKnown = notices.length === 0;
    return { title, summary, notices, ...(isKnown && { empty: noProfile(idOf) }) };
  }
  const usage = usageOf(dashboard, scene.usage, idOf);
  return {
    ...{ title, summary, notices },
    timeline: timelineOf(dashboard, idOf, historyFault),
    matrices: matricesOf(dashboard, idOf),
    ...(usage && { usage }),
  };
}

function summaryOf(dashboard: Dashboard, notices: number): PageSummary {
  const { summary } = dashboard;
  const text = summaryText(dashboard);
  if (summary.needPerson > 0) return { text, icon: 'warning', tone: 'warn' };
  if (notices > 0 || summary.profiles === 0) return { text, icon: 'info', tone: 'plain' };
  return { text, icon: 'pass', tone: 'good' };
}

function summaryText({ summary, dirs, at }: Dashboard): string {
  if (dirs.length === 0) return l10n.t('CoderClaw was not found on this machine.');
  if (summary.profiles > 0) return summaryWords(summary, at);
  const stores = dirs.flatMap(({ dir }) => dir.agents.map(({ store }) => store));
  return stores.every(({ kind }) => kind === 'whole' || kind === 'absent')
    ? l10n.t('No agent is signed in yet.')
    : l10n.t('Which profiles there are is not known.');
}

function noticesOf(
  dir: StateDirSnapshot,
  place: number,
  isSeveral: boolean,
  idOf: Openings['idOf'],
): readonly PageNotice[] {
  const { config, path: stateDir, label } = dir;
  const where = isSeveral ? `${label} ` : '';
  const notices: PageNotice[] = [];
  if (config.kind === 'invalid' || config.kind === 'unreadable') {
    const detail = config.kind === 'invalid' ? config.detail : unreadableWords(config.errno);
    notices.push({
      id: `config ${place}`,
      title: plainText(l10n.t('The config of {0} cannot be read: {1}', label, detail)),
      detail: l10n.t('Order and hidden profiles are shown as if there were no config.'),
      button: {
        id: idOf({ kind: 'command', command: commands.configOpen, target: { stateDir } }),
        label: l10n.t('Show File'),
      },
    });
  }
  for (const { id: agentId, store } of dir.agents) {
    const words = storeWords(store);
    if (words === undefined) continue;
    const button = buttonOf(store, { stateDir, agentId }, idOf);
    notices.push({
      id: `store ${place} ${agentId}`,
      title: plainText(`${where}${agentId}: ${words.label} (${words.detail})`),
      detail: words.consequence,
      ...(button && { button }),
    });
  }
  return notices;
}

function buttonOf(
  store: StoreSnapshot,
  target: { readonly stateDir: string; readonly agentId: string },
  idOf: Openings['idOf'],
): PageButton | undefined {
  switch (store.kind) {
    case 'unplaced':
      return undefined;
    case 'absent':
      return {
        id: idOf({ kind: 'command', command: commands.legacyImport, target }),
        label: l10n.t('Import…'),
      };
    default:
      return {
        id: idOf({ kind: 'command', command: commands.storeOpen, target }),
        label: l10n.t('Show File'),
      };
  }
}

function noCoderClaw(lookedIn: readonly string[], idOf: Openings['idOf']): PageEmpty {
  return {
    lines: [
      l10n.t('A state folder of CoderClaw was looked for in:'),
      ...lookedIn.map((path) => plainText(path)),
    ],
    buttons: [
      {
        id: idOf({ kind: 'command', command: commands.stateFolderChoose }),
        label: l10n.t('Choose State Folder…'),
      },
      { id: idOf({ kind: 'command', command: commands.viewRefresh }), label: l10n.t('Look Again') },
    ],
  };
}

function noProfile(idOf: Openings['idOf']): PageEmpty {
  return {
    lines: [l10n.t('Sign in once, and CoderClaw uses your ChatGPT subscription.')],
    buttons: [
      {
        id: idOf({ kind: 'command', command: commands.profileSignIn }),
        label: l10n.t('Sign In to ChatGPT'),
      },
      {
        id: idOf({ kind: 'command', command: commands.profileAdd }),
        label: l10n.t('Add Another Way…'),
      },
    ],
  };
}
