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
