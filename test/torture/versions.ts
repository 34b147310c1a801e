import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';

/**
 * Names one version of a file: no two differ only by accident, and a version has one successor if
 * its writers exclude each other. `-` where there is no file.
 */
export function versionOf(path: string, bytes: Buffer | undefined): string {
  if (bytes === undefined) return '-';
  const ino = statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
  return versionName(BigInt(ino), bytes);
}

export function versionName(ino: bigint, bytes: Buffer): string {
  return `${ino}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}
