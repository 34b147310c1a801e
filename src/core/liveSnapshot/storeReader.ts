import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { parseStoreBytes } from '../custody/storeBytes.ts';
import { type ReadFile, strictRead } from '../disk/strictRead.ts';
import { parseAuthStore } from '../documents/authStore.ts';
import type { JsonObject } from '../documents/json.ts';
import { shownKey } from '../documents/shownText.ts';
import type { StoreRead } from '../model/reads.ts';
import { type FileVersion, versionOf } from './fileVersion.ts';

/**
 * For this long a torn store may still be one that somebody is writing: CoderClaw 2026.3.21
 * truncates and writes in place.
 */
export const SETTLE_MS = 1000;

/**
 * Up to this size (some hundred profiles) a store is searched for what a rewrite would lose when it
 * is read; in larger ones that would take half as long as the reading itself, and is left to those
 * who are about to write.
 */
const SEARCHED_BYTES = 256 * 1024;

export interface StoreReaderOptions {
  readonly clock: Clock;
  /** In place of the real ones, for tests. */
  readonly parse?: typeof parseAuthStore;
  readonly versionOf?: typeof versionOf;
}

export interface SettlingRead {
  readonly read: StoreRead;
  /** It is torn, but not yet for long: worth another look soon. */
  readonly settling: boolean;
  /** Its path is a symbolic link. */
  readonly isLink: boolean;
}

interface KnownFile {
  readonly version: FileVersion;
  /** Of the content and the permission bits: whatever `read` was made from. */
  readonly digest: string;
  readonly read: StoreRead;
  /** Milliseconds since the epoch of the first of the torn contents that were seen in a row. */
  readonly tornSince?: number;
  /** What it said before it was torn. */
  readonly lastWhole?: StoreRead;
}

/**
 * Reads auth stores, again and again: what has not changed is neither opened nor parsed a second
 * time, and comes back as the same object. Never waits for a torn store: until it has been torn for
 * `SETTLE_MS` the answer is its last whole content, if one is known. Never throws for what the disk
 * may hold. Takes no lock.
 */
export class StoreReader {
  readonly #clock: Clock;
  readonly #parse: typeof parseAuthStore;
  readonly #versionOf: typeof versionOf;
  readonly #known = new Map<string, KnownFile>();

  constructor(options: StoreReaderOptions) {
    this.#clock = options.clock;
    this.#parse = options.parse ?? parseAuthStore;
    this.#versionOf = options.versionOf ?? versionOf;
  }

  /** @param legacyPaths older files that CoderClaw would import where there is no store. */
  async read(path: string, legacyPaths: readonly string[]): Promise<SettlingRead> {
    // Taken before the content: a change in between makes the next key differ.
    const version = await this.#versionOf(path, this.#clock.now());
    const known = this.#known.get(path);
    if (version?.settled && version.key === known?.version.key) return this.#answer(known);
    const found = await strictRead(path);
    if (found.kind === 'bytes') {
      const file = await this.#understand(path, found, version ?? NO_VERSION, known);
      this.#known.set(path, file);
      return this.#answer(file);
    }
    this.#known.delete(path);
    const read: StoreRead =
      found.kind === 'unreadable'
        ? { kind: 'unreadable', path, errno: found.errno }
        : await absentStore(path, legacyPaths);
    return { read, settling: false, isLink: version?.isLink ?? false };
  }

  /** Forgets all other files. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) {
      if (!paths.has(path)) this.#known.delete(path);
    }
  }

  async #understand(
    path: string,
    { bytes, mode }: ReadFile,
    version: FileVersion,
    known: KnownFile | undefined,
  ): Promise<KnownFile> {
    const digest = `${mode} ${createHash('sha256').update(bytes).digest('base64')}`;
    if (known?.digest === digest) return { ...known, version };
    const parse = parseStoreBytes(bytes, this.#parse);
    switch (parse.kind) {
      case 'whole': {
        const { store } = parse;
        const loss = await lossByRewrite(bytes, parse.document);
        const problems = [...looseness(path, mode), ...(loss ? [loss] : []), ...parse.problems];
        const unwritable = loss === undefined ? {} : { unwritable: loss };
        return { version, digest, read: { kind: 'whole', path, store, problems, ...unwritable } };
      }
      case 'unknownVersion':
        return { version, digest, read: { ...parse, path } };
      case 'torn': {
        const tornSince = known?.tornSince ?? this.#clock.now();
        const lastWhole = known?.tornSince === undefined ? known?.read : known.lastWhole;
        const read: StoreRead = { ...parse, path };
        return { version, digest, read, tornSince, ...(lastWhole && { lastWhole }) };
      }
    }
  }

  #answer({ version: { isLink }, read, tornSince, lastWhole }: KnownFile): SettlingRead {
    const settling = tornSince !== undefined && this.#clock.now() - tornSince < SETTLE_MS;
    return { read: settling ? (lastWhole ?? read) : read, settling, isLink };
  }
}

/** Never trusted, so never found again. */
const NO_VERSION: FileVersion = { key: '', settled: false, isLink: false };

/** Others can read the secrets: said with the way to mend it. Our next commit to it mends it too. */
function looseness(path: string, mode: number): readonly string[] {
  // Windows has no such bits; Node makes them up there.
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  const octal = mode.toString(8).padStart(4, '0');
  return [`other users of this machine may read it (mode ${octal}): run chmod 600 ${path}`];
}

/** Said of the whole file: a vault would refuse to write it. */
async function lossByRewrite(bytes: Buffer, document: JsonObject): Promise<string | undefined> {
  if (bytes.length > SEARCHED_BYTES) return undefined;
  const { findRewriteLoss } = await import('../custody/rewriteLoss.ts');
  const loss = findRewriteLoss(bytes.toString(), document);
  switch (loss?.kind) {
    case 'duplicateKey':
      return `the key ${shownKey(loss.key)} stands twice in one object`;
    case 'hugeNumber':
      return 'a number in it is too large';
    case undefined:
      return undefined;
  }
}

async function absentStore(path: string, legacyPaths: readonly string[]): Promise<StoreRead> {
  const { pendingLegacy } = await import('../custody/older/legacyFiles.ts');
  const pending = await pendingLegacy(path, legacyPaths);
  return { kind: 'absent', path, ...(pending.length > 0 && { legacyPaths: pending }) };
}
