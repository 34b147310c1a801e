import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StorePlace } from '../../src/core/custody/storePlaces.ts';
import type { JsonObject } from '../../src/core/documents/json.ts';
import { runtimeCachePath } from '../../src/core/documents/locations.ts';
import { OPENAI_CODEX } from '../../src/core/signin/providers/openaiCodex.ts';
import { childUser } from './children.ts';
import { credentialOf } from './credentials.ts';
import type { IssuedTokens } from './server.ts';
import type { SharedLogin, TortureWorld } from './tasks.ts';
import { secret } from './tokens.ts';

export interface WorldOptions {
  readonly stores: number;
  readonly logins: number;
  /** Signs a person in at the authorization server. */
  readonly signIn: (person: string) => IssuedTokens;
}

const SMALL_DISK_BYTES = 12 * 1024 * 1024;

/** Nobody may ever touch these: a profile and a top-level key that CoderClaw does not know. */
export const BYSTANDERS: readonly string[] = ['bystander:one', 'bystander:two'];
export const FUTURE_KEY = 'futureKey';

/**
 * Two state dirs side by side, the second on a small disk where the system lets us mount one. Each
 * login stands in all but a few of the stores, and in the runtime caches of some.
 */
export function makeWorld(options: WorldOptions): TortureWorld {
  const root = folder(realpathSync(mkdtempSync(join(tmpdir(), 'coderclaw-torture-'))));
  const logs = folder(join(root, 'logs'));
  const stateDirs = ['a', 'b'].map((name) => folder(join(root, name)));
  const smallDisk = mountSmallDisk(stateDirs[1] ?? '') ? stateDirs[1] : undefined;
  const places = Array.from({ length: options.stores }, (_, n): StorePlace => {
    const stateDir = stateDirs[n % 2] ?? '';
    const agentId = n < 2 ? 'main' : `agent-${n}`;
    const agentDir = ['agents', agentId, 'agent'].reduce(
      (at, name) => folder(join(at, name)),
      stateDir,
    );
    return { stateDir, agentId, storePath: join(agentDir, 'auth-profiles.json') };
  });
  const logins = Array.from({ length: options.logins }, (_, n): SharedLogin => {
    const person = `person-${n}`;
    return { profileId: `${OPENAI_CODEX}:${person}`, person };
  });
  const profiles = new Map<SharedLogin, JsonObject>();
  for (const login of logins) {
    profiles.set(login, credentialOf(login, options.signIn(login.person)));
  }
  for (const [n, { storePath }] of places.entries()) {
    // Each login is missing in one store of four.
    const here = logins.filter((_, m) => (n + m) % 4 !== 3);
    const stored = here.map((login) => [login.profileId, profiles.get(login) ?? {}] as const);
    const bystanders = BYSTANDERS.map(
      (id) => [id, { type: 'api_key', provider: 'bystander', key: secret('sk') }] as const,
    );
    const document: JsonObject = {
      version: 1,
      profiles: Object.fromEntries([...bystanders, ...stored]),
      [FUTURE_KEY]: { keep: ['this', 1, null] },
    };
    privateFile(storePath, document);
    const cached = stored[0]?.[1];
    if (n % 3 === 0 && cached !== undefined) {
      const { access, refresh, expires } = cached as Record<string, string>;
      const entry = { type: 'oauth', access, refresh, expires } as JsonObject;
      privateFile(runtimeCachePath(dirname(storePath)), { [OPENAI_CODEX]: entry });
    }
  }
  const world: TortureWorld = { root, logs, places, logins, smallDisk };
  worlds.add(world);
  return world;
}

/** Those that still are to be removed. */
const worlds = new Set<TortureWorld>();

export function removeWorld(world: TortureWorld): void {
  const { root, smallDisk } = world;
  worlds.delete(world);
  if (smallDisk !== undefined) spawnSync('umount', ['-l', smallDisk]);
  rmSync(root, { recursive: true, force: true });
}

/** For a program that ends before its time. */
export function removeWorlds(): void {
  for (const world of worlds) removeWorld(world);
}

function mountSmallDisk(path: string): boolean {
  if (process.platform !== 'linux') return false;
  const options = `size=${SMALL_DISK_BYTES},mode=0700`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]).status === 0;
  if (mounted) handOver(path);
  return mounted;
}

function folder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  handOver(path);
  return path;
}

function privateFile(path: string, document: JsonObject): void {
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  handOver(path);
}

/** Root may write anywhere, so where we are root, the others are not. */
function handOver(path: string): void {
  const { uid, gid } = childUser;
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}
