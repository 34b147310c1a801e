import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { asDiskError } from '../disk/diskError.ts';
import { makePrivateFolder } from '../disk/folder.ts';
import {
  addAgent,
  makeDefaultAgent,
  type NewConfigAgent,
  removeAgent,
  renameAgent,
} from '../documents/agentEdits.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { addBinding, type NewBinding, removeBinding } from '../documents/bindingEdits.ts';
import { matchKey } from '../documents/bindingMatch.ts';
import { type ConfigAgent, configFrom, defaultAgentId } from '../documents/config.ts';
import { type BindingMatch, type ConfigBinding, readBindings } from '../documents/configAgents.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import { agentDirOf, authStorePath, sessionsPath } from '../documents/locations.ts';
import { agentName, assertNoReference, newAgentId, newWorkspace } from '../documents/newAgent.ts';
import { newBinding } from '../documents/newBinding.ts';
import { isKnown, KnownError } from '../errors.ts';
import { type AgentMentions, agentIn, isEntryOf, mentionsOf, rootOf } from './agentsInConfig.ts';
import { lookAtConfig, wholeOf } from './configOutlook.ts';
import { type CopyParts, copyProfile } from './copyProfile.ts';
import type { AgentFiles } from './profileService.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

/** The state dir whose agents are meant, as the Snapshot names it. Absolute paths. */
export interface AgentsPlace {
  readonly stateDir: string;
  /** The CLI of this machine would use it. */
  readonly inUse: boolean;
  readonly configPath: string;
}

/** What a person wants. */
export interface AgentWish {
  /** For people; without `id`, the id is made of it. */
  readonly name: string;
  readonly id?: string;
  /** Absolute, or with `~`; without one it is where CoderClaw would have it. */
  readonly workspace?: string;
  /** What it gets from another agent. */
  readonly copies?: {
    readonly from: Pick<AgentFiles, 'storePath'>;
    readonly profileIds: readonly string[];
  };
}

export interface AddedAgent extends Copied {
  readonly agentId: string;
  readonly workspace: string;
  readonly agentDir: string;
  /** A store of an earlier agent of this id was there, and is used again. */
  readonly hadStore: boolean;
}

export interface Copied {
  readonly copied: readonly string[];
  readonly failed: readonly { readonly profileId: string; readonly fault: KnownError }[];
}

/** What went with an agent, and what did not. */
export interface RemovedAgent extends AgentMentions {
  /** It was the default one; this one is now. */
  readonly newDefault?: string;
  /** Bindings that stand in files which the config includes: CoderClaw hands their chats to the default agent. */
  readonly left: readonly ConfigBinding[];
}

export interface AgentServiceParts extends CopyParts {
  readonly vault: Pick<Vault, 'commitStore' | 'commitConfig' | 'makeStore'>;
  readonly clock: Clock;
  readonly host: HostEnvironment;
}

type Edit = (text: string | undefined) => string | undefined;

/**
 * What people do to agents and their chats. Everything is decided on the text of the config as it is when
 * it is written. That text alone does not show what other files add to it, so each edit is first tried on
 * the config as a whole: where it would not come to what was asked for, nothing is written
 * (`config.notEditable`). The same holds for what CoderClaw would refuse to load.
 */
export class AgentService {
  readonly #parts: AgentServiceParts;

  constructor(parts: AgentServiceParts) {
    this.#parts = parts;
  }

