import type { PageBar, PageLogin, PageUsage } from '../pageModel.ts';
import { drawKeyed, element } from './elements.ts';

/** From here on a limit is nearly reached. Its percentage says the same. */
const NEARLY = 90;

/** Draws how much of each login is used. */
export function drawUsage(section: HTMLElement, usage: PageUsage): void {
  drawKeyed(section, partsOf(usage), ({ key }) => key, partOf);
  const list = section.querySelector('.logins');
  if (list) drawKeyed(list, usage.logins, ({ id }) => id, loginOf);
}

type Part =
  | ({ readonly key: 'head' } & Pick<PageUsage, 'title' | 'button'>)
  | { readonly key: 'note'; readonly note: string }
  | { readonly key: 'logins' };

function partsOf({ title, button, note }: PageUsage): Part[] {
  return [
    { key: 'head', title, ...(button && { button }) },
    ...(note === undefined ? [] : [{ key: 'note' as const, note }]),
    { key: 'logins' },
  ];
}

function partOf(part: Part): HTMLElement {
  switch (part.key) {
    case 'head':
      return headOf(part.title, part.button);
    case 'note':
      return element('p', { class: 'quiet', text: part.note });
    case 'logins':
      return element('ul', { class: 'logins' });
  }
}

function headOf(title: string, button: PageUsage['button']): HTMLElement {
  return element('header', {
    class: 'section-head',
    children: [
      element('h2', { text: title }),
      button && button.hint !== ''
        ? element('span', { class: 'quiet', text: button.hint })
        : undefined,
      button &&
        element('button', {
          class: 'button secondary',
          text: button.label,
          attributes: {
            'data-open': button.id,
            // Not `disabled`: it stays where it is for the keyboard, and can say when it is of use again.
            'aria-disabled': String(button.isDisabled),
            ...(button.isDisabled ? { title: button.hint } : { 'data-act': button.id }),
          },
        }),
    ],
  });
}

function loginOf({ id, name, detail, spoken, bars, notes, failure }: PageLogin): HTMLElement {
  return element('li', {
    class: 'login',
    children: [
      element('button', {
        class: 'login-name',
        attributes: { 'data-open': `usage ${id}`, 'data-act': id, 'aria-label': spoken },
        children: [
          element('span', { class: 'name', text: name }),
          element('span', { class: 'quiet', text: detail }),
        ],
      }),
      ...bars.map(barOf),
      failure === undefined ? undefined : element('p', { class: 'failure', text: failure }),
      ...notes.map((text) => element('p', { class: 'quiet note', text })),
    ],
  });
}

function barOf({ label, percent, value, resets, spoken }: PageBar): HTMLElement {
  const meter = element('div', {
    class: percent >= NEARLY ? 'meter nearly' : 'meter',
    attributes: {
      role: 'meter',
      'aria-label': label,
      'aria-valuemin': '0',
      'aria-valuemax': '100',
      'aria-valuenow': String(percent),
      'aria-valuetext': spoken,
    },
    variables: { '--value': percent },
    children: [element('span', { class: 'filled' })],
  });
  return element('div', {
    class: 'bar',
    children: [
      element('span', { class: 'bar-label', text: label, attributes: { 'aria-hidden': 'true' } }),
      element('span', {
        class: 'bar-percent',
        text: value,
        attributes: { 'aria-hidden': 'true' },
      }),
      meter,
      resets === undefined
        ? undefined
        : element('span', {
            class: 'quiet bar-resets',
            text: resets,
            attributes: { 'aria-hidden': 'true' },
          }),
    ],
  });
}
