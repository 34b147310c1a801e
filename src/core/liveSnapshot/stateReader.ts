import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { ConfigRead } from '../documents/config.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import {
  agentDirOf,
  agentDirOverride,
  agentIdsOnDisk,
  authStorePath,
  findStateDirs,
  type Locations,
  runtimeCachePath,
  type StateDirLocation,
  sessionsPath,
} from '../documents/locations.ts';
import { ownFolderOf } from '../documents/ownFolder.ts';
import type { AgentRead, Reads, SessionsRead, StateDirRead, StoreRead } from '../model/reads.ts';
import { agentList, agentsNamedBy, type ListedAgent } from './agentList.ts';
import type { ConditionLog } from './conditionLog.ts';
import { ConfigReader } from './configReader.ts';
import { versionOf } from './fileVersion.ts';
import type { OwnData, OwnDataReader } from './ownDataReader.ts';
import { quickProbe } from './quickLook.ts';
import type { SessionsReader } from './sessionsReader.ts';
import { StoreReader } from './storeReader.ts';

export interface StateReaderOptions {
  readonly host: HostEnvironment;
  /** State dirs that a setting names, beside those that CoderClaw itself would look in. */
  readonly extraStateDirs: () => unknown;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface StateRead {
  readonly reads: Reads;
  /** A change of what was read begins with an event in one of these, which need not exist. */
  readonly directories: Directories;
  /** Absolute paths of the files in which sessions are listed, or would be. */
  readonly sessionLists: ReadonlySet<string>;
  /** A store was torn a moment ago: what stands here for it may be its last whole content. */
  readonly settling: boolean;
}

/**
 * Absolute paths. `layout`: where state dirs and configs come and go; `content`: where agents and
 * their stores do; `sessions`: where chats are written down, of which only the list concerns us.
 */
export type Directories = ReadonlyMap<string, DirectoryUse>;
type DirectoryUse = 'layout' | 'content' | 'sessions';

/**
 * Reads everything that a Snapshot is made of, all files side by side. Cheap to call again: only
 * what has changed is opened and parsed. Takes no lock and writes nothing.
 */
export class StateReader {
  readonly #options: StateReaderOptions;
  readonly #configs: ConfigReader;
  readonly #stores: StoreReader;
  #conditions: ConditionLog | undefined;
  #ownDataReader: OwnDataReader | undefined;
  #sessionsReader: SessionsReader | undefined;
  #locations: Locations | undefined;

  constructor(options: StateReaderOptions) {
    this.#options = options;
    this.#configs = new ConfigReader(options.clock, { env: options.host.env });
    this.#stores = new StoreReader({ clock: options.clock });
  }

