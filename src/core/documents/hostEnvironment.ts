import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { shownKey } from './shownText.ts';

/** What of the machine decides where CoderClaw keeps its files. */
export interface HostEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder, as the system says. */
  readonly homedir: string;
  readonly platform: NodeJS.Platform;
}

/** Looks at the disk. Nothing here throws: what cannot be seen is not there. */
export interface DiskProbe {
  /** The path without links, or undefined where nothing can be reached under it. */
  realpath(path: string): Promise<string | undefined>;
  isFile(path: string): Promise<boolean>;
  isFolder(path: string): Promise<boolean>;
  /** Names in a folder, sorted; none if it cannot be listed. */
  namesIn(folder: string): Promise<readonly string[]>;
  readText(path: string): Promise<string | undefined>;
}

export const diskProbe: DiskProbe = {
  realpath: (path) => realpath(path).catch(() => undefined),
  isFile: (path) =>
    stat(path).then(
      (found) => found.isFile(),
      () => false,
    ),
  isFolder: (path) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  namesIn: (folder) =>
    readdir(folder).then(
      (names) => names.sort(),
      () => [],
    ),
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
};

/** A variable's value; blank counts as not set, as in CoderClaw. */
export function envValue(host: HostEnvironment, name: string): string | undefined {
  const value = host.env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

/** The home folder that CoderClaw counts from: `$CODERCLAW_HOME`, else the person's. */
export function coderclawHome(host: HostEnvironment): string {
  const given = envValue(host, 'CODERCLAW_HOME');
  return given === undefined ? host.homedir : resolve(withTilde(given, host.homedir));
}

/** `~` and `~/…` (and `~\…`) stand for `home`. */
export function withTilde(path: string, home: string): string {
  return /^~(?=$|[/\\])/.test(path) ? join(home, path.slice(1)) : path;
}

/** A path for people: below the home folder with `~`. */
export function shownPath(path: string, host: HostEnvironment): string {
  const { homedir } = host;
  const below =
    path === homedir || path.startsWith(join(homedir, '/')) || path.startsWith(`${homedir}\\`);
  return shownKey(below ? `~${path.slice(homedir.length)}` : path, 300);
}

/**
 * The install id of the `coderclaw` that a terminal would start: the first 8 hex digits of
 * sha256(realpath of the CLI's package root), the root being the nearest folder with a
 * `package.json` above the real file. Undefined where PATH has none, or where that package is not
 * CoderClaw's (a version manager's shim leads to a package of its own).
 */
export async function cliInstallId(
  host: HostEnvironment,
  probe: DiskProbe,
): Promise<string | undefined> {
  const windows = host.platform === 'win32';
  const folders = (host.env['PATH'] ?? host.env['Path'] ?? '').split(windows ? ';' : ':');
  const names = windows ? ['coderclaw.cmd', 'coderclaw.exe', 'coderclaw.ps1'] : ['coderclaw'];
  for (const folder of folders) {
    if (folder === '') continue;
    for (const name of names) {
      const file = join(folder, name);
      if (!(await probe.isFile(file))) continue;
      const root = await cliPackageRoot(file, host.platform, probe);
      return root === undefined
        ? undefined
        : createHash('sha256').update(root).digest('hex').slice(0, 8);
    }
  }
  return undefined;
}

/**
 * The folder of CoderClaw's package that a `coderclaw` program belongs to, without links; undefined where
 * that is another package.
 * @param program Absolute path.
 */
export async function cliPackageRoot(
  program: string,
  platform: NodeJS.Platform,
  probe: DiskProbe,
): Promise<string | undefined> {
  // npm's command files for Windows are no links: the package lies beside them.
  const start =
    platform === 'win32'
      ? join(dirname(program), 'node_modules', 'coderclaw', 'package.json')
      : await probe.realpath(program);
  if (start === undefined) return undefined;
  for (let folder = dirname(start); ; folder = dirname(folder)) {
    const manifest = await probe.readText(join(folder, 'package.json'));
    if (manifest !== undefined) {
      return /"name"\s*:\s*"(?:@[^"/]+\/)?coderclaw"/.test(manifest)
        ? probe.realpath(folder)
        : undefined;
    }
    if (dirname(folder) === folder) return undefined;
  }
}
