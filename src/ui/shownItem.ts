import { shown } from './masking.ts';

interface Texts {
  readonly label: string;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
}

/** An entry of a list as it may be shown. */
export function shownItem<Item extends Texts>(item: Item): Item {
  const { label, description, detail } = item;
  return {
    ...item,
    label: shown(label),
    ...(description !== undefined && { description: shown(description) }),
    ...(detail !== undefined && { detail: shown(detail) }),
  };
}
