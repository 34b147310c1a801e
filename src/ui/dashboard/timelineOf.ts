import { l10n } from 'vscode';
import type {
  Dashboard,
  DashboardDir,
  TimelineGroup,
  TimelineRow,
} from '../../core/dashboard/dashboard.ts';
import type { Track, TrackEnd } from '../../core/dashboard/track.ts';
import type { ProfileState } from '../../core/model/profileState.ts';
import type { ProfileTarget } from '../target.ts';
import { agentTitle } from '../words/agents.ts';
import {
  endWords,
  groupWords,
  pauseSpanWords,
  renewedWords,
  signedInWords,
  validWords,
} from '../words/dashboard.ts';
import { joined } from '../words/joined.ts';
import { plainText } from '../words/plainText.ts';
import { elsewhereWords } from '../words/profile.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { stateSentence } from '../words/stateSentence.ts';
import type { Openings } from './openings.ts';
import type { PageGroup, PageMark, PageRow, PageTimeline, Tone } from './pageModel.ts';
import { rangesAt } from './ranges.ts';

/** An agent with many profiles shows so many until a person asks for all; those that need one always. */
const FIRST_ROWS = 12;

const MINUTE = 60_000;

/** Pure: the timeline in finished texts. */
export function timelineOf(
  { dirs, at: now }: Dashboard,
  idOf: Openings['idOf'],
  historyFault: boolean,
): PageTimeline {
  const isSeveral = dirs.length > 1;
  return {
    title: l10n.t('Timeline'),
    rangesLabel: l10n.t('Range of time'),
    ranges: rangesAt(Math.floor(now / MINUTE) * MINUTE),
    // To the minute: what did not change otherwise is not drawn again.
    now: Math.floor(now / MINUTE) * MINUTE,
    groups: dirs.flatMap((dir, place) =>
      dir.groups.map((group) => ({
        // By its place: a path has no business in the page.
        id: `${place} ${group.agentId}${group.agent ? '' : ' shared'}`,
        ...groupOf(dir, group, isSeveral, now, idOf),
      })),
    ),
    legend: [
      { kind: 'now', text: l10n.t('now') },
      { kind: 'valid', text: l10n.t('valid') },
      { kind: 'onward', text: l10n.t('renews itself') },
      { kind: 'renewed', text: l10n.t('renewed') },
      { kind: 'signedIn', text: l10n.t('signed in') },
      { kind: 'pause', text: l10n.t('pause') },
      { kind: 'flag', text: l10n.t('needs you') },
    ],
    hint: l10n.t('Arrow keys move between profiles, Enter shows what can be done.'),
    ...(historyFault && {
      remark: l10n.t(
        'The audit trail could not be read, so renewals and sign-ins of the past are not shown. The log has more.',
      ),
    }),
  };
}

function groupOf(
  { dir }: DashboardDir,
  group: TimelineGroup,
  isSeveral: boolean,
  now: number,
  idOf: Openings['idOf'],
): Omit<PageGroup, 'id'> {
  const { agentId, agent, rows, needPerson } = group;
  const first = Math.max(FIRST_ROWS, needPerson);
  return {
    title: agentId,
    detail: joined(
      ' · ',
      agent ? plainText(agentTitle(agent)) : l10n.t('shared by all agents'),
      agent?.isDefault ? l10n.t('default') : '',
      isSeveral ? plainText(dir.label) : '',
      groupWords(rows.length, needPerson),
    ),
    rows: rows.map((row) => rowOf(dir.path, row, now, idOf)),
    // One that alone is left out takes as much room as the button.
    ...(rows.length > first + 1 && {
      fold: {
        first,
        moreLabel: l10n.t('Show {0} more', rows.length - first),
        lessLabel: l10n.t('Show fewer'),
      },
    }),
  };
}

function rowOf(
  stateDir: string,
  { agentId, profile, track }: TimelineRow,
  now: number,
  idOf: Openings['idOf'],
): PageRow {
  const words = stateWords(profile.state, now);
  const name = plainText(profile.name);
  const provider = providerName(profile.provider);
  const extras = [
    profile.next ? l10n.t('next') : '',
    ...(profile.origin === 'own' ? elsewhereWords(profile) : []),
  ].map(plainText);
  const target: ProfileTarget = {
    ...{ stateDir, agentId, provider: profile.provider, profileId: profile.id },
  };
  const marks = marksOf(track, now);
  return {
    id: idOf({ kind: 'profile', target }),
    name,
    detail: joined(' · ', provider, ...extras),
    state: plainText(words.text),
    icon: words.icon,
    tone: toneOf(profile.state),
    spoken: plainText(joined(', ', l10n.t('Profile {0}', name), provider, ...extras, words.spoken)),
    hover: joined('\n', plainText(profile.id), plainText(stateSentence(profile.state, now))),
    marks,
  };
}

export function toneOf(state: ProfileState): Tone {
  switch (state.kind) {
    case 'renews':
    case 'lasts':
      return 'good';
    case 'ending':
      return 'warn';
    case 'expired':
    case 'dead':
    case 'broken':
      return 'bad';
    case 'hidden':
      return 'dim';
    case 'static':
    case 'retrying':
    case 'cooling':
    case 'disabled':
      return 'plain';
  }
}

/** In the sequence in which they lie upon each other. */
function marksOf(track: Track, now: number): readonly PageMark[] {
  const { valid, renewsFrom, pause, signedInAt, renewals, end } = track;
  const marks: PageMark[] = [];
  if (valid) marks.push({ kind: 'valid', ...placeOf(valid), text: validWords(valid, now) });
  if (renewsFrom !== undefined) {
    const place = renewsFrom === 'now' ? {} : { at: renewsFrom };
    marks.push({ kind: 'onward', ...place, text: l10n.t('Renews itself from then on.') });
  }
  if (pause) {
    marks.push({ kind: 'pause', ...placeOf(pause), text: pauseSpanWords(pause.kind, pause.to) });
  }
  if (signedInAt !== undefined) {
    marks.push({ kind: 'signedIn', at: signedInAt, text: signedInWords(signedInAt) });
  }
  for (const renewal of renewals) {
    marks.push({ kind: 'renewed', at: renewal.at, text: renewedWords(renewal) });
  }
  const ending = endMark(end);
  return ending === undefined ? marks : [...marks, ending];
}

function endMark(end: TrackEnd): PageMark | undefined {
  const text = endWords(end);
  if (text === undefined) return undefined;
  switch (end.kind) {
    case 'renews':
    case 'retries':
      return { kind: 'turn', ...placeOf({ from: end.at }), text };
    case 'person':
      return { kind: 'flag', at: end.at, text };
    default:
      return { kind: 'flag', text };
  }
}

function placeOf({ from, to }: { readonly from?: number | undefined; readonly to?: number }) {
  return { ...(from !== undefined && { at: from }), ...(to !== undefined && { to }) };
}
