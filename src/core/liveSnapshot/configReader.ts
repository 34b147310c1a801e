import type { Clock } from '../clock.ts';
import { strictRead } from '../disk/strictRead.ts';
import { type ConfigRead, type ConfigReadOptions, readConfig } from '../documents/config.ts';
import { type FileVersion, versionOf } from './fileVersion.ts';

interface KnownConfig {
  readonly version: FileVersion;
  readonly read: ConfigRead;
}

/** `$include`, or any escape: behind one it could hide. */
const MAY_INCLUDE = /\$include|\\/;

/**
 * Reads configs, again and again: one that has not changed is not read a second time. One that
 * includes other files is always read, since its own time stamps do not tell of theirs.
 */
export class ConfigReader {
  readonly #clock: Clock;
  readonly #options: ConfigReadOptions;
  readonly #known = new Map<string, KnownConfig>();

  constructor(clock: Clock, options: ConfigReadOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Never throws for what the disk may hold. */
  async read(path: string): Promise<ConfigRead> {
    const version = await versionOf(path, this.#clock.now());
    const known = this.#known.get(path);
    if (version !== undefined && version.key === known?.version.key) return known.read;
    this.#known.delete(path);
    const read = await readConfig(path, this.#options);
    if (version?.settled && (await standsAlone(path))) this.#known.set(path, { version, read });
    return read;
  }
}

async function standsAlone(path: string): Promise<boolean> {
  const found = await strictRead(path);
  return found.kind === 'bytes' && !MAY_INCLUDE.test(found.bytes.toString('utf8'));
}
