import type { FindingsState } from '../../findingIds.ts';

/** What the Findings view has to say as a whole. Each but `rows` is a welcome text, shown where there are no rows. */
export function findingsState(
  rowCount: number,
  hiddenCount: number,
  hasCoderClaw: boolean,
): FindingsState {
  if (rowCount > 0) return 'rows';
  if (!hasCoderClaw) return 'noCoderClaw';
  return hiddenCount > 0 ? 'hidden' : 'nothing';
}
