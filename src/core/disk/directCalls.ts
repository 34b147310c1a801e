import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  read,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { FileCalls, OpenFile } from './fileCalls.ts';

/** More than this is read and written through the thread pool, so that no window stands still. */
const DIRECT_BYTES = 256 * 1024;
/** Written at once. */
const POOLED_BYTES = 1024 * 1024;

const syncFile = promisify(fsync);
const readPooled = promisify(read);
const writePooled = promisify(write);

/**
 * Made on the spot. A lock and a commit are some forty calls, nearly all of them answered from the
 * memory of a local file system within 5 to 20 µs. The way through the thread pool and back costs
 * more than ten times that, with the lock held all the while, so that everybody else waits for it too. What
 * does wait for the disk (fsync) or moves much is pooled here as well.
 *
 * Only for file systems that are known to be local: a call to a server that is gone would stop all
 * of the extension host. See `callsIn`.
 */
export const directCalls: FileCalls = {
  open: (path, flags, mode) => new DirectFile(openSync(path, flags, mode)),
  lstat: (path) => lstatSync(path, { bigint: true }),
  find: (path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  link: (from, to) => linkSync(from, to),
  rename: (from, to) => renameSync(from, to),
  unlink: (path) => unlinkSync(path),
  copyFile: (from, to, mode) => copyFileSync(from, to, mode),
  readdir: (folder) => readdirSync(folder),
  readlink: (path) => readlinkSync(path),
  realpath: (path) => realpathSync.native(path),
};

class DirectFile implements OpenFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  stat(): BigIntStats {
    return fstatSync(this.#descriptor, { bigint: true });
  }

  read(buffer: Buffer, offset: number, position: number): number | Promise<number> {
    const length = buffer.length - offset;
    if (length <= DIRECT_BYTES) return readSync(this.#descriptor, buffer, offset, length, position);
    return readPooled(this.#descriptor, buffer, offset, length, position).then(
      ({ bytesRead }) => bytesRead,
    );
  }

  async writeAll(bytes: Buffer): Promise<void> {
    // A write may take less than it is given; the next one then says why.
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(POOLED_BYTES, bytes.length - done);
      done +=
        length <= DIRECT_BYTES
          ? writeSync(this.#descriptor, bytes, done, length)
          : (await writePooled(this.#descriptor, bytes, done, length)).bytesWritten;
    }
  }

  overwrite(text: string): void {
    writeSync(this.#descriptor, text, 0, 'utf8');
  }

  utimes(atime: number, mtime: number): void {
    futimesSync(this.#descriptor, atime, mtime);
  }

  chmod(mode: number): void {
    fchmodSync(this.#descriptor, mode);
  }

  chown(uid: number, gid: number): void {
    fchownSync(this.#descriptor, uid, gid);
  }

  sync(): Promise<void> {
    return syncFile(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
