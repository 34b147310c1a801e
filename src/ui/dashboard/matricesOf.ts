import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Dashboard, DashboardDir } from '../../core/dashboard/dashboard.ts';
import type { MatrixCell } from '../../core/dashboard/matrix.ts';
import { cellSentence, cellWords } from '../words/dashboard.ts';
import { joined } from '../words/joined.ts';
import { plainText } from '../words/plainText.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import type { Openings } from './openings.ts';
import type { PageCell, PageMatrices } from './pageModel.ts';
import { toneOf } from './timelineOf.ts';

/** Pure: agents and providers as tables, one for each state folder that has both. */
export function matricesOf({ dirs, at: now }: Dashboard, idOf: Openings['idOf']): PageMatrices {
  const isSeveral = dirs.length > 1;
  return {
    title: l10n.t('Agents and providers'),
    agentLabel: l10n.t('Agent'),
    tables: dirs
      .filter(({ matrix }) => matrix.providers.length > 0)
      .map(({ dir, matrix }, place) => ({
        id: String(place),
        caption: isSeveral ? plainText(dir.label) : '',
        columns: matrix.providers.map(providerName),
        rows: matrix.rows.map(({ agentId, cells }) => ({
          title: agentId,
          cells: cells.map((cell) => cellOf(dir, agentId, cell, now, idOf)),
        })),
      })),
  };
}

function cellOf(
  { path: stateDir }: DashboardDir['dir'],
  agentId: string,
  cell: MatrixCell,
  now: number,
  idOf: Openings['idOf'],
): PageCell {
  const { provider, kind, count, lead, needPerson } = cell;
  const name = providerName(provider);
  const text = cellWords(kind);
  const sentence = plainText(cellSentence(cell));
  if (lead === undefined) {
    const target = { stateDir, agentId };
    return {
      ...(kind === 'missing' && {
        id: idOf({ kind: 'command', command: commands.profileAdd, target }),
      }),
      ...{ text, detail: '', icon: '', tone: 'dim' },
      spoken: joined(' ', l10n.t('{0} at {1}:', name, agentId), sentence),
      hover: kind === 'missing' ? l10n.t('{0} Add a profile…', sentence) : sentence,
    };
  }
  const words = stateWords(lead.state, now);
  const several = count > 1 ? l10n.t('{0} profiles', count) : '';
  const needing =
    count === 1 || needPerson === 0
      ? ''
      : needPerson === 1
        ? l10n.t('1 of them needs you')
        : l10n.t('{0} of them need you', needPerson);
  return {
    id: idOf({ kind: 'provider', target: { stateDir, agentId, provider } }),
    text: joined(' · ', text, several),
    detail: plainText(words.text),
    icon: words.icon,
    tone: toneOf(lead.state),
    spoken: plainText(
      joined(
        ' ',
        l10n.t('{0} at {1}:', name, agentId),
        joined(', ', text, words.spoken, several, needing),
      ),
    ),
    hover: joined('\n', sentence, joined(', ', several, needing)),
  };
}
