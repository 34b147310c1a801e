import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SECRET_MARK } from '../events.ts';
import type { TortureWorld } from '../tasks.ts';
import type { Evidence, Finding } from './evidence.ts';

/** Files in the state dirs that nobody needs any more: temporary ones, locks, open journal entries. */
export function leftovers(world: TortureWorld): readonly Finding[] {
  return filesBelow(world)
    .filter((path) => isTemporary(basename(path)) || isJournal(path))
    .map((path) => ({ what: `left over: ${path}`, lines: isLock(path) ? [whoseLock(path)] : [] }));
}

/** What is in a lock is no secret, and tells who left it. */
function whoseLock(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return String(error);
  }
}

function isLock(path: string): boolean {
  return path.endsWith('.lock');
}

/**
 * Secrets where none may be: in anything that a process logged or said, and in every file of the state
 * dirs but the stores, the runtime caches, and the journal.
 */
export function secretLeaks(world: TortureWorld): readonly Finding[] {
  const logs = readdirSync(world.logs).map((name) => join(world.logs, name));
  const suspects = filesBelow(world).filter((path) => !mayHoldSecrets(path));
  return [...logs, ...suspects]
    .filter((path) => readFileSync(path).includes(SECRET_MARK))
    .map((path) => ({ what: `a secret in ${path}`, lines: [] }));
}

/** Looks that found no whole document while no neighbour was writing in place. */
export function tornReads({ events, tornLooks }: Evidence): readonly Finding[] {
  const writes = events.filter((e) => e.kind === 'inPlace');
  return tornLooks
    .filter(
      ({ path, from, to }) => !writes.some((w) => w.path === path && w.from <= to && w.t >= from),
    )
    .map((look) => ({ what: `torn: ${look.path}`, lines: [JSON.stringify(look)] }));
}

function mayHoldSecrets(path: string): boolean {
  const name = basename(path);
  return (
    name === 'auth-profiles.json' || name === 'auth.json' || isTemporary(name) || isJournal(path)
  );
}

function isTemporary(name: string): boolean {
  return /\.tmp$|\.lock($|\.)|\.blind$|^auth-profiles\.json\.\d+$/.test(name);
}

function isJournal(path: string): boolean {
  return basename(dirname(path)) === 'journal';
}

export function filesBelow({ places }: TortureWorld): readonly string[] {
  const stateDirs = [...new Set(places.map(({ stateDir }) => stateDir))];
  return stateDirs.flatMap((dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      // A lock can be a folder, as proper-lockfile's is.
      .filter((entry) => entry.isFile() || entry.name.endsWith('.lock'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}
