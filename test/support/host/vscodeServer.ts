import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';
import { ensureNode } from './nodeRuntime.ts';
import { installDependencies, type NpmPackage, unpackPackage } from './npmPackage.ts';

const run = promisify(execFile);

/** VS Code 1.139.1: its server, its workbench for the browser, its extension host. */
const codeServer: NpmPackage = {
  name: 'code-server',
  version: '4.139.1',
  integrity:
    'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

export type ExtensionSource =
  /** A built working tree; loaded by the address of each window. */
  | { readonly developmentPath: string }
  /** A packed file; installed before the start. */
  | { readonly vsix: string };

export interface VsCodeOptions {
  /** What the windows have open; an empty temporary folder if absent. */
  readonly folder?: string;
  readonly extension?: ExtensionSource;
  /** Folders of unpacked extensions, copied to where installed ones are. */
  readonly installed?: readonly string[];
  /** Added to the environment of the extension host and its terminals. */
  readonly env?: Readonly<Record<string, string>>;
  /** A window asks whether its folder is trusted; else all are. */
  readonly asksForTrust?: boolean;
  /** Files of the home folder, by their paths in it: VS Code asks the login shell for its `PATH`. */
  readonly homeFiles?: Readonly<Record<string, string>>;
  /** Written as the machine's settings, where `machine`-scoped ones are read too. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** 0 or absent: any free one. */
  readonly port?: number;
}

/** What a window opens with, beside the folder. */
export interface WindowOptions {
  /** An absolute path: the window runs that module's `run()` and reports its end. */
  readonly testsPath?: string;
  /** An absolute path to open in an editor. */
  readonly openFile?: string;
}

export interface VsCode {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly folder: string;
  /** The temporary home of everything that runs in it. */
  readonly home: string;
  /** What the server said, for when something went wrong. */
  readonly serverLog: string;
  /** Where VS Code keeps its own logs, those of the extension host among them. */
  readonly logFolder: string;
  /** The address of a window. */
  windowAddress(options?: WindowOptions): string;
  /** Ends every process of it and deletes its temporary folders. Can be called twice. */
  stop(): Promise<void>;
}

/** The folder of VS Code's server, fetched from npm when it is not in the cache. */
export async function ensureVsCode(): Promise<string> {
  const key = `vscode-server-${codeServer.version}-${process.platform}-${process.arch}`;
  const folder = await cached(key, async (fresh) => {
    await unpackPackage(codeServer, fresh);
    const server = join(fresh, 'lib', 'vscode');
    // Their scripts would compile native modules. What stays unbuilt only logs that.
    await installDependencies(server);
    await installDependencies(join(server, 'extensions'));
  });
  return join(folder, 'lib', 'vscode');
}

/**
 * Starts a VS Code server on loopback with a home, data and extensions of its own, and waits until
 * it listens.
 */
export async function startVsCode(options: VsCodeOptions = {}): Promise<VsCode> {
  const [node, server] = await Promise.all([ensureNode(), ensureVsCode()]);
  const main = join(server, 'out', 'server-main.js');
  const root = await mkdtemp(join(await realpath(tmpdir()), 'coderclaw-vscode-'));
  const home = join(root, 'home');
  const data = join(root, 'data');
  const extensions = join(root, 'extensions');
  const folder = options.folder ?? join(root, 'workspace');
  await Promise.all([home, extensions, folder, join(data, 'data', 'Machine')].map(makeFolder));
  await writeFile(
    join(data, 'data', 'Machine', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...options.userSettings }, undefined, 2),
  );
  for (const [path, text] of Object.entries(options.homeFiles ?? {})) {
    await writeFile(join(home, path), text);
  }
  const env = { ...cleanEnvironment(), HOME: home, ...options.env };
  const places = ['--server-data-dir', data, '--extensions-dir', extensions];

  const isPacked = options.extension !== undefined && 'vsix' in options.extension;
  if (options.extension !== undefined && 'vsix' in options.extension) {
    await run(
      node,
      [
        main,
        ...places,
        '--accept-server-license-terms',
        '--install-extension',
        options.extension.vsix,
      ],
      {
        env,
        timeout: 60_000,
      },
    );
  }
  for (const installed of options.installed ?? []) {
    await cp(installed, join(extensions, await installedName(installed)), { recursive: true });
  }
  // Without its list VS Code looks for what is there.
  if (options.installed?.length) await rm(join(extensions, 'extensions.json'), { force: true });
  const serverLog = join(root, 'server.log');
  const child = spawn(
    node,
    [
      main,
      ...places,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      '--without-connection-token',
      '--accept-server-license-terms',
      '--disable-telemetry',
      ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
      // Honours the `payload` of a window's address: development extensions and tests. But VS Code
      // shows no notifications under it, so not where a person is to see the packed extension.
      ...(isPacked ? [] : ['--enable-smoke-test-driver']),
    ],
    // A process group of its own, so that stop() reaches the extension hosts too.
    { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = stopOnce(child, root);
  try {
    const origin = await listening(child, serverLog);
    const developmentPath =
      options.extension !== undefined && 'developmentPath' in options.extension
        ? options.extension.developmentPath
        : undefined;
    return {
      origin,
      folder,
      home,
      serverLog,
      logFolder: join(data, 'data', 'logs'),
      windowAddress: (window = {}) => windowAddress(origin, folder, developmentPath, window),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Nothing asks, greets, updates or phones while a test looks at the window. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
};

function windowAddress(
  origin: string,
  folder: string,
  developmentPath: string | undefined,
  window: WindowOptions,
): string {
  const remote = (path: string) => `vscode-remote://${new URL(origin).host}${path}`;
  const payload = [
    ['skipWelcome', 'true'],
    ...(developmentPath === undefined
      ? []
      : [['extensionDevelopmentPath', remote(developmentPath)]]),
    ...(window.testsPath === undefined ? [] : [['extensionTestsPath', remote(window.testsPath)]]),
    ...(window.openFile === undefined ? [] : [['openFile', remote(window.openFile)]]),
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  return `${origin}/?${query}`;
}

/** The person's environment without what would lead to their own logins, or to the outer VS Code. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const personal =
    /^(CODERCLAW_|PI_|CODEX_|CLAUDE_|ANTHROPIC_|OPENAI_|VSCODE_|ELECTRON_|XDG_|npm_|NODE_OPTIONS$|INIT_CWD$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !personal.test(name)));
}

/** What VS Code calls the folder of an installed extension. */
async function installedName(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return `${manifest.publisher}.${manifest.name}-${manifest.version}`;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** The server's address, once it has said that it listens. */
function listening(child: ChildProcess, logPath: string): Promise<string> {
  const log = createWriteStream(logPath);
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`VS Code's server ${why}. It said:\n${said}`));
    const timer = setTimeout(() => fail('did not start within 60 s'), 60_000);
    const hear = (chunk: Buffer) => {
      log.write(chunk);
      if (said.length < 20_000) {
        said += chunk.toString();
      }
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(`http://127.0.0.1:${port}`);
      }
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => fail(`could not be run (${error.message})`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      log.end();
      fail(`ended with ${signal ?? code}`);
    });
  });
}

function stopOnce(child: ChildProcess, root: string): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  // If this process ends without stop(), by an exception say, nothing is left running either.
  const leave = () => {
    if (child.pid !== undefined) {
      signalGroup(child.pid, 'SIGKILL');
    }
    rmSync(root, { recursive: true, force: true });
  };
  process.once('exit', leave);
  const stop = async () => {
    await endGroup(child);
    process.off('exit', leave);
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

/** Asks the whole process group to end; what has not after 5 s is killed. */
async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
    } else {
      child.once('exit', () => resolve());
    }
  });
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
  // Extension hosts outlive the server by a moment, to let a window reconnect.
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}
