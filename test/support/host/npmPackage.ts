import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One package of the npm registry, to the byte. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** `dist.integrity` of the registry (Subresource Integrity, sha512). */
  readonly integrity: string;
}

/** Unpacks the package into `folder`. None of its scripts run. */
export async function unpackPackage(wanted: NpmPackage, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const spec = `${wanted.name}@${wanted.version}`;
  const { stdout } = await npm(['pack', spec, '--json', '--ignore-scripts'], folder);
  const packed = packResult(stdout);
  const tarball = join(folder, packed.filename);
  if (packed.integrity !== wanted.integrity) {
    throw new Error(
      `The registry's ${spec} is not the one that was chosen (its integrity differs).`,
    );
  }
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1', '--no-same-owner']);
  await rm(tarball);
}

/**
 * Installs what the package in `folder` needs, as its shrinkwrap names it. No script of any package
 * runs. (`npm ci` would be stricter, but refuses code-server 4.139.1: its shrinkwrap misses a peer.)
 */
export async function installDependencies(folder: string): Promise<void> {
  await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
}

async function npm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  const options = { cwd, env: npmEnvironment(), maxBuffer: 64 << 20, timeout: 10 * 60_000 };
  try {
    return await run('npm', [...args, '--loglevel=error'], options);
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? cause).slice(0, 800);
    throw new Error(`npm ${args.slice(0, 2).join(' ')} failed in ${cwd}:\n${said}`);
  }
}

/** `npm run` tells its children which project it is in; an npm in another folder must not hear it. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const ofThisProject =
    /^npm_(package_|lifecycle_|config_(local_prefix|prefix)$|command$)|^INIT_CWD$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ofThisProject.test(name)),
  );
}

interface PackResult {
  readonly filename: string;
  readonly integrity: string;
}

/** `npm pack --json` answers a list (npm 11 and older) or a record by name (npm 12). */
function packResult(stdout: string): PackResult {
  const parsed: unknown = JSON.parse(stdout);
  const first: unknown = Object.values(parsed as object)[0];
  const { filename, integrity } = (first ?? {}) as Partial<PackResult>;
  if (filename === undefined || integrity === undefined) {
    throw new Error('npm pack did not say what it packed.');
  }
  // npm up to 8 names a scoped package's file with its slash.
  return { filename: filename.replace(/^@/, '').replace('/', '-'), integrity };
}
