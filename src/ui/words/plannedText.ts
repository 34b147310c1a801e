import { basename } from 'node:path';
import { l10n } from 'vscode';
import type { PlannedChange } from '../../core/doctor/plannedChange.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { modeWords } from './modes.ts';

/** A change as two texts that can be compared. Secrets are masked. */
export interface PlannedText {
  /** The file that changes. Absolute path. */
  readonly path: string;
  /** A few words of what happens to it, with its name. */
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

export function plannedText(change: PlannedChange): PlannedText {
  const { path } = change;
  const name = shownKey(basename(path));
  switch (change.kind) {
    case 'text': {
      const { before, after, isExcerpt } = change;
      const title =
        before === undefined
          ? l10n.t('{0} (new)', name)
          : isExcerpt
            ? l10n.t('{0} (what changes)', name)
            : name;
      return { path, title, before: before ?? '', after };
    }
    case 'mode':
      return {
        ...{ path, title: l10n.t('{0} (permissions)', name) },
        before: permissions(path, change.before),
        after: permissions(path, change.after),
      };
    case 'removed':
      return {
        ...{ path, title: l10n.t('{0} (removed)', name) },
        before: `${l10n.t('There is {0}, and in it:', path)}\n\n${change.before}\n`,
        after: `${l10n.t('There is no {0}.', path)}\n`,
      };
    case 'renamed':
      return {
        ...{ path, title: l10n.t('{0} (renamed)', name) },
        before: `${path}\n`,
        after: `${l10n.t('{0} and the time of day', change.to)}\n`,
      };
  }
}

/** Who may do what, line by line, so that a comparison shows what is taken from whom. */
function permissions(path: string, mode: number): string {
  const lines = [
    l10n.t('Who may do what with it:'),
    path,
    '',
    l10n.t('you:          {0}', allowed(mode >> 6)),
    l10n.t('your group:   {0}', allowed(mode >> 3)),
    l10n.t('other users:  {0}', allowed(mode)),
    '',
    l10n.t('mode: {0}', modeWords(mode)),
  ];
  return `${lines.join('\n')}\n`;
}

function allowed(bits: number): string {
  const may = [
    ...((bits & 4) === 0 ? [] : [l10n.t('read')]),
    ...((bits & 2) === 0 ? [] : [l10n.t('write')]),
    ...((bits & 1) === 0 ? [] : [l10n.t('enter or run')]),
  ];
  return may.length === 0 ? l10n.t('nothing') : may.join(', ');
}
