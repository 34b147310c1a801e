import type { PageCell, PageMatrices, PageMatrix } from '../pageModel.ts';
import { drawKeyed, element } from './elements.ts';
import { icon } from './icons.ts';
import { rove } from './roving.ts';

/** Draws agents and providers as tables with headers; a wide one scrolls within itself. */
export function drawMatrices(section: HTMLElement, matrices: PageMatrices): void {
  const { title, agentLabel, tables } = matrices;
  drawKeyed(
    section,
    [{ id: 'head' }, ...tables],
    ({ id }) => id,
    (part) =>
      'columns' in part ? matrixOf(part, agentLabel, title) : element('h2', { text: title }),
  );
}

function matrixOf({ caption, columns, rows }: PageMatrix, agentLabel: string, title: string) {
  const head = element('tr', {
    children: [agentLabel, ...columns].map((text) =>
      element('th', { text, attributes: { scope: 'col' } }),
    ),
  });
  const body = rows.map(({ title, cells }) =>
    element('tr', {
      children: [
        element('th', { text: title, attributes: { scope: 'row' } }),
        ...cells.map((cell) => element('td', { children: [cellOf(cell)] })),
      ],
    }),
  );
  const table = element('table', {
    children: [
      caption === '' ? undefined : element('caption', { text: caption }),
      element('thead', { children: [head] }),
      element('tbody', { children: body }),
    ],
  });
  if (caption === '') table.setAttribute('aria-label', title);
  const scroller = element('div', { class: 'scroller', children: [table] });
  rove(scroller, '.cell[data-open]');
  return scroller;
}

function cellOf({ id, text, detail, icon: iconName, tone, spoken, hover }: PageCell): HTMLElement {
  const children = [
    iconName === '' ? undefined : icon(iconName),
    element('span', { class: 'name', text }),
    detail === '' ? undefined : element('span', { class: 'quiet', text: detail }),
  ];
  const attributes = { 'aria-label': spoken, title: hover };
  if (id === undefined) {
    return element('span', {
      class: `cell tone-${tone}`,
      attributes: { ...attributes, role: 'img' },
      children,
    });
  }
  return element('button', {
    class: `cell tone-${tone}`,
    attributes: { ...attributes, 'data-open': id, 'data-act': id, tabindex: '-1' },
    children,
  });
}
