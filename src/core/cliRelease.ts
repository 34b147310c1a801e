import { join } from 'node:path';
import { strictRead } from './disk/strictRead.ts';
import { cliPackageRoot, diskProbe } from './documents/hostEnvironment.ts';
import { isJsonObject } from './documents/json.ts';

/** A `coderclaw` program on this machine, by the package that it belongs to. */
export interface CliRelease {
  /** `2026.3.21`: what the package says. */
  readonly version: string;
  /** Absolute path of its `package.json`. */
  readonly path: string;
}

/** Larger than any manifest. */
const MOST_BYTES = 1024 * 1024;

/**
 * Which release of CoderClaw a program is, without running it: by the nearest `package.json` above its real
 * file. Undefined where that is not CoderClaw's (a version manager's shim leads to a package of its own) or
 * says no version.
 * @param program Absolute path.
 */
export async function cliRelease(
  program: string,
  platform: NodeJS.Platform,
): Promise<CliRelease | undefined> {
  const root = await cliPackageRoot(program, platform, diskProbe);
  return root === undefined ? undefined : releaseIn(join(root, 'package.json'));
}

async function releaseIn(path: string): Promise<CliRelease | undefined> {
  const read = await strictRead(path);
  if (read.kind !== 'bytes' || read.bytes.length > MOST_BYTES) return undefined;
  try {
    const manifest: unknown = JSON.parse(read.bytes.toString('utf8'));
    if (!isJsonObject(manifest)) return undefined;
    const { name, version } = manifest;
    const isOurs = typeof name === 'string' && /^(@[^/]+\/)?coderclaw$/.test(name);
    const isVersion =
      typeof version === 'string' && /^\d{1,6}(\.\d{1,6}){2}([-+][\w.+-]{1,40})?$/.test(version);
    return isOurs && isVersion ? { version, path } : undefined;
  } catch {
    return undefined;
  }
}
