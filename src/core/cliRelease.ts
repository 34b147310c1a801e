import { dirname, join } from 'node:path';
import { strictRead } from './disk/strictRead.ts';
import { type DiskProbe, diskProbe } from './documents/hostEnvironment.ts';
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
const MOST_FOLDERS = 40;

/**
 * Which release of CoderClaw a program is, without running it: by the nearest `package.json` above its real
 * file. Undefined where that is not CoderClaw's (a version manager's shim leads to a package of its own) or
 * says no version.
 * @param program Absolute path.
 */
export async function cliRelease(
  program: string,
  platform: NodeJS.Platform,
  probe: Pick<DiskProbe, 'realpath' | 'isFile'> = diskProbe,
): Promise<CliRelease | undefined> {
  // npm's command files for Windows are no links: the package lies beside them.
  const beside = join(dirname(program), 'node_modules', 'coderclaw', 'package.json');
  const start = platform === 'win32' ? beside : await probe.realpath(program);
  if (start === undefined) return undefined;
  let folder = dirname(start);
  for (let n = 0; n < MOST_FOLDERS; n += 1) {
    const path = join(folder, 'package.json');
    if (await probe.isFile(path)) return await releaseIn(path);
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
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
