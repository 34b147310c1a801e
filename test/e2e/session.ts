import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { type AuthServer, type AuthServerOptions, startAuthServer } from '../support/authServer.ts';
import { launchBrowser } from '../support/host/browser.ts';
import { startVsCode, type VsCode } from '../support/host/vscodeServer.ts';
import { Workbench } from './workbench.ts';

/** A state folder's files: path within it -> text or JSON. */
export type StateFiles = Readonly<Record<string, unknown>>;

export interface SessionOptions {
  /** A function: of what the authorization server hands out. */
  readonly files?: StateFiles | ((authServer: AuthServer) => Promise<StateFiles>);
  /** Do not create the state folder at all. */
  readonly noStateDir?: boolean;
  /** A function: of the authorization server. */
  readonly env?:
    | Readonly<Record<string, string>>
    | ((authServer: AuthServer) => Readonly<Record<string, string>>);
  readonly clients?: AuthServerOptions['clients'];
  readonly asksForTrust?: boolean;
  /** Of the folder that is open: path within it -> text or JSON. */
  readonly folderFiles?: StateFiles;
  /** An absolute folder that comes first in the `PATH` of the person's shell. */
  readonly firstOnPath?: string;
  /** Folders of other extensions that are installed beside ours. */
  readonly installed?: readonly string[];
  /** Of the machine. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly colorScheme?: 'light' | 'dark';
  /** The browser's `localhost` is another machine than the extension's: nothing answers there. */
  readonly localhostElsewhere?: boolean;
}

/** One person at one VS Code, with an authorization server and a state folder of their own. */
export class Session {
  readonly workbench: Workbench;
  readonly context: BrowserContext;
  readonly authServer: AuthServer;
  readonly stateDir: string;
  readonly vscode: VsCode;
  readonly #browser: Browser;

  private constructor(parts: {
    workbench: Workbench;
    context: BrowserContext;
    authServer: AuthServer;
    stateDir: string;
    vscode: VsCode;
    browser: Browser;
  }) {
    this.workbench = parts.workbench;
    this.context = parts.context;
    this.authServer = parts.authServer;
    this.stateDir = parts.stateDir;
    this.vscode = parts.vscode;
    this.#browser = parts.browser;
  }

  static async start(options: SessionOptions = {}): Promise<Session> {
    const root = await mkdtemp(join(tmpdir(), 'coderclaw-e2e-'));
    const stateDir = join(root, 'state');
    const { clients = [], env = {} } = options;
    const authServer = await startAuthServer({ clients });
    if (!options.noStateDir) {
      await mkdir(stateDir, { mode: 0o700 });
      const { files = {} } = options;
      const entries = typeof files === 'function' ? await files(authServer) : files;
      for (const [path, content] of Object.entries(entries)) {
        await writeState(join(stateDir, path), content);
      }
    }
    const folder = join(root, 'folder');
    await mkdir(folder);
    for (const [path, content] of Object.entries(options.folderFiles ?? {})) {
      await writeState(join(folder, path), content);
    }
    const vscode = await startVsCode({
      folder,
      // What people install, not the working tree.
      extension: { vsix: await packedExtension() },
      installed: options.installed ?? [],
      asksForTrust: options.asksForTrust ?? false,
      env: {
        ...authServer.environment,
        CODERCLAW_STATE_DIR: stateDir,
        ...(typeof env === 'function' ? env(authServer) : env),
      },
      ...(options.firstOnPath !== undefined && {
        homeFiles: { '.profile': `PATH=${options.firstOnPath}:$PATH\n` },
      }),
      userSettings: {
        'workbench.colorTheme':
          options.colorScheme === 'light' ? 'Default Light Modern' : 'Default Dark Modern',
        ...options.settings,
      },
    });
    const browser = await launchBrowser(
      options.localhostElsewhere ? ['--host-resolver-rules=MAP localhost 127.0.0.9'] : [],
    );
    const context = await browser.newContext({
      viewport: { width: 1200, height: 760 },
      colorScheme: options.colorScheme ?? 'dark',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const workbench = await Workbench.open(context, vscode.windowAddress());
    return new Session({ workbench, context, authServer, stateDir, vscode, browser });
  }

  storePath(agentId = 'main'): string {
    return join(this.stateDir, 'agents', agentId, 'agent', 'auth-profiles.json');
  }

  async store(agentId = 'main'): Promise<{ profiles: Record<string, Record<string, unknown>> }> {
    return JSON.parse(await readFile(this.storePath(agentId), 'utf8'));
  }

  /** What is stored for an agent, also where there is no store yet. */
  async profileIds(agentId = 'main'): Promise<string[]> {
    return Object.keys((await this.store(agentId).catch(() => ({ profiles: {} }))).profiles);
  }

  /** Another window on the same folder and the same state: an extension host of its own. */
  anotherWindow(): Promise<Workbench> {
    return Workbench.open(this.context, this.vscode.windowAddress());
  }

  /** How the authorization server answered each refresh so far: an OAuth error, or 'ok'. */
  get refreshes(): readonly string[] {
    return this.authServer.log
      .filter(({ grantType }) => grantType === 'refresh_token')
      .map(({ error }) => error ?? 'ok');
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.vscode.stop();
    await this.authServer.close();
    await rm(dirname(this.stateDir), { recursive: true, force: true });
  }
}

/** To be called after each test, with its context. */
export async function screenshotIfFailed(
  { currentTest }: Mocha.Context,
  session: Session | undefined,
): Promise<void> {
  if (currentTest?.state !== 'failed') return;
  await session?.workbench.screenshot(`failed-${currentTest.title.replace(/\W+/g, '-')}`);
}

/** Where `npm run package` puts the extension; the runner packs it before this ring. */
async function packedExtension(): Promise<string> {
  const { name, version } = JSON.parse(await readFile('package.json', 'utf8'));
  return resolve(`${name}-${version}.vsix`);
}

/** Writes one file of a state folder as the CLI does: folders 0700, files 0600. */
export async function writeState(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  await writeFile(path, text, { mode: 0o600 });
}
