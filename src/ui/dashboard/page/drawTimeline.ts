import type {
  PageGroup,
  PageLegend,
  PageMark,
  PageRange,
  PageRow,
  PageTimeline,
} from '../pageModel.ts';
import { drawKeyed, element } from './elements.ts';
import { flag, icon } from './icons.ts';
import type { PageState } from './pageState.ts';
import { rove } from './roving.ts';

/** How the timeline is set, and what it is told when a person sets it otherwise. */
export interface TimelineSetting {
  readonly state: PageState;
  readonly set: (change: Partial<PageState>) => void;
}

/** Numbers of CSS are small: minutes since then. */
const EPOCH = Date.UTC(2025, 0, 1);

function minutes(at: number): number {
  return (at - EPOCH) / 60_000;
}

/**
 * Draws the timeline into its section. Marks stand by the moment that they mark, and the range by custom
 * properties of the whole: when only time goes by, or another range is chosen, no row is touched.
 */
export function drawTimeline(
  section: HTMLElement,
  timeline: PageTimeline,
  setting: TimelineSetting,
): void {
  const range = timeline.ranges.find(({ id }) => id === setting.state.range) ?? timeline.ranges[0];
  if (range === undefined) return;
  for (const [name, at] of [
    ['--from', minutes(range.from)],
    ['--span', (range.to - range.from) / 60_000],
    ['--now', minutes(timeline.now)],
  ] as const) {
    section.style.setProperty(name, String(at));
  }
  drawKeyed(
    section,
    partsOf(timeline),
    ({ key }) => key,
    (part) => partOf(part, setting),
  );
  for (const input of section.querySelectorAll<HTMLInputElement>('input[name="range"]')) {
    input.checked = input.value === range.id;
  }
  drawRuler(section, range);
  drawGroups(section, timeline.groups, setting);
}

/** What the section is made of; what a part shows of its own is drawn again when it changes. */
type Part =
  | ({ readonly key: 'head' } & Pick<PageTimeline, 'title' | 'rangesLabel'> & {
        readonly choices: readonly Pick<PageRange, 'id' | 'label'>[];
      })
  | { readonly key: 'hint'; readonly hint: string }
  | { readonly key: 'body' }
  | ({ readonly key: 'foot' } & Pick<PageTimeline, 'legend' | 'remark'>);

function partsOf({ title, rangesLabel, ranges, hint, legend, remark }: PageTimeline): Part[] {
  const choices = ranges.map(({ id, label }) => ({ id, label }));
  return [
    { key: 'head', title, rangesLabel, choices },
    { key: 'hint', hint },
    { key: 'body' },
    { key: 'foot', legend, ...(remark !== undefined && { remark }) },
  ];
}

function partOf(part: Part, setting: TimelineSetting): HTMLElement {
  switch (part.key) {
    case 'head':
      return headOf(part.title, part.rangesLabel, part.choices, setting);
    case 'hint':
      return element('p', {
        class: 'unseen',
        text: part.hint,
        attributes: { id: 'timeline-hint' },
      });
    case 'body':
      return bodyOf();
    case 'foot':
      return footOf(part.legend, part.remark);
  }
}

function headOf(
  title: string,
  label: string,
  ranges: readonly Pick<PageRange, 'id' | 'label'>[],
  { set }: TimelineSetting,
): HTMLElement {
  const choices = ranges.map(({ id, label }) => {
    const input = element('input', { attributes: { type: 'radio', name: 'range', value: id } });
    input.addEventListener('change', () => set({ range: id }));
    return element('label', {
      class: 'choice',
      children: [input, element('span', { text: label })],
    });
  });
  return element('header', {
    class: 'section-head',
    children: [
      element('h2', { text: title }),
      element('div', {
        class: 'choices',
        attributes: { role: 'radiogroup', 'aria-label': label },
        children: choices,
      }),
    ],
  });
}

function bodyOf(): HTMLElement {
  const groups = element('div', { class: 'groups' });
  rove(groups, '.row-name');
  return element('div', {
    class: 'timeline-body',
    children: [
      element('div', {
        class: 'ruler',
        attributes: { 'aria-hidden': 'true' },
        children: [element('div', { class: 'ticks' })],
      }),
      element('div', { class: 'lines', attributes: { 'aria-hidden': 'true' } }),
      groups,
    ],
  });
}

