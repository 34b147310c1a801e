import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { configFile } from '../custody/configFile.ts';
import type { HeldStores } from '../custody/heldStores.ts';
import { refuseLegacy } from '../custody/older/legacyFiles.ts';
import { type LegacyImport, planImport } from '../custody/older/legacyImport.ts';
import { sessionsFile } from '../custody/sessionsFile.ts';
import type { CommitOptions } from '../custody/storeCommit.ts';
import { type KnownStore, readKnownStore, readWritableStore } from '../custody/storeRead.ts';
import type { TextEdit, TextFile } from '../custody/textCommit.ts';
import type { StoreCommit, TextCommit, Vault } from '../custody/vault.ts';
import { strictRead } from '../disk/strictRead.ts';
import type { JsonObject } from '../documents/json.ts';
import { storeOfLegacy } from '../documents/legacyStores.ts';
import type { StoreIntent } from '../documents/storeIntents.ts';
import { changedSessions, maskedConfig, maskedStore } from './maskedTexts.ts';
import type { PlannedChange } from './plannedChange.ts';

/** Of the vault, what repairs use. */
export interface RepairVault
  extends Pick<Vault, 'commitStore' | 'commitConfig' | 'commitSessions' | 'importLegacy'> {
  withStores<T>(
    storePaths: readonly string[],
    options: { readonly signal?: AbortSignal },
    task: (stores: Pick<HeldStores, 'read' | 'commit'>) => Promise<T>,
  ): Promise<T>;
}

/**
 * A vault that writes nothing and takes no lock: what is committed to it is noted down, with the secrets
 * masked, and is there for what is committed next. So what a repair is going to do is told by the repair
 * itself. It fails as the real one would, as far as that shows without a lock.
 */
export class Rehearsal implements RepairVault {
  readonly #clock: Clock;
  readonly #stores = new Map<string, { readonly was: KnownStore; readonly now: JsonObject }>();
  readonly #texts = new Map<string, { readonly was: string | undefined; readonly now: string }>();
  readonly #sessions = new Set<string>();
  readonly #others: PlannedChange[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What would be done, file by file. */
  get changes(): readonly PlannedChange[] {
    const stores = [...this.#stores].map(([path, { was, now }]): PlannedChange => {
      const before = was.kind === 'whole' ? maskedStore(was.document) : undefined;
      return { kind: 'text', path, before, after: maskedStore(now) };
    });
    const texts = [...this.#texts].map(([path, { was, now }]): PlannedChange => {
      if (!this.#sessions.has(path)) {
        const before = was === undefined ? undefined : maskedConfig(was);
        return { kind: 'text', path, before, after: maskedConfig(now) };
      }
      return { kind: 'text', path, ...changedSessions(was ?? '{}', now), isExcerpt: true };
    });
    return [...stores, ...texts, ...this.#others];
  }

  /** Notes a change that no vault makes. */
  note(change: PlannedChange): void {
    this.#others.push(change);
  }

  async commitStore(
    storePath: string,
    intent: StoreIntent,
    { legacyPaths = [], isWanted }: CommitOptions = {},
  ): Promise<StoreCommit> {
    const before = await this.#storeAt(storePath);
    if (before.kind === 'absent') await refuseLegacy(storePath, legacyPaths);
    const isOn = isWanted === undefined || (await isWanted());
    const changed = isOn && this.#apply(storePath, before, intent);
    return { changed, aftermath: Promise.resolve('kept') };
  }

  commitConfig(path: string, edit: TextEdit): Promise<TextCommit> {
    return this.#commitText(path, edit, configFile);
  }

  commitSessions(path: string, edit: TextEdit): Promise<TextCommit> {
    this.#sessions.add(path);
    return this.#commitText(path, edit, sessionsFile);
  }

  async importLegacy(
    storePath: string,
    legacyPaths: readonly string[],
  ): Promise<LegacyImport | undefined> {
    const was = await this.#storeAt(storePath);
    if (was.kind === 'whole') return undefined;
    const { sources, logins } = await planImport(storePath, legacyPaths, this.#clock);
    if (sources.length === 0) return undefined;
    this.#stores.set(storePath, { was, now: storeOfLegacy(logins) });
    const kept = sources.map(({ path }) => ({ path, to: `${path}.imported-` }));
    for (const one of kept) this.note({ kind: 'renamed', ...one });
    const profileIds = logins.map(({ profileId }) => profileId);
    return { profileIds, kept: kept.map(({ to }) => to), left: [] };
  }

  withStores<T>(
    _: readonly string[],
    __: { readonly signal?: AbortSignal },
    task: (stores: Pick<HeldStores, 'read' | 'commit'>) => Promise<T>,
  ): Promise<T> {
    return task({
      read: (path) => this.#known(path) ?? readKnownStore(path, this.#clock),
      commit: async (path, intent) => this.#apply(path, await this.#storeAt(path), intent),
    });
  }

  async #storeAt(path: string): Promise<KnownStore> {
    return (await this.#known(path)) ?? (await readWritableStore(path, this.#clock));
  }

  /** As it stands after what was committed here. */
  #known(path: string): Promise<KnownStore> | undefined {
    const known = this.#stores.get(path);
    if (known === undefined) return undefined;
    const { was, now: document } = known;
    // Where there was no file, there still is none: nobody compares its bytes here.
    const read = was.kind === 'whole' ? was.read : NO_BYTES;
    return Promise.resolve({ kind: 'whole', read, document });
  }

  #apply(path: string, before: KnownStore, intent: StoreIntent): boolean {
    const document = before.kind === 'whole' ? before.document : { version: 1, profiles: {} };
    const now = intent.apply(document, path);
    if (isDeepStrictEqual(now, document)) return false;
    this.#stores.set(path, { was: this.#stores.get(path)?.was ?? before, now });
    return true;
  }

  async #commitText(path: string, edit: TextEdit, kind: TextFile): Promise<TextCommit> {
    const was = await this.#textAt(path, kind);
    const before = this.#texts.get(path)?.now ?? was;
    const now = edit(before);
    if (now === undefined || now === before || (before === undefined && !kind.isMade)) {
      return { changed: false };
    }
    kind.assertValid(now, path);
    this.#texts.set(path, { was, now });
    return { changed: true };
  }

  async #textAt(path: string, kind: TextFile): Promise<string | undefined> {
    const read = await strictRead(path);
    if (read.kind === 'absent') return undefined;
    if (read.kind === 'unreadable') throw kind.unreadable({ path, errno: read.errno });
    if (!isUtf8(read.bytes)) throw kind.invalid({ path, detail: 'not UTF-8' });
    return read.bytes.toString();
  }
}

const NO_BYTES = {
  kind: 'bytes',
  bytes: Buffer.alloc(0),
  identity: { dev: 0n, ino: 0n },
  mode: 0o600,
  uid: 0,
} as const;
