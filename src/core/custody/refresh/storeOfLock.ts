import { errnoOf } from '../../disk/diskError.ts';
import { resolveTarget } from '../../disk/fileTarget.ts';
import { KnownError } from '../../errors.ts';

/**
 * The store among `paths` (absolute) that is not ours to write, where that is why locks could not be
 * had: `error` is a `disk.readOnly` about its lock. Undefined for any other failure.
 */
export async function storeOfLock(
  error: unknown,
  paths: readonly string[],
): Promise<string | undefined> {
  if (!(error instanceof KnownError) || error.code !== 'disk.readOnly') return undefined;
  const locked = (error as KnownError<'disk.readOnly'>).facts.path;
  for (const path of paths) {
    try {
      const { names } = await resolveTarget(path);
      if (names.some((name) => `${name}.lock` === locked)) return path;
    } catch (reason) {
      if (['EACCES', 'EPERM'].includes(errnoOf(reason) ?? '')) return path;
    }
  }
  return undefined;
}