  /**
   * Not to be called again before it has resolved.
   * @param relocate look for state dirs again, rather than where they were.
   */
  async read(relocate: boolean): Promise<StateRead> {
    const { stateDirs, lookedIn } = await this.#locate(relocate);
    const round: Round = {
      storePaths: new Set(),
      sessionLists: new Set(),
      directories: new Map(),
      settling: new Set(),
    };
    const dirReads = await Promise.all(stateDirs.map((dir) => this.#readStateDir(dir, round)));
    const reads: Reads = { stateDirs: dirReads, lookedIn, ...(await this.#ownData(dirReads)) };
    this.#stores.keepOnly(round.storePaths);
    this.#sessionsReader?.keepOnly(round.sessionLists);
    await this.#tellConditions(reads, round.settling);
    for (const path of layoutDirectories(stateDirs, lookedIn))
      round.directories.set(path, 'layout');
    return {
      reads,
      directories: round.directories,
      sessionLists: round.sessionLists,
      settling: round.settling.size > 0,
    };
  }

  /** What we remember of logins ourselves; where that is nothing, its reader is not even loaded. */
  async #ownData(dirs: readonly StateDirRead[]): Promise<OwnData> {
    if (this.#ownDataReader === undefined) {
      const files = dirs.flatMap(({ path }) => {
        const { refreshLog, tokenEnds } = ownFolderOf(path);
        return [versionOf(refreshLog, 0), versionOf(tokenEnds, 0)];
      });
      if ((await Promise.all(files)).every((file) => file === undefined)) return {};
      const { OwnDataReader } = await import('./ownDataReader.ts');
      this.#ownDataReader = new OwnDataReader(this.#options.log);
    }
    return this.#ownDataReader.read(dirs);
  }

  async #tellConditions(reads: Reads, settling: ReadonlySet<string>): Promise<void> {
    if (this.#conditions === undefined) {
      if (!isAnythingAmiss(reads)) return;
      const { ConditionLog } = await import('./conditionLog.ts');
      this.#conditions = new ConditionLog(this.#options.log);
    }
    this.#conditions.tell(reads, settling);
  }

  async #locate(again: boolean): Promise<Locations> {
    if (this.#locations !== undefined && !again) return this.#locations;
    const { host, extraStateDirs, log } = this.#options;
    const locations = await findStateDirs(host, extraStateDirs());
    for (const note of locations.notes) {
      if (!this.#locations?.notes.includes(note)) log(note);
    }
    this.#locations = locations;
    return locations;
  }

  async #readStateDir(dir: StateDirLocation, round: Round): Promise<StateDirRead> {
    round.directories.set(join(dir.path, 'agents'), 'content');
    round.directories.set(ownFolderOf(dir.path).path, 'content');
    const config = await this.#configs.read(dir.configPath);
    const named = new Set(agentsNamedBy(config).map(({ id }) => id));
    const isAsked = (id: string): boolean => !named.has(id);
    const idsOnDisk = await agentIdsOnDisk(dir.path, quickProbe, isAsked);
    const agents = await Promise.all(
      agentList(config, idsOnDisk).map((agent) => this.#readAgent(dir, config, agent, round)),
    );
    const main =
      agents.find((agent) => agent.id === MAIN_AGENT_ID)?.store ??
      (await this.#readStore(dir, { id: MAIN_AGENT_ID }, round));
    const { path, label, inUse } = dir;
    return { path, label, inUse, config, agents, mainStore: main };
  }

  async #readAgent(
    dir: StateDirLocation,
    config: ConfigRead,
    agent: ListedAgent,
    round: Round,
  ): Promise<AgentRead> {
    const { id, name, isDefault, onDiskOnly } = agent;
    const agentDir = agentDirOf(this.#options.host, dir, agent);
    const sessions = await this.#readSessions(dir, config, id, round);
    return {
      id,
      ...(name !== undefined && { name }),
      isDefault,
      onDiskOnly,
      agentDir,
      store: await this.#readStore(dir, agent, round),
      ...(sessions && { sessions }),
    };
  }

  /** Undefined where there is no file of them; then nothing that reads them is even loaded. */
  async #readSessions(
    dir: StateDirLocation,
    config: ConfigRead,
    agentId: string,
    round: Round,
  ): Promise<SessionsRead | undefined> {
    const elsewhere = 'config' in config ? config.config.sessionStore : undefined;
    const path = sessionsPath(this.#options.host, dir, agentId, elsewhere);
    if (path === undefined) return undefined;
    const folder = dirname(path);
    round.sessionLists.add(path);
    if (!round.directories.has(folder)) round.directories.set(folder, 'sessions');
    const now = this.#options.clock.now();
    if ((await versionOf(path, now)) === undefined) return undefined;
    if (this.#sessionsReader === undefined) {
      const { SessionsReader } = await import('./sessionsReader.ts');
      this.#sessionsReader ??= new SessionsReader(this.#options.clock);
    }
    return this.#sessionsReader.read(path, agentId);
  }

  async #readStore(
    dir: StateDirLocation,
    agent: Pick<ListedAgent, 'id' | 'agentDir' | 'unsetVariable'>,
    round: Round,
  ): Promise<StoreRead> {
    const { host } = this.#options;
    const agentDir = agentDirOf(host, dir, agent);
    const path = authStorePath(agentDir);
    const { unsetVariable: variable } = agent;
    if (variable !== undefined && agentDirOverride(host, dir, agent.id) === undefined) {
      return { kind: 'unplaced', path, variable };
    }
    round.storePaths.add(path);
    round.directories.set(agentDir, 'content');
    const { read, settling, isLink } = await this.#stores.read(path, [
      runtimeCachePath(agentDir),
      ...(agent.id === MAIN_AGENT_ID ? [dir.legacyOAuthPath] : []),
    ]);
    if (settling) round.settling.add(path);
    const target = isLink ? await linkTarget(path) : undefined;
    if (target !== undefined) round.directories.set(dirname(target), 'content');
    return read;
  }
}

/** Whether there is anything that the log is to be told of. Where not, its part is not even loaded. */
function isAnythingAmiss({ stateDirs }: Reads): boolean {
  const isAmiss = (file: ConfigRead | StoreRead): boolean =>
    (file.kind !== 'whole' && file.kind !== 'absent') ||
    ('problems' in file && file.problems.length > 0);
  return stateDirs.some(
    ({ config, agents, mainStore }) =>
      isAmiss(config) || isAmiss(mainStore) || agents.some(({ store }) => isAmiss(store)),
  );
}

/** What one round of reading gathers on its way. */
interface Round {
  readonly storePaths: Set<string>;
  readonly directories: Map<string, DirectoryUse>;
  readonly sessionLists: Set<string>;
  /** Stores that may just be being written. */
  readonly settling: Set<string>;
}

function layoutDirectories(
  stateDirs: readonly StateDirLocation[],
  lookedIn: readonly string[],
): readonly string[] {
  return [
    ...lookedIn,
    ...stateDirs.flatMap(({ path, configCandidates }) => [path, ...configCandidates.map(dirname)]),
  ];
}

/** Where a link leads; undefined where that cannot be seen. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
