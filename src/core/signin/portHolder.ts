import { readdir, readFile, readlink } from 'node:fs/promises';

export interface PortHolder {
  readonly pid: number;
  /** The program's short name (Linux: `comm`, at most 15 characters). Never its arguments. */
  readonly name: string;
}

/** How long may be looked, in milliseconds: a name is a courtesy, nobody should wait for it. */
const LIMIT_MS = 1_000;

/**
 * The program that listens on a TCP port of this machine, where the system tells: on Linux, for
 * processes that this user may look into. Otherwise undefined. Never throws.
 */
export async function portHolder(
  port: number,
  signal: AbortSignal = AbortSignal.timeout(LIMIT_MS),
): Promise<PortHolder | undefined> {
  if (process.platform !== 'linux') return undefined;
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOrNothing));
  const sockets = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of (await namesIn('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (signal.aborted) return undefined;
    if (await holdsOneOf(sockets, pid)) {
      return { pid: Number(pid), name: (await textOrNothing(`/proc/${pid}/comm`)).trim() };
    }
  }
  return undefined;
}

/**
 * The inodes of the sockets that listen on `port`, from the text of /proc/net/tcp or tcp6 (proc(5):
 * second column `address:port` in hex, fourth the state, 0A for listening, tenth the inode).
 */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const [local, state, inode] = [columns[1], columns[3], columns[9]];
    return local?.endsWith(suffix) && state === '0A' && inode && inode !== '0' ? [inode] : [];
  });
}

async function holdsOneOf(sockets: ReadonlySet<string>, pid: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await namesIn(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return targets.some((target) => sockets.has(target));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function textOrNothing(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
