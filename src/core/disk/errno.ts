/** The `code` of a failed system call, e.g. `ENOENT`; undefined for any other failure. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
