/**
 * Makes many buttons one stop of the Tab key: the arrows, Home and End move between them. In a table,
 * up and down stay in the column.
 */
export function rove(root: HTMLElement, selector: string): void {
  const all = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];
  root.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.matches(selector)) makeStop(all(), target);
  });
  root.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || !target.matches(selector)) return;
    const next = nextOf(key, target, all());
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  });
}

/** After drawing: one of them, the one before if it is still there, is where Tab comes to. */
export function keepStop(root: HTMLElement, selector: string): void {
  const all = [...root.querySelectorAll<HTMLElement>(selector)];
  const before = all.find((one) => one.tabIndex === 0) ?? all[0];
  if (before) makeStop(all, before);
}

function makeStop(all: readonly HTMLElement[], stop: HTMLElement): void {
  for (const one of all) one.tabIndex = one === stop ? 0 : -1;
}

function nextOf(
  key: string,
  from: HTMLElement,
  all: readonly HTMLElement[],
): HTMLElement | undefined {
  const index = all.indexOf(from);
  const cell = from.closest('td');
  const column = cell?.cellIndex;
  const sameColumn = (one: HTMLElement): boolean => one.closest('td')?.cellIndex === column;
  switch (key) {
    case 'ArrowDown':
      return all.slice(index + 1).find(sameColumn);
    case 'ArrowUp':
      return all.slice(0, index).findLast(sameColumn);
    case 'ArrowRight':
      return cell ? all[index + 1] : undefined;
    case 'ArrowLeft':
      return cell ? all[index - 1] : undefined;
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    default:
      return undefined;
  }
}
