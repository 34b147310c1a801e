import { type RangeId, rangeIds } from '../pageModel.ts';

/** What a person set in the page: it outlives being hidden, and a reload of the window. */
export interface PageState {
  readonly range: RangeId;
  /** Groups that show all of their rows. */
  readonly unfolded: readonly string[];
  /** Of the page, in CSS pixels. */
  readonly scroll: number;
  /** Id of what had the focus; empty: nothing of ours. */
  readonly focus: string;
}

const FIRST: PageState = { range: 'week', unfolded: [], scroll: 0, focus: '' };

/** The state that was kept, as far as it makes sense: an older version may have written it. */
export function pageState(kept: unknown): PageState {
  if (typeof kept !== 'object' || kept === null) return FIRST;
  const { range, unfolded, scroll, focus } = kept as Readonly<Record<string, unknown>>;
  return {
    range: rangeIds.find((id) => id === range) ?? FIRST.range,
    unfolded: Array.isArray(unfolded) ? unfolded.filter((id) => typeof id === 'string') : [],
    scroll: typeof scroll === 'number' && Number.isFinite(scroll) ? scroll : 0,
    focus: typeof focus === 'string' ? focus : '',
  };
}
