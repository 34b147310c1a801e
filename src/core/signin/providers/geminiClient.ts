import { access, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { KnownError } from '../../errors.ts';
import type { Environment } from '../endpoints.ts';
import { parsedObject } from '../limitedRequest.ts';

/** An OAuth client that Google knows as the Gemini CLI, or one of the person's own. */
export interface GeminiClient {
  readonly clientId: string;
  readonly clientSecret?: string;
}

const PACKAGE = '@google/gemini-cli';

/** The two that stand in its source; a secret of an installed program is none (RFC 8252 8.5). */
const CLIENT_ID = /\b\d{6,20}-[a-z\d]{10,60}\.apps\.googleusercontent\.com\b/;
const CLIENT_SECRET = /\bGOCSPX-[\w-]{10,60}/;

/** Bounds of the search: no file is larger, no more folders and files are looked at. */
const LARGEST_FILE = 32 * 1024 * 1024;
const MOST_ENTRIES = 20_000;
const MOST_FILES = 200;

/**
 * The client to sign in to Google as: of the environment (CODERCLAW_GEMINI_OAUTH_CLIENT_ID and
 * _SECRET, else GEMINI_CLI_OAUTH_CLIENT_ID and _SECRET), else what an installed Gemini CLI has in its
 * `oauth2.js`, or in its bundle. Files are only read, and only below the package of the `gemini` that
 * stands on PATH.
 * @throws {KnownError} `signin.noClient` if there is none.
 */
export async function geminiClient(environment: Environment): Promise<GeminiClient> {
  for (const prefix of ['CODERCLAW_GEMINI_OAUTH_CLIENT', 'GEMINI_CLI_OAUTH_CLIENT']) {
    const clientId = environment[`${prefix}_ID`]?.trim();
    const clientSecret = environment[`${prefix}_SECRET`]?.trim();
    if (clientId) return { clientId, ...(clientSecret ? { clientSecret } : {}) };
  }
  for (const program of await programsOnPath(environment['PATH'] ?? '')) {
    const found = await clientBelow(program);
    if (found) return found;
  }
  throw new KnownError('signin.noClient', { provider: 'google-gemini-cli', missing: 'geminiCli' });
}

async function programsOnPath(path: string): Promise<readonly string[]> {
  const names = process.platform === 'win32' ? ['gemini.cmd', 'gemini.exe'] : ['gemini'];
  const candidates = path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const there = await Promise.all(
    candidates.map((file) =>
      access(file).then(
        () => file,
        () => undefined,
      ),
    ),
  );
  return there.filter((file) => file !== undefined);
}

/** On Unix the program is a link into the package, on Windows a script beside `node_modules`. */
async function clientBelow(program: string): Promise<GeminiClient | undefined> {
  const real = await realpath(program).catch(() => program);
  for (const root of [dirname(dirname(real)), join(dirname(real), 'node_modules', PACKAGE)]) {
    if (!(await isThePackage(root))) continue;
    for (const file of await sourceFiles(root)) {
      const found = clientIn(await textOf(file));
      if (found) return found;
    }
  }
  return undefined;
}

async function isThePackage(root: string): Promise<boolean> {
  return parsedObject(await textOf(join(root, 'package.json')))?.['name'] === PACKAGE;
}

/** First where it is known to be, then wherever a file has its name, then what a bundle consists of. */
async function sourceFiles(root: string): Promise<readonly string[]> {
  const core = ['node_modules/@google/gemini-cli-core', '../gemini-cli-core'];
  const known = core.flatMap((folder) =>
    ['dist/src/code_assist', 'dist/code_assist'].map((at) => join(root, folder, at, 'oauth2.js')),
  );
  const named: string[] = [];
  const bundled: string[] = [];
  const folders = [root];
  let entries = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      entries += 1;
      const path = join(folder, entry.name);
      // A link could lead out of the package.
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && entry.name === 'oauth2.js') named.push(path);
      else if (entry.isFile() && folder === join(root, 'bundle') && /\.m?js$/.test(entry.name)) {
        bundled.push(path);
      }
    }
    if (entries > MOST_ENTRIES) break;
  }
  return [...known, ...named, ...bundled].slice(0, MOST_FILES);
}

function clientIn(text: string): GeminiClient | undefined {
  const clientId = CLIENT_ID.exec(text)?.[0];
  const clientSecret = CLIENT_SECRET.exec(text)?.[0];
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

/** Empty for what cannot be read, or is too large. */
async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    return size <= LARGEST_FILE ? await readFile(file, 'utf8') : '';
  } catch {
    return '';
  }
}
