import { lookAt } from './quickLook.ts';

/** What tells one content of a file from another without opening it. */
export interface FileVersion {
  /** File and times; a different key means that the content may be another. */
  readonly key: string;
  /**
   * The file had been left alone for a while when this was taken, so an equal key later means equal
   * content. A younger file may be written once more within the same tick of its time stamps.
   */
  readonly settled: boolean;
  /** The path is a symbolic link to it. */
  readonly isLink: boolean;
}

/** The coarsest time stamps in use (FAT, some network file systems) are two seconds apart. */
const COARSEST_STAMP_MS = 2_500;

/** @param now milliseconds since the epoch. Follows symbolic links; `undefined` where it cannot. */
export async function versionOf(path: string, now: number): Promise<FileVersion | undefined> {
  const seen = await lookAt(path);
  if (seen === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = seen.stats;
  return {
    key: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
    settled: now - Number(ctimeMs) > COARSEST_STAMP_MS,
    isLink: seen.isLink,
  };
}
