/**
 * What the page draws: finished texts and numbers, as the host posts them. Nothing in it is a secret, and
 * nothing in it acts: what can be opened has an id that means something to the host alone. All times are
 * milliseconds since the epoch.
 */
export interface PageModel {
  readonly title: string;
  readonly summary: PageSummary;
  /** Files that could not be read, and what follows from that. */
  readonly notices: readonly PageNotice[];
  /** In place of all that follows, where there is nothing to draw. */
  readonly empty?: PageEmpty;
  readonly timeline?: PageTimeline;
  readonly matrices?: PageMatrices;
  readonly usage?: PageUsage;
}

/** How something is coloured; its icon or its words say the same. */
export type Tone = 'good' | 'plain' | 'warn' | 'bad' | 'dim';

export interface PageSummary {
  readonly text: string;
  readonly icon: string;
  readonly tone: Tone;
}

export interface PageButton {
  readonly id: string;
  readonly label: string;
}

export interface PageNotice {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly button?: PageButton;
}

export interface PageEmpty {
  readonly lines: readonly string[];
  readonly buttons: readonly PageButton[];
}

export interface PageTimeline {
  readonly title: string;
  readonly rangesLabel: string;
  readonly ranges: readonly PageRange[];
  /** Where the line for now stands: to the minute. */
  readonly now: number;
  readonly groups: readonly PageGroup[];
  readonly legend: readonly PageLegend[];
  /** How to move about, for screen readers. */
  readonly hint: string;
  /** What is not drawn, and why. */
  readonly remark?: string;
}

export const rangeIds = ['day', 'week', 'year'] as const;
export type RangeId = (typeof rangeIds)[number];

/** A stretch of time that the timeline can show. */
export interface PageRange {
  readonly id: RangeId;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface PageGroup {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly rows: readonly PageRow[];
  /** Where there are many: only the first ones stand there until a person asks for all. */
  readonly fold?: PageFold;
}

export interface PageFold {
  readonly first: number;
  readonly moreLabel: string;
  readonly lessLabel: string;
}

export interface PageRow {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly state: string;
  readonly icon: string;
  readonly tone: Tone;
  /** The whole row as a sentence. */
  readonly spoken: string;
  readonly hover: string;
  readonly marks: readonly PageMark[];
}

/**
 * - `valid`: it works in this time; `onward`: from then on it renews itself; `pause`: not used meanwhile;
 * - `signedIn`, `renewed`: what was seen to happen; `turn`: it renews itself, or tries to;
 * - `flag`: a person is needed.
 */
export type MarkKind = 'valid' | 'onward' | 'pause' | 'signedIn' | 'renewed' | 'turn' | 'flag';

export interface PageMark {
  readonly kind: MarkKind;
  /** Absent: at the line for now. */
  readonly at?: number;
  /** Of a stretch: where it ends; absent where no end is known. */
  readonly to?: number;
  readonly text: string;
}

export interface PageLegend {
  readonly kind: MarkKind | 'now';
  readonly text: string;
}

export interface PageMatrices {
  readonly title: string;
  readonly agentLabel: string;
  readonly tables: readonly PageMatrix[];
}

export interface PageMatrix {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly title: string;
    readonly cells: readonly PageCell[];
  }[];
}

export interface PageCell {
  /** Absent: there is nothing to open. */
  readonly id?: string;
  readonly text: string;
  readonly detail: string;
  readonly icon: string;
  readonly tone: Tone;
  readonly spoken: string;
  readonly hover: string;
}

export interface PageUsage {
  readonly title: string;
  /** What there is to say in place of numbers. */
  readonly note?: string;
  readonly button?: PageUsageButton;
  readonly logins: readonly PageLogin[];
}

export interface PageUsageButton extends PageButton {
  readonly isDisabled: boolean;
  /** When it can be pressed again. */
  readonly hint: string;
}

export interface PageLogin {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly spoken: string;
  readonly bars: readonly PageBar[];
  readonly notes: readonly string[];
  readonly failure?: string;
}

export interface PageBar {
  readonly label: string;
  /** 0 to 100. */
  readonly percent: number;
  /** The same in words. */
  readonly value: string;
  readonly resets?: string;
  readonly spoken: string;
}

/** From the host to the page. */
export interface HostMessage {
  readonly kind: 'model';
  readonly model: PageModel;
}

/** From the page to the host: `ready` asks for the model, `open` names what a person wants to act on. */
export type PageMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open'; readonly id: string };
