import type { PageMessage } from './pageModel.ts';

/** Ids are ours and short. */
const LONGEST_ID = 40;

/** What a page said, if it is something that a page can say: it is as little trusted as a file. */
export function readPageMessage(value: unknown): PageMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const kind: unknown = Reflect.get(value, 'kind');
  if (kind === 'ready') return { kind };
  if (kind !== 'open') return undefined;
  const id: unknown = Reflect.get(value, 'id');
  return typeof id === 'string' && id.length <= LONGEST_ID ? { kind, id } : undefined;
}
