import type { BigIntStats } from 'node:fs';
import * as pool from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** To be awaited either way; a direct call throws where a pooled one rejects. */
export type Answer<T> = T | Promise<T>;

/** An open file. Whoever opened it closes it. Numbers are bytes. */
export interface OpenFile {
  stat(): Answer<BigIntStats>;
  /** @returns how many were read into `buffer` from `offset`; 0 at the end of the file. */
  read(buffer: Buffer, offset: number, position: number): Answer<number>;
  /** Writes all of it at the place where the file stands. */
  writeAll(bytes: Buffer): Answer<void>;
  /** Writes `text` over what stands at the beginning. */
  overwrite(text: string): Answer<unknown>;
  utimes(atime: number, mtime: number): Answer<void>;
  chmod(mode: number): Answer<void>;
  chown(uid: number, gid: number): Answer<void>;
  /** Never direct: it waits for the disk. */
  sync(): Promise<void>;
  close(): Answer<void>;
}

/**
 * The system calls that a lock and a commit consist of, each failing with an error that has a `code`.
 * There are two ways to make them; both do the same to the disk, in the same order.
 */
export interface FileCalls {
  open(path: string, flags: number, mode?: number): Answer<OpenFile>;
  lstat(path: string): Answer<BigIntStats>;
  /** As `lstat`; undefined where nothing is there, which then costs no error. */
  find(path: string): Answer<BigIntStats | undefined>;
  link(from: string, to: string): Answer<void>;
  rename(from: string, to: string): Answer<void>;
  unlink(path: string): Answer<void>;
  copyFile(from: string, to: string, mode: number): Answer<void>;
  readdir(folder: string): Answer<string[]>;
  readlink(path: string): Answer<string>;
  realpath(path: string): Answer<string>;
}

/** Through Node's thread pool: nothing here waits for the disk, however slow or far away it is. */
export const pooledCalls: FileCalls = {
  open: async (path, flags, mode) => new PooledFile(await pool.open(path, flags, mode)),
  lstat: (path) => pool.lstat(path, { bigint: true }),
  find: async (path) => {
    try {
      return await pool.lstat(path, { bigint: true });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  link: (from, to) => pool.link(from, to),
  rename: (from, to) => pool.rename(from, to),
  unlink: (path) => pool.unlink(path),
  copyFile: (from, to, mode) => pool.copyFile(from, to, mode),
  readdir: (folder) => pool.readdir(folder),
  readlink: (path) => pool.readlink(path),
  realpath: (path) => pool.realpath(path),
};

class PooledFile implements OpenFile {
  readonly #handle: pool.FileHandle;

  constructor(handle: pool.FileHandle) {
    this.#handle = handle;
  }

  stat(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  async read(buffer: Buffer, offset: number, position: number): Promise<number> {
    const length = buffer.length - offset;
    return (await this.#handle.read(buffer, offset, length, position)).bytesRead;
  }

  writeAll(bytes: Buffer): Promise<void> {
    return this.#handle.writeFile(bytes);
  }

  overwrite(text: string): Promise<unknown> {
    return this.#handle.write(text, 0, 'utf8');
  }

  utimes(atime: number, mtime: number): Promise<void> {
    return this.#handle.utimes(atime, mtime);
  }

  chmod(mode: number): Promise<void> {
    return this.#handle.chmod(mode);
  }

  chown(uid: number, gid: number): Promise<void> {
    return this.#handle.chown(uid, gid);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
