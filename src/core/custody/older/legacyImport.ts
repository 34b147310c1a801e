import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { keepAside } from '../../disk/keepAside.ts';
import { type ReadFile, strictRead } from '../../disk/strictRead.ts';
import type { JsonObject } from '../../documents/json.ts';
import { type LegacyLogin, storeOfLegacy } from '../../documents/legacyStores.ts';
import type { StoreIntent } from '../../documents/storeIntents.ts';
import { KnownError } from '../../errors.ts';
import { type CommitParts, replaceStore, type WrittenEntry, withTarget } from '../storeCommit.ts';
import { readKnownStore } from '../storeRead.ts';
import { type LegacyFile, legacyFilesOf, pendingLegacy, readLegacy } from './legacyFiles.ts';

/** What became of an import. */
export interface LegacyImport {
  readonly profileIds: readonly string[];
  /** Under which names the imported files are kept. Absolute paths. */
  readonly kept: readonly string[];
  /** Imported, but still under their old names: those could not be changed. Absolute paths. */
  readonly left: readonly string[];
}

/** An import, with what it wrote. Holds secrets. */
export interface LegacyCommit {
  readonly imported: LegacyImport;
  /** The first of them. */
  readonly written: WrittenEntry;
  readonly logins: readonly LegacyLogin[];
}

/** What an import would store. Holds secrets. */
export interface LegacyPlan {
  readonly sources: readonly LegacySource[];
  readonly logins: readonly LegacyLogin[];
  /** Other logins under an id that a file before theirs has taken: they stay in the old file only. */
  readonly leftOut: readonly LeftOutLogin[];
}

/** A login that an import does not store. Holds a secret. */
export interface LeftOutLogin extends LegacyLogin {
  /** The older file that it stands in. Absolute path. */
  readonly path: string;
}

/** An older file that holds logins. */
export interface LegacySource extends LegacyFile {
  readonly read: ReadFile;
}

/** Whoever is just writing an older file is given this long to finish it. */
const TORN_MS = 1_000;
const TORN_RETRY_MS = 20;

/**
 * One attempt to make the store of an agent out of older files, where there is no store at all. Under
 * the lock of the store: strict reads, a new store put in place by a link that cannot replace one,
 * and then each imported file is renamed to `<file>.imported-<time>`, so that its tokens are not
 * imported a second time by anybody. CoderClaw 2026.3.21 deletes `auth.json` and leaves `oauth.json`;
 * we keep both, and neither where it was: a refresh token left behind is spent at the first refresh.
 * What breaks off between store and rename loses nothing: the store is whole, and the older file is
 * the runtime cache beside it, or is not looked at any more.
 *
 * @param others Older files besides `auth.json`. Absolute paths.
 * @returns undefined if there is a store, or nothing to import.
 * @throws {KnownError} `legacy.unreadable`, `store.*`, `lock.*`, `disk.*`: nothing changed.
 */
export async function importLegacyOnce(
  storePath: string,
  others: readonly string[],
  parts: CommitParts,
  signal: AbortSignal | undefined,
): Promise<LegacyCommit | undefined> {
  // Makes no folder for nothing.
  if ((await pendingLegacy(storePath, others)).length === 0) return undefined;
  return await withTarget(storePath, parts, { signal }, async (file, held) => {
    const store = await readKnownStore(file, parts.clock);
    if (store.kind === 'whole') return undefined;
    const plan = await planImport(storePath, others, parts.clock);
    await parts.checkpoint?.('read');
    if (plan.sources.length === 0) return undefined;
    const intent = importLogins(plan.logins);
    const written = await replaceStore({ storePath, file, held }, store, intent, parts);
    if (written === undefined) return undefined;
    const kept: string[] = [];
    const left: string[] = [];
    for (const source of plan.sources) {
      try {
        await assertUntouched(source);
        kept.push(await keepAside(source.path, `${source.path}.imported-${stamp(parts.clock)}`));
      } catch (error) {
        if (!(error instanceof KnownError)) throw error;
        left.push(source.path);
      }
    }
    const profileIds = plan.logins.map(({ profileId }) => profileId);
    return { imported: { profileIds, kept, left }, written, logins: plan.logins };
  });
}

/**
 * What an import would store at this moment. Takes no lock and writes nothing.
 * @throws {KnownError} `legacy.unreadable` for a file that stays unknown for a second.
 */
export async function planImport(
  storePath: string,
  others: readonly string[],
  clock: Clock,
): Promise<LegacyPlan> {
  const sources: LegacySource[] = [];
  const found: LeftOutLogin[] = [];
  for (const file of legacyFilesOf(storePath, others)) {
    const legacy = await readSettled(file, clock);
    if (legacy.kind === 'none') continue;
    sources.push({ ...file, read: legacy.read });
    found.push(...legacy.logins.map((login) => ({ ...login, path: file.path })));
  }
  const logins = storedLogins(storeOfLegacy(found));
  const stored = new Map(logins.map(({ profileId, credential }) => [profileId, credential]));
  const leftOut = found.filter(
    ({ profileId, credential }) => !isDeepStrictEqual(credential, stored.get(profileId)),
  );
  return { sources, logins, leftOut };
}

async function readSettled(file: LegacyFile, clock: Clock) {
  const deadline = performance.now() + TORN_MS;
  for (;;) {
    const found = await readLegacy(file);
    if (found.kind !== 'unknown') return found;
    if (performance.now() >= deadline) {
      throw new KnownError('legacy.unreadable', { path: file.path, detail: found.detail });
    }
    await clock.sleep(TORN_RETRY_MS);
  }
}

/** @throws {KnownError} `disk.contended` if somebody wrote it since, as a runtime cache. */
async function assertUntouched({ path, read }: LegacySource): Promise<void> {
  const now = await strictRead(path);
  if (now.kind !== 'bytes' || !now.bytes.equals(read.bytes)) {
    throw new KnownError('disk.contended', { path });
  }
}

/** Puts all of them into a store that does not exist. */
function importLogins(logins: readonly LegacyLogin[]): StoreIntent {
  const ids = logins.map(({ profileId }) => profileId);
  return {
    summary: `import ${ids.join(', ')}`,
    entry: ['profiles', ids[0] ?? ''],
    apply: (document) => ({ ...document, ...storeOfLegacy(logins) }),
  };
}

function storedLogins(document: JsonObject): readonly LegacyLogin[] {
  const profiles = document['profiles'] as Readonly<Record<string, JsonObject>>;
  return Object.entries(profiles).map(([profileId, credential]) => ({ profileId, credential }));
}

/** `20261122-200800`, in local time. */
function stamp(clock: Clock): string {
  const at = new Date(clock.now());
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}