function drawRuler(section: HTMLElement, { ticks }: PageRange): void {
  const ruler = section.querySelector('.ticks');
  const lines = section.querySelector('.lines');
  if (!ruler || !lines) return;
  const now = { at: undefined, text: '' };
  const keyOf = ({ at }: { readonly at: number | undefined }): string => String(at ?? 'now');
  const place = (at: number | undefined) => ({
    '--at': at === undefined ? 'var(--now)' : minutes(at),
  });
  drawKeyed(ruler, [...ticks, now], keyOf, ({ at, text }) =>
    element('span', {
      class: at === undefined ? 'tick tick-now' : 'tick',
      text,
      variables: place(at),
    }),
  );
  drawKeyed(lines, [...ticks, now], keyOf, ({ at }) =>
    element('span', { class: at === undefined ? 'line line-now' : 'line', variables: place(at) }),
  );
}

function drawGroups(
  section: HTMLElement,
  groups: readonly PageGroup[],
  { state, set }: TimelineSetting,
): void {
  const parent = section.querySelector('.groups');
  if (!parent) return;
  // By what does not change: what stands in a group is drawn piece by piece, so that focus stays.
  const frames = groups.map(({ id, title }) => ({ id, title }));
  drawKeyed(parent, frames, ({ id }) => id, frameOf);
  for (const [index, { id, detail, rows, fold }] of groups.entries()) {
    const drawn = parent.children[index];
    const [quiet, list, more] = ['h3 .quiet', '.rows', '.more'].map((one) =>
      drawn?.querySelector<HTMLElement>(one),
    );
    if (!quiet || !list || !more) continue;
    quiet.textContent = detail;
    const isUnfolded = state.unfolded.includes(id);
    const shown = fold && !isUnfolded ? rows.slice(0, fold.first) : rows;
    drawKeyed(list, shown, (row) => row.id, rowOf);
    more.hidden = fold === undefined;
    more.textContent = (isUnfolded ? fold?.lessLabel : fold?.moreLabel) ?? '';
    more.setAttribute('aria-expanded', String(isUnfolded));
    more.onclick = () => {
      const others = state.unfolded.filter((one) => one !== id);
      set({ unfolded: isUnfolded ? others : [...others, id] });
    };
  }
}

function frameOf({ id, title }: Pick<PageGroup, 'id' | 'title'>): HTMLElement {
  return element('section', {
    class: 'group',
    attributes: { 'aria-label': title },
    children: [
      element('h3', {
        children: [element('span', { text: title }), element('span', { class: 'quiet' })],
      }),
      element('ul', {
        class: 'rows',
        attributes: { 'aria-label': title, 'aria-describedby': 'timeline-hint' },
      }),
      element('button', { class: 'more', attributes: { 'data-open': `more ${id}` } }),
    ],
  });
}

function rowOf({ id, name, detail, state, icon: iconName, tone, spoken, hover, marks }: PageRow) {
  return element('li', {
    class: `row tone-${tone}`,
    attributes: { 'data-act': id },
    children: [
      element('button', {
        class: 'row-name',
        attributes: { 'data-open': id, 'aria-label': spoken, title: hover, tabindex: '-1' },
        children: [
          icon(iconName),
          element('span', { class: 'name', text: name }),
          element('span', { class: 'quiet', text: detail }),
        ],
      }),
      element('div', { class: 'track', children: marks.map(markOf) }),
      element('span', {
        class: 'row-state',
        attributes: { 'aria-hidden': 'true', title: hover },
        children: [icon(iconName), element('span', { text: state })],
      }),
    ],
  });
}

function markOf({ kind, at, to, text }: PageMark): HTMLElement {
  const isOpen = to === undefined && (kind === 'valid' || kind === 'onward');
  return element('span', {
    class: `mark ${kind}${isOpen ? ' open' : ''}`,
    attributes: { role: 'img', 'aria-label': text, title: text },
    variables: {
      '--at': at === undefined ? 'var(--now)' : minutes(at),
      '--to': to === undefined ? undefined : minutes(to),
    },
    children: [kind === 'flag' ? flag() : undefined],
  });
}

function footOf(legend: readonly PageLegend[], remark: string | undefined): HTMLElement {
  const entries = legend.map(({ kind, text }) =>
    element('li', {
      children: [
        element('span', {
          class: 'sample',
          attributes: { 'aria-hidden': 'true' },
          children: [
            element('span', {
              class: `mark ${kind}`,
              children: [kind === 'flag' ? flag() : undefined],
            }),
          ],
        }),
        element('span', { text }),
      ],
    }),
  );
  return element('footer', {
    children: [
      element('ul', { class: 'legend', children: entries }),
      remark === undefined ? undefined : element('p', { class: 'quiet', text: remark }),
    ],
  });
}
