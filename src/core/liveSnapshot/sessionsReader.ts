import type { Clock } from '../clock.ts';
import { strictRead } from '../disk/strictRead.ts';
import { normalizeAgentId } from '../documents/agentIds.ts';
import { parseSessions, type SessionEntry } from '../documents/sessions.ts';
import type { SessionsRead } from '../model/reads.ts';
import { SessionList, UnknownSessions } from '../model/sessionList.ts';
import { type FileVersion, versionOf } from './fileVersion.ts';

interface KnownFile {
  readonly version: FileVersion;
  readonly read: SessionsRead;
}

/**
 * Reads lists of sessions, again and again: one that has not changed is neither opened nor parsed a second
 * time, and comes back as the same object. Never throws for what the disk may hold. Takes no lock:
 * CoderClaw replaces these files by rename.
 */
export class SessionsReader {
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownFile>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param path Absolute. One file can hold the sessions of several agents: those of others are left out.
   * @returns undefined where there is no such file.
   */
  async read(path: string, agentId: string): Promise<SessionsRead | undefined> {
    const key = keyOf(path, agentId);
    const version = await versionOf(path, this.#clock.now());
    const known = this.#known.get(key);
    if (version?.settled && version.key === known?.version.key) return known.read;
    this.#known.delete(key);
    const read = await readSessions(path, agentId);
    if (read !== undefined && version !== undefined) this.#known.set(key, { version, read });
    return read;
  }

  /** Forgets all other files. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const [key, { read }] of this.#known) {
      if (!paths.has(read.path)) this.#known.delete(key);
    }
  }
}

function keyOf(path: string, agentId: string): string {
  return `${agentId} ${path}`;
}

async function readSessions(path: string, agentId: string): Promise<SessionsRead | undefined> {
  const found = await strictRead(path);
  if (found.kind === 'absent') return undefined;
  if (found.kind === 'unreadable') return new UnknownSessions(path, found.errno);
  const sessions = parseSessions(found.bytes.toString());
  if (sessions === undefined) return new UnknownSessions(path);
  return new SessionList(
    path,
    sessions.filter(({ key }) => isOf(key, agentId)),
  );
}

/** Keys are `agent:<id>:…`; those that are not belong to whoever has the file. */
function isOf(key: SessionEntry['key'], agentId: string): boolean {
  const [prefix, id] = key.split(':', 2);
  return prefix !== 'agent' || id === undefined || normalizeAgentId(id) === agentId;
}