  /**
   * Adds an agent: its folders (0700), a store of its own, its entry in the config, in this sequence;
   * then what it is to get from another. The store has nothing in it, so that CoderClaw does not clone
   * main's refresh tokens into it; main's profiles are inherited all the same.
   * @throws {KnownError} `agent.badName`, `agent.reserved`, `agent.exists`, `agent.badFolder`, `config.*`,
   * `store.*`, `lock.*`, `disk.*`: there is no such agent, though perhaps its empty folders.
   */
  async add(place: AgentsPlace, { name, id, workspace, copies }: AgentWish): Promise<AddedAgent> {
    const { host, vault, clock } = this.#parts;
    const { configPath, stateDir } = place;
    const agentId = newAgentId(id ?? name);
    const agentDir = this.#agentDirOf(place, { id: agentId });
    assertNoReference(agentDir);
    const entry: NewConfigAgent = {
      agentId,
      name: agentName(name),
      workspace: newWorkspace(host, stateDir, agentId, workspace),
      agentDir,
    };
    const { text, root } = await lookAtConfig(configPath);
    if (agentIn(root, agentId)) throw new KnownError('agent.exists', { agentId, path: configPath });
    this.#checkAdded(place, entry, await wholeOf(configPath, addAgent(text, entry, configPath)));

    const storePath = authStorePath(agentDir);
    const sessions = sessionsPath(host, { path: stateDir }, agentId);
    await makeFolders([entry.workspace, agentDir, ...(sessions ? [dirname(sessions)] : [])]);
    const hadStore = (await readKnownStore(storePath, clock)).kind === 'whole';
    await vault.makeStore(storePath);
    await vault.commitConfig(configPath, (now) => {
      const there = agentIn(rootOf(now), agentId);
      if (there !== undefined && !isEntryOf(now, entry)) {
        throw new KnownError('agent.exists', { agentId, path: configPath });
      }
      return addAgent(now, entry, configPath);
    });
    const to = { stateDir, storePath, configPath, legacyPaths: [] };
    const copied = await this.copyProfiles(copies?.from, to, copies?.profileIds ?? []);
    return { agentId, workspace: entry.workspace, agentDir, hadStore, ...copied };
  }

