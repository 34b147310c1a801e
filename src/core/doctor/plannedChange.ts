import { isDeepStrictEqual } from 'node:util';

/** What a repair would do to one file, to be shown before it is done. Secrets are masked. Absolute paths. */
export type PlannedChange =
  | TextChange
  /** Permission bits, e.g. 0o644. */
  | {
      readonly kind: 'mode';
      readonly path: string;
      readonly before: number;
      readonly after: number;
    }
  /** The file goes. */
  | { readonly kind: 'removed'; readonly path: string; readonly before: string }
  /** The file is kept under another name, which begins with `to`. */
  | { readonly kind: 'renamed'; readonly path: string; readonly to: string };

export interface TextChange {
  readonly kind: 'text';
  readonly path: string;
  /** Undefined: there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
  /** What is not shown stays as it is: only what changes is in here. */
  readonly isExcerpt?: true;
}

/**
 * Whether two plans come to the same: what else has changed in their files between them is not what a person
 * agrees to.
 */
export function isSamePlan(
  one: readonly PlannedChange[],
  other: readonly PlannedChange[],
): boolean {
  return isDeepStrictEqual(one.map(differenceOf), other.map(differenceOf));
}

/** Of a text only the lines that go and those that come, in their sequence. */
function differenceOf(change: PlannedChange): unknown {
  if (change.kind !== 'text') return change;
  const { path, before = '', after } = change;
  const [was, is] = [before.split('\n'), after.split('\n')];
  return { path, goes: without(was, is), comes: without(is, was) };
}

/** The lines that stand there more often than in the others. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
