import type { PageButton, PageEmpty, PageModel, PageNotice, PageSummary } from '../pageModel.ts';
import { drawKeyed, element } from './elements.ts';
import { icon } from './icons.ts';

/** Draws the first sentence, what could not be read, and what there is in place of all else. */
export function drawTop(top: HTMLElement, { summary, notices, empty }: PageModel): void {
  drawKeyed<Part>(
    top,
    [
      { key: 'summary', summary },
      ...notices.map((notice) => ({ key: `notice ${notice.id}`, notice })),
      ...(empty ? [{ key: 'empty', empty }] : []),
    ],
    ({ key }) => key,
    (part) => {
      if ('summary' in part) return summaryOf(part.summary);
      return 'notice' in part ? noticeOf(part.notice) : emptyOf(part.empty);
    },
  );
}

type Part = { readonly key: string } & (
  | { readonly summary: PageSummary }
  | { readonly notice: PageNotice }
  | { readonly empty: PageEmpty }
);

function summaryOf({ text, icon: iconName, tone }: PageSummary): HTMLElement {
  return element('h1', {
    class: `summary tone-${tone}`,
    children: [icon(iconName), element('span', { text })],
  });
}

function noticeOf({ title, detail, button }: PageNotice): HTMLElement {
  return element('div', {
    class: 'notice',
    attributes: { role: 'note' },
    children: [
      icon('warning'),
      element('div', {
        class: 'notice-text',
        children: [
          element('strong', { text: title }),
          element('span', { class: 'quiet', text: detail }),
        ],
      }),
      button && buttonOf(button, 'secondary'),
    ],
  });
}

function emptyOf({ lines, buttons }: PageEmpty): HTMLElement {
  return element('div', {
    class: 'empty',
    children: [
      ...lines.map((text) => element('p', { text })),
      element('div', {
        class: 'buttons',
        children: buttons.map((button, index) => buttonOf(button, index === 0 ? '' : 'secondary')),
      }),
    ],
  });
}

function buttonOf({ id, label }: PageButton, kind: string): HTMLElement {
  return element('button', {
    class: `button ${kind}`,
    text: label,
    attributes: { 'data-open': id, 'data-act': id },
  });
}
