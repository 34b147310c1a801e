/** What an element is made with; text only ever as text. */
export interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  /** CSS custom properties, set through the object model: the policy allows no style in markup. */
  readonly variables?: Readonly<Record<string, string | number | undefined>>;
  readonly children?: readonly (Node | undefined)[];
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  parts: Parts = {},
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (parts.class !== undefined) made.className = parts.class;
  if (parts.text !== undefined) made.textContent = parts.text;
  for (const [name, value] of Object.entries(parts.attributes ?? {})) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  for (const [name, value] of Object.entries(parts.variables ?? {})) {
    if (value !== undefined) made.style.setProperty(name, String(value));
  }
  for (const child of parts.children ?? []) if (child) made.append(child);
  return made;
}

/** The model of what each drawn element shows, as it was when it was drawn. */
const shown = new WeakMap<Element, string>();

/**
 * Makes `parent` have one child for each item, in their sequence. A child whose item did not change stays
 * the element that it is; a focus within one that is drawn again goes to the same place in the new one.
 */
export function drawKeyed<Item>(
  parent: Element,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  draw: (item: Item) => HTMLElement,
): void {
  const before = new Map<string, Element>();
  for (const child of parent.children) before.set(child.getAttribute('data-key') ?? '', child);
  let place: Element | null = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const json = JSON.stringify(item);
    const old = before.get(key);
    before.delete(key);
    if (old && shown.get(old) === json) {
      if (old === place) place = place.nextElementSibling;
      else keepingFocus(old, () => parent.insertBefore(old, place));
      continue;
    }
    const made = draw(item);
    made.setAttribute('data-key', key);
    shown.set(made, json);
    if (old) {
      if (old === place) place = place.nextElementSibling;
      const focused = focusPath(old);
      old.remove();
      parent.insertBefore(made, place);
      if (focused !== undefined) focusAgain(made, focused);
    } else {
      parent.insertBefore(made, place);
    }
  }
  for (const gone of before.values()) gone.remove();
}

/** Moving an element in the page takes the focus from it. */
function keepingFocus(moved: Element, move: () => void): void {
  const focused = focusPath(moved);
  move();
  if (focused !== undefined) focusAgain(moved, focused);
}

/** By which `data-open` within `root` the focus is known again; undefined where it is elsewhere. */
function focusPath(root: Element): string | undefined {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !root.contains(active)) return undefined;
  return active.dataset['open'] ?? '';
}

function focusAgain(root: Element, id: string): void {
  for (const candidate of root.querySelectorAll<HTMLElement>('[data-open]')) {
    if (candidate.dataset['open'] === id) {
      candidate.focus({ preventScroll: true });
      return;
    }
  }
}
