import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../../../src/core/clock.ts';
import type { HeldStores } from '../../../../src/core/custody/heldStores.ts';
import { Journal } from '../../../../src/core/custody/journal/journal.ts';
import { Refresher, type RefresherParts } from '../../../../src/core/custody/refresh/refresher.ts';
import { RefreshMemory } from '../../../../src/core/custody/refresh/refreshMemory.ts';
import type { StorePlace } from '../../../../src/core/custody/storePlaces.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { FileLocks, type LockTimes } from '../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { openaiCodexGrant } from '../../../../src/core/signin/providers/openaiCodex.ts';

export interface RefreshFolderOptions extends Partial<Omit<RefresherParts, 'places'>> {
  readonly clock?: Clock;
  /** For the provider openai-codex. */
  readonly tokenEndpoint?: string;
  readonly times?: Partial<LockTimes>;
  /** Stands between the refresher and the vault. */
  readonly around?: (stores: HeldStores) => HeldStores;
}

/** A state dir on the disk with some agents, and a refresher on it as the extension builds it. */
export class RefreshFolder {
  readonly lines: string[] = [];
  readonly locks: FileLocks;
  readonly memory: RefreshMemory;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly refresher: Refresher;
  readonly places: StorePlace[] = [];
  readonly stateDir: string;

  constructor(stateDir: string, options: RefreshFolderOptions = {}) {
    const {
      clock = systemClock,
      tokenEndpoint = 'http://127.0.0.1:1/',
      around,
      times = {},
      ...others
    } = options;
    this.stateDir = stateDir;
    this.locks = new FileLocks({ app: 'test', clock: systemClock, times });
    this.memory = new RefreshMemory({ locks: this.locks });
    const log = (line: string): void => void this.lines.push(line);
    this.journal = new Journal({ clock });
    this.vault = new Vault({ locks: this.locks, clock: systemClock, log });
    const { vault } = this;
    this.refresher = new Refresher({
      vault:
        around === undefined
          ? vault
          : {
              withStores: (paths, given, task) =>
                vault.withStores(paths, given, (stores) => task(around(stores))),
            },
      journal: this.journal,
      memory: this.memory,
      places: async () => this.places,
      grant: async () => openaiCodexGrant({ tokenEndpoint }),
      services: { fetch, clock },
      log,
      random: () => 0,
      ...others,
    });
  }

  /** Makes the store of an agent; the agents that were made are the places. */
  async agent(agentId: string, profiles: JsonObject, cache?: JsonObject): Promise<StorePlace> {
    const storePath = join(this.stateDir, 'agents', agentId, 'agent', 'auth-profiles.json');
    await mkdir(dirname(storePath), { recursive: true, mode: 0o700 });
    await writeFile(storePath, JSON.stringify({ version: 1, profiles }), { mode: 0o600 });
    if (cache) await writeFile(cachePath(storePath), JSON.stringify(cache), { mode: 0o600 });
    const place = { stateDir: this.stateDir, agentId, storePath };
    if (!this.places.some((one) => one.storePath === storePath)) this.places.push(place);
    return place;
  }

  async profile({ storePath }: StorePlace, profileId: string): Promise<JsonObject> {
    return (await json(storePath)).profiles[profileId];
  }

  async cached({ storePath }: StorePlace, provider: string): Promise<JsonObject> {
    return (await json(cachePath(storePath)))[provider];
  }

  /** Puts a profile in place as a program that takes no lock does. */
  async put({ storePath }: StorePlace, profileId: string, profile: JsonObject): Promise<void> {
    const document = await json(storePath);
    document.profiles[profileId] = profile;
    await writeFile(storePath, JSON.stringify(document));
    await chmod(storePath, 0o600);
  }

  entries() {
    return this.journal.entries([this.stateDir]);
  }

  records() {
    return this.memory.read([this.stateDir]);
  }

  dispose(): void {
    this.vault.dispose();
  }
}

function cachePath(storePath: string): string {
  return join(dirname(storePath), 'auth.json');
}

// biome-ignore lint/suspicious/noExplicitAny: what a test wrote itself.
async function json(path: string): Promise<any> {
  return JSON.parse(await readFile(path, 'utf8'));
}
