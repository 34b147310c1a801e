import type { Finding } from '../../core/doctor/finding.ts';

/** The file or folder to open for a finding, absolute path; undefined where there is none to be seen. */
export function shownPath({ code, facts, where }: Finding): string | undefined {
  switch (code) {
    case 'legacy.pending':
      return facts.legacyPaths[0];
    case 'store.unplaced':
      // It takes the config literally: nothing lies there.
      return undefined;
    default:
      return where.path;
  }
}

/** Ids and keys that stand in the file of a finding where it is about, the surest first. */
export function wordsToFind(finding: Finding): readonly string[] {
  switch (finding.code) {
    case 'order.ghosts':
      return finding.facts.ids;
    case 'sessions.stalePins':
      return finding.facts.pins.map(({ sessionKey }) => sessionKey);
    case 'config.refused':
      return finding.facts.flaws.flatMap(({ key }) => key.split('.').slice(-1));
    default: {
      const { profileId } = finding.where;
      return profileId === undefined ? [] : [profileId];
    }
  }
}

/** Where one of the words stands first, in quotes or as a key; undefined where none does. An offset. */
export function placeInText(text: string, words: readonly string[]): number | undefined {
  for (const word of words) {
    for (const spelling of [`"${word}"`, `'${word}'`, `${word}:`]) {
      const offset = text.indexOf(spelling);
      if (offset !== -1) return offset;
    }
  }
  return undefined;
}
