import { readFileSync, readlinkSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { LockOwner, LockPayload } from './lockPayload.ts';

/** This process as the owner of locks. */
export interface ThisProcess extends LockOwner {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** What other programs can tell about us from our pid, and we about them, in one folder. */
export interface PidReach {
  /** Every program that uses the folder, as far as we can tell, lives in our PID namespace. */
  readonly sameNamespace: boolean;
  /** ... and runs as the same user, so CoderClaw's `kill(pid, 0)` finds us. */
  readonly sameUser: boolean;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

export function describeThisProcess(): ThisProcess {
  return {
    pid: process.pid,
    namespace: pidNamespace(),
    startedAt: Date.now() - process.uptime() * 1000,
  };
}

/**
 * Whether a lock's owner still lives. `dead` only where that is certain.
 *
 * A lock of ours names the namespace of its pid. CoderClaw's does not: its pid counts only in a
 * folder that no other namespace uses.
 */
export function ownerLiveness(
  payload: LockPayload,
  self: ThisProcess,
  reach: PidReach,
  exists: (pid: number) => boolean = pidExists,
): Liveness {
  const { owner, createdAt } = payload;
  let pid: number | undefined;
  if (owner !== undefined) pid = owner.namespace === self.namespace ? owner.pid : undefined;
  else if (reach.sameNamespace && payload.pid !== 0) pid = payload.pid;
  if (pid === undefined) return 'unknown';
  if (pid === self.pid) {
    // Containers hand out the same few pids after a restart: a lock older than this process was
    // made by an earlier bearer of its pid.
    return createdAt !== undefined && createdAt < self.startedAt - 1000 ? 'dead' : 'alive';
  }
  return exists(pid) ? 'alive' : 'dead';
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * Looks at where a folder lies. On Linux it counts as shared with other PID namespaces if it is not
 * on the file system of `/` and either that is a network or host-shared one (NFS, SMB, 9p, FUSE and
 * their kin), or we live in a container (not in the first PID namespace) and it is not a tmpfs: then
 * it is a mounted volume. Elsewhere it never does. What this misses: a program in a container that
 * mounts a folder of the machine that we run on; only the container's side can see that.
 */
export async function pidReachIn(folder: string): Promise<PidReach> {
  const there = await stat(folder);
  const sameUser = process.geteuid === undefined || process.geteuid() === there.uid;
  if (process.platform !== 'linux') return { sameNamespace: true, sameUser };
  const root = await stat('/');
  if (there.dev === root.dev) return { sameNamespace: true, sameUser };
  const { type } = await statfs(folder);
  const isShared = SHARED_FILE_SYSTEMS.has(type) || (type !== TMPFS && !inFirstPidNamespace());
  return { sameNamespace: !isShared, sameUser };
}

const TMPFS = 0x01021994;

/** Names by `f_type` of statfs(2). */
const SHARED_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  // WSL's Windows drives, virtual machines.
  [0x01021997, '9p'],
  // virtiofs too.
  [0x65735546, 'FUSE'],
  [0x786f4256, 'VirtualBox'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);

/**
 * The name of the file system of a folder, where it is one of those that other machines or containers may
 * use too. Only Linux tells.
 * @throws errors of system calls.
 */
export async function sharedFileSystemOf(
  folder: string,
  typeOf: (folder: string) => Promise<number> = async (path) => (await statfs(path)).type,
): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  return SHARED_FILE_SYSTEMS.get(await typeOf(folder));
}

/** The kernel gives the first PID namespace this fixed number (PROC_PID_INIT_INO, proc_ns.h). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

function inFirstPidNamespace(): boolean {
  return readOr('', () => readlinkSync('/proc/self/ns/pid')) === FIRST_PID_NAMESPACE;
}

/** Unique among all running machines and containers, as far as the system tells. */
function pidNamespace(): string {
  if (process.platform !== 'linux') return `${process.platform}:${hostname()}`.slice(0, 100);
  const boot = readOr(hostname(), () =>
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  );
  return `${boot} ${readOr('', () => readlinkSync('/proc/self/ns/pid'))}`.slice(0, 100);
}

function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
