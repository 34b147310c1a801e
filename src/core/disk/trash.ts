import { lstat, open } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { KnownError, type TrashObstacle } from '../errors.ts';
import { asDiskError, errnoOf } from './diskError.ts';
import { makePrivateFolder, syncFolder } from './folder.ts';
import { renameFile } from './renameFile.ts';
import { unlinkIfThere } from './temporaryFiles.ts';

/** Whose trash it is. */
export interface TrashHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder, as the system says. */
  readonly homedir: string;
  readonly platform: NodeJS.Platform;
}

const MOST_NAMES = 1_000;

/**
 * Moves a folder (absolute path) to the person's trash, whole and by one rename: never a copy, so that
 * nothing of it can be lost half-way, and what was private stays so. On Linux and its like it can be
 * put back from there (https://specifications.freedesktop.org/trash-spec/1.0), of whose trashes only the
 * one in the home folder is used.
 *
 * @returns where it is now.
 * @throws {KnownError} `trash.unavailable`, `disk.*`: the folder is where it was.
 */
export async function moveToTrash(
  folder: string,
  host: TrashHost,
  clock: Pick<Clock, 'now'>,
): Promise<string> {
  const path = resolve(folder);
  try {
    // Of what is no folder there is nothing to be kept together.
    if (!(await lstat(path)).isDirectory()) throw errno('ENOTDIR');
    switch (host.platform) {
      case 'win32':
        return refuse(path, 'platform');
      case 'darwin':
        return await moveInto(join(host.homedir, '.Trash'), path);
      default:
        return await moveWithInfo(homeTrash(host), path, clock.now());
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EXDEV') refuse(path, 'otherDevice', error);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'EBUSY') {
      refuse(path, 'refused', error);
    }
    throw asDiskError(error, path);
  }
}

function homeTrash({ env, homedir }: TrashHost): string {
  const given = env['XDG_DATA_HOME'];
  const data = given && isAbsolute(given) ? given : join(homedir, '.local', 'share');
  return join(data, 'Trash');
}

/** The note of where it stood comes first: made by us alone, it reserves the name. */
async function moveWithInfo(trash: string, path: string, now: number): Promise<string> {
  const [files, info] = [join(trash, 'files'), join(trash, 'info')];
  for (const folder of [trash, files, info]) await makePrivateFolder(folder);
  for (const name of namesFor(path)) {
    const [target, note] = [join(files, name), join(info, `${name}.trashinfo`)];
    if ((await isThere(target)) || !(await writeNew(note, infoOf(path, now)))) continue;
    try {
      await syncFolder(info);
      if (await moved(path, target)) return target;
    } catch (error) {
      await unlinkIfThere(note);
      throw error;
    }
    await unlinkIfThere(note);
  }
  throw errno('EEXIST');
}

async function moveInto(trash: string, path: string): Promise<string> {
  await makePrivateFolder(trash);
  for (const name of namesFor(path)) {
    const target = join(trash, name);
    if (!(await isThere(target)) && (await moved(path, target))) return target;
  }
  throw errno('EEXIST');
}

/** @returns false if somebody took the name meanwhile. */
async function moved(path: string, target: string): Promise<boolean> {
  try {
    await renameFile(path, target);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
    throw error;
  }
  try {
    await syncFolder(dirname(target));
    await syncFolder(dirname(path));
  } catch {
    // It has moved, and lost nothing: at worst a power cut moves it back.
  }
  return true;
}

/** @returns false if there is such a file. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await unlinkIfThere(path);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function* namesFor(path: string): Generator<string> {
  const name = basename(path);
  yield name;
  for (let number = 2; number <= MOST_NAMES; number += 1) yield `${name} ${number}`;
}

/** The path with its bytes escaped as in a URL, and the local time without a zone, as it is specified. */
function infoOf(path: string, now: number): string {
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  const local = new Date(now - new Date(now).getTimezoneOffset() * 60_000);
  return `[Trash Info]\nPath=${escaped}\nDeletionDate=${local.toISOString().slice(0, 19)}\n`;
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'rename' });
}

function refuse(path: string, why: TrashObstacle, error?: unknown): never {
  const code = errnoOf(error);
  const facts = { path, why, ...(code !== undefined && { errno: code }) };
  throw new KnownError('trash.unavailable', facts, { cause: error });
}