  /**
   * Copies keys and tokens of one agent to another of the same state dir, under the same ids; each by
   * itself, as `copyProfile` says.
   */
  async copyProfiles(
    from: Pick<AgentFiles, 'storePath'> | undefined,
    to: AgentFiles,
    profileIds: readonly string[],
  ): Promise<Copied> {
    const copied: string[] = [];
    const failed: { profileId: string; fault: KnownError }[] = [];
    for (const profileId of from === undefined ? [] : profileIds) {
      try {
        if (from !== undefined) await copyProfile(this.#parts, from, to, profileId);
        copied.push(profileId);
      } catch (error) {
        if (!(error instanceof KnownError)) throw error;
        failed.push({ profileId, fault: error });
      }
    }
    return { copied, failed };
  }

  /**
   * Gives an agent another name for people.
   * @throws {KnownError} `agent.badName`, `agent.gone`, `config.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async rename(place: AgentsPlace, agentId: string, given: string): Promise<void> {
    const name = agentName(given);
    const { configPath } = place;
    const edit = (text: string | undefined) => renameAgent(text, agentId, name, configPath);
    await this.#editListed(place, agentId, edit, 'agents.list.name', (after) => {
      return agentIn(after, agentId)?.name === name;
    });
  }

  /**
   * Makes an agent the default one.
   * @throws {KnownError} `agent.gone`, `config.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async makeDefault(place: AgentsPlace, agentId: string): Promise<void> {
    const { configPath } = place;
    const edit = (text: string | undefined) => makeDefaultAgent(text, agentId, configPath);
    await this.#editListed(place, agentId, edit, 'agents.list.default', (after) => {
      return defaultAgentId(configFrom(after)) === agentId;
    });
  }

  /**
   * Takes an agent out of the config, with its bindings and where others are allowed to talk to it.
   * Its folders stay (`removedFolders`). Where it was the default one, the first that is left is.
   * @throws {KnownError} `agent.notRemovable` for `main`; `config.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async remove(place: AgentsPlace, agentId: string): Promise<RemovedAgent> {
    if (agentId === MAIN_AGENT_ID) throw new KnownError('agent.notRemovable', { agentId });
    const { configPath } = place;
    let went: AgentMentions = { bindings: [], allowed: 0 };
    const edit: Edit = (text) => {
      const after = text === undefined ? undefined : removeAgent(text, agentId, configPath);
      // Made once, it may be called again to see that it was made.
      if (after !== undefined) went = mentionsOf(rootOf(text), agentId);
      return after;
    };
    const { root, text } = await lookAtConfig(configPath);
    const after = await wholeOf(configPath, edit(text) ?? text);
    if (agentIn(after, agentId)) {
      throw new KnownError('config.notEditable', { path: configPath, key: 'agents.list' });
    }
    await this.#parts.vault.commitConfig(configPath, edit);
    const wasDefault = defaultAgentId(configFrom(root)) === agentId;
    return {
      ...went,
      ...(wasDefault && { newDefault: defaultAgentId(configFrom(after)) }),
      left: mentionsOf(after, agentId).bindings,
    };
  }

  /**
   * Hands chats to an agent, behind all bindings that are there. `bindingConflicts` says before what that
   * comes to.
   * @param instead An entry as it is written, which goes in the same step.
   * @throws {KnownError} `binding.bad`, `binding.taken`, `binding.gone`, `agent.gone`, `config.*`,
   * `lock.*`, `disk.*`: nothing changed.
   */
  async addBinding(
    place: AgentsPlace,
    { agentId: given, match }: { readonly agentId: string; readonly match: BindingMatch },
    instead?: JsonObject,
  ): Promise<void> {
    const { configPath } = place;
    const binding = newBinding(given, match);
    const { agentId } = binding;
    const edit = (text: string | undefined): string => {
      const left = instead && withoutBinding(text, instead, binding, configPath);
      return addBinding(left ?? text, binding, configPath);
    };
    await this.#editListed(place, agentId, edit, 'bindings', (after) => {
      const key = matchKey(binding.match);
      const first = readBindings(after).find((one) => matchKey(one.match) === key);
      if (first !== undefined && first.agentId !== agentId) {
        throw new KnownError('binding.taken', { path: configPath, agentId: first.agentId });
      }
      return first !== undefined;
    });
  }

  /**
   * Takes chats from an agent.
   * @param written The entry as a whole (`ConfigBinding.written`): one that has changed since stays.
   * @throws {KnownError} `binding.gone`, `config.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async removeBinding({ configPath }: AgentsPlace, written: JsonObject): Promise<void> {
    // Once before: that it is gone is a failure then, and no more while it is being made.
    const { text } = await lookAtConfig(configPath);
    removeBinding(text, written, configPath);
    await this.#parts.vault.commitConfig(configPath, (now) => {
      try {
        return removeBinding(now, written, configPath);
      } catch (error) {
        if (isKnown(error, 'binding.gone')) return undefined;
        throw error;
      }
    });
  }

  /** Edits the config for an agent that it lists, if that comes to what `holds` wants. */
  async #editListed(
    { configPath }: AgentsPlace,
    agentId: string,
    edit: (text: string | undefined) => string,
    key: string,
    holds: (after: JsonValue) => boolean,
  ): Promise<void> {
    const { text, root } = await lookAtConfig(configPath);
    const isListed = agentIn(root, agentId) !== undefined;
    const listedEdit: Edit = (now) => {
      if (agentId === MAIN_AGENT_ID || agentIn(rootOf(now), agentId)) return edit(now);
      // It may be listed by a file that is included: there an edit of this one finds nothing.
      if (isListed && now === text) {
        throw new KnownError('config.notEditable', { path: configPath, key });
      }
      throw new KnownError('agent.gone', { agentId, path: configPath });
    };
    if (!holds(await wholeOf(configPath, listedEdit(text)))) {
      throw new KnownError('config.notEditable', { path: configPath, key });
    }
    await this.#parts.vault.commitConfig(configPath, listedEdit);
  }

  /** CoderClaw takes the first entry of an id, and refuses a config in which two agents share a folder. */
  #checkAdded(place: AgentsPlace, { agentId, agentDir }: NewConfigAgent, after: JsonValue): void {
    const { agents } = configFrom(after);
    const key = this.#folderKey(agentDir);
    for (const agent of agents) {
      if (agent.id === agentId || this.#folderKey(this.#agentDirOf(place, agent)) !== key) continue;
      throw new KnownError('agent.badFolder', { path: agentDir, why: 'taken' });
    }
    if (agentIn(after, agentId)?.agentDir === agentDir) return;
    throw new KnownError('config.notEditable', { path: place.configPath, key: 'agents.list' });
  }

  #agentDirOf({ stateDir, inUse }: AgentsPlace, agent: Pick<ConfigAgent, 'id' | 'agentDir'>) {
    return agentDirOf(this.#parts.host, { path: stateDir, inUse }, agent);
  }

  #folderKey(path: string): string {
    const { platform } = this.#parts.host;
    return platform === 'darwin' || platform === 'win32' ? path.toLowerCase() : path;
  }
}

async function makeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await makePrivateFolder(folder);
    } catch (error) {
      throw asDiskError(error, folder);
    }
  }
}

/** Without the entry that is to go; one that went by this very edit before is no failure. */
function withoutBinding(
  text: string | undefined,
  written: JsonObject,
  { agentId, match }: NewBinding,
  path: string,
): string | undefined {
  try {
    return removeBinding(text, written, path);
  } catch (error) {
    const key = matchKey(match);
    const isMade = readBindings(rootOf(text)).some(
      (one) => one.agentId === agentId && matchKey(one.match) === key,
    );
    if (isKnown(error, 'binding.gone') && isMade) return text;
    throw error;
  }
}
