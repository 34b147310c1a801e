import type { HostMessage, PageMessage, PageModel } from '../pageModel.ts';
import { drawMatrices } from './drawMatrices.ts';
import { drawTimeline } from './drawTimeline.ts';
import { drawTop } from './drawTop.ts';
import { drawUsage } from './drawUsage.ts';
import { drawKeyed, element } from './elements.ts';
import { type PageState, pageState } from './pageState.ts';
import { keepStop } from './roving.ts';

/** What VS Code gives to a page of its own. */
declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();
const root = document.querySelector<HTMLElement>('#dashboard') ?? document.body;
let state = pageState(vscode.getState());
let model: PageModel | undefined;

/** Keeps what a person set. */
function set(change: Partial<PageState>): void {
  state = { ...state, ...change };
  vscode.setState(state);
}

/** Draws what there is to show; what has not changed since is left as it is. */
function draw(shown: PageModel): void {
  const { timeline, matrices, usage } = shown;
  const titles = { timeline: timeline?.title, matrices: matrices?.title, usage: usage?.title };
  const sections = Object.entries(titles).filter(([, title]) => title !== undefined);
  drawKeyed(
    root,
    [['top'], ...sections],
    ([name = '']) => name,
    ([name, title]) =>
      title === undefined
        ? element('div', { class: 'top' })
        : element('section', { class: name, attributes: { 'aria-label': title } }),
  );
  within('top', (top) => drawTop(top, shown));
  within('timeline', (section) => {
    if (!timeline) return;
    drawTimeline(section, timeline, { state, set: chosen });
    keepStop(section, '.row-name');
  });
  within('matrices', (section) => {
    if (!matrices) return;
    drawMatrices(section, matrices);
    for (const scroller of section.querySelectorAll<HTMLElement>('.scroller')) {
      keepStop(scroller, '.cell[data-open]');
    }
  });
  within('usage', (section) => {
    if (usage) drawUsage(section, usage);
  });
}

function within(name: string, drawIn: (part: HTMLElement) => void): void {
  const part = root.querySelector<HTMLElement>(`:scope > .${name}`);
  if (part) drawIn(part);
}

/** Something that changes what is drawn was set. */
function chosen(change: Partial<PageState>): void {
  set(change);
  if (model) draw(model);
}

/** The focus goes where it was, unless it is somewhere already. */
function focusAgain(): void {
  const { focus } = state;
  if (focus === '' || document.activeElement !== document.body) return;
  for (const candidate of root.querySelectorAll<HTMLElement>('[data-open]')) {
    if (candidate.dataset['open'] !== focus) continue;
    candidate.focus({ preventScroll: true });
    return;
  }
}

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
  if (data.kind !== 'model') return;
  const isFirst = model === undefined;
  model = data.model;
  draw(model);
  root.setAttribute('aria-busy', 'false');
  if (!isFirst) return;
  focusAgain();
  window.scrollTo(0, state.scroll);
});

root.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  const acting = target.closest<HTMLElement>('[data-act]');
  const id = acting?.dataset['act'];
  if (id === undefined) return;
  acting?.querySelector<HTMLElement>('.row-name')?.focus({ preventScroll: true });
  vscode.postMessage({ kind: 'open', id });
});

root.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement) set({ focus: target.dataset['open'] ?? '' });
});

// A page forgets what had the focus when it goes to another frame, as to a list of VS Code's.
window.addEventListener('focus', focusAgain);

window.addEventListener('scroll', () => {
  // The empty page before the first model says nothing of where the person was.
  if (model) set({ scroll: window.scrollY });
});

vscode.postMessage({ kind: 'ready' });
