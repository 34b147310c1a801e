import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes when a file in the directory is made, removed, replaced or written. */
export async function directorySignature(directory: string): Promise<string> {
  try {
    const names = (await readdir(directory)).sort();
    return (await Promise.all(names.map((name) => fileSignature(join(directory, name))))).join(
      '\n',
    );
  } catch {
    return '';
  }
}

async function fileSignature(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return [path, ino, size, mtimeMs].join(':');
  } catch {
    return path;
  }
}
