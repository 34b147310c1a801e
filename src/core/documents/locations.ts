import { isAbsolute, join, resolve } from 'node:path';
import { MAIN_AGENT_ID, normalizeAgentId } from './agentIds.ts';
import {
  cliInstallId,
  coderclawHome,
  type DiskProbe,
  diskProbe,
  envValue,
  type HostEnvironment,
  shownPath,
  withTilde,
} from './hostEnvironment.ts';

/** One state dir that is there. All paths are absolute. */
export interface StateDirLocation {
  readonly path: string;
  /** Short for people: `~/.coderclaw/e4dde339`. */
  readonly label: string;
  /** The CLI, started with this environment, would use this one. At most one is. */
  readonly inUse: boolean;
  /** Where its config may stand, the first that exists being in force. */
  readonly configCandidates: readonly string[];
  /** The config in force, or the one that would be made. */
  readonly configPath: string;
  /** Logins of an older CoderClaw, which the CLI imports where there is no store. */
  readonly legacyOAuthPath: string;
}

export interface Locations {
  /** The one in use first; no folder twice, whatever links lead to it. */
  readonly stateDirs: readonly StateDirLocation[];
  /** Every absolute path where a state dir was looked for. */
  readonly lookedIn: readonly string[];
  /** What was not looked at and why, for the log. */
  readonly notes: readonly string[];
}

/** A folder name of an installation, below `~/.coderclaw`. */
const INSTALL_ID = /^[0-9a-f]{8}$/;
/** What may follow `~/.coderclaw-`: it must not lead out of the home folder. */
const PROFILE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const FLAT = '.coderclaw';
const CONFIG = 'coderclaw.json';

/**
 * Finds every state dir of this person, by the rules of CoderClaw 2026.3.21: `$CODERCLAW_STATE_DIR`;
 * else `~/.coderclaw-<profile>` with `$CODERCLAW_PROFILE` set and not `default`; else
 * `~/.coderclaw/<install id>`; else the flat `~/.coderclaw` (when it has a config and the
 * installation's own folder is not there, and when no installation is known). All others that are
 * there are found too. `~` is `$CODERCLAW_HOME` if set.
 *
 * One thing CoderClaw has no word on: where no CLI is found and the flat folder holds no state, a
 * single installation's folder counts as the one in use.
 *
 * @param extraDirs Further state dirs from a setting, as it stands there: a list of texts, each
 * absolute or with `~`. Relative ones are refused with a note, for there is no folder that they
 * could sensibly count from, and so is whatever else a person may have written.
 */
export async function findStateDirs(
  host: HostEnvironment,
  extraDirs: unknown = [],
  probe: DiskProbe = diskProbe,
): Promise<Locations> {
  const home = coderclawHome(host);
  const flat = join(home, FLAT);
  const notes: string[] = [];
  const absolute = (given: string, source: string): string | undefined => {
    const path = withTilde(given.trim(), home);
    if (isAbsolute(path)) return resolve(path);
    notes.push(`${source}: a relative path is not followed: ${shownPath(given, host)}`);
    return undefined;
  };

  const given = envValue(host, 'CODERCLAW_STATE_DIR');
  const fromEnv = given === undefined ? undefined : absolute(given, 'CODERCLAW_STATE_DIR');
  const profile = envValue(host, 'CODERCLAW_PROFILE');
  const profileIsName = profile !== undefined && PROFILE.test(profile);
  if (profile !== undefined && !profileIsName) notes.push('CODERCLAW_PROFILE: not a plain name');
  const named =
    profileIsName && profile.toLowerCase() !== 'default'
      ? join(home, `${FLAT}-${profile}`)
      : undefined;
  const extras = settingEntries(extraDirs, notes).flatMap(
    (dir) => absolute(dir, 'state folders') ?? [],
  );
  const installId = await cliInstallId(host, probe);
  const ofCli = installId === undefined ? undefined : join(flat, installId);

  const installs = (await foldersIn(flat, probe)).filter((name) => INSTALL_ID.test(name));
  const siblings = (await foldersIn(home, probe)).filter((name) => name.startsWith(`${FLAT}-`));
  const flatHasConfig = await probe.isFile(join(flat, CONFIG));
  const flatHasState = await hasState(flat, probe);

  const inUse =
    given !== undefined
      ? fromEnv
      : (named ??
        (await defaultDir({ flat, flatHasConfig, flatHasState, ofCli, installs, probe })));

  const candidates: { path: string; withFlatConfig: boolean }[] = [];
  const add = (path: string | undefined, withFlatConfig: boolean): void => {
    if (path !== undefined) candidates.push({ path, withFlatConfig });
  };
  // The one in use is among those below too; standing first, it is the one that stays.
  const ownConfigOnly = inUse === named && given === undefined;
  add(inUse, !ownConfigOnly);
  add(ofCli, true);
  for (const name of installs) add(join(flat, name), true);
  if (flatHasState || inUse === flat) add(flat, true);
  add(named, false);
  for (const name of siblings) {
    const path = join(home, name);
    if ((await hasState(path, probe)) || (await probe.isFile(join(path, CONFIG)))) add(path, false);
  }
  for (const path of extras) add(path, true);

  const stateDirs: StateDirLocation[] = [];
  const seen = new Set<string>();
  for (const { path, withFlatConfig } of candidates) {
    const real = await probe.realpath(path);
    if (real === undefined || seen.has(real) || !(await probe.isFolder(real))) continue;
    seen.add(real);
    const used = path === inUse;
    const configCandidates = configsOf(host, path, flat, { used, withFlatConfig });
    stateDirs.push({
      path,
      label: shownPath(path, host),
      inUse: used,
      configCandidates,
      configPath: await chosen(configCandidates, join(path, CONFIG), probe),
      legacyOAuthPath: join(oauthFolder(host, path, used), 'oauth.json'),
    });
  }
  const lookedIn = [inUse, named, ofCli, flat, ...extras].filter((path) => path !== undefined);
  return { stateDirs, lookedIn: [...new Set(lookedIn)], notes };
}

/** The folder of an agent: where its store is. */
export function agentDirOf(
  host: HostEnvironment,
  stateDir: Pick<StateDirLocation, 'path' | 'inUse'>,
  agent: { readonly id: string; readonly agentDir?: string },
): string {
  const override = agentDirOverride(host, stateDir, agent.id);
  if (override !== undefined) return override;
  const home = coderclawHome(host);
  if (agent.agentDir !== undefined) return resolve(stateDir.path, withTilde(agent.agentDir, home));
  return join(stateDir.path, 'agents', agent.id, 'agent');
}

/** The folder that the environment names for the main agent, whatever the config says. */
export function agentDirOverride(
  host: HostEnvironment,
  stateDir: Pick<StateDirLocation, 'inUse'>,
  agentId: string,
): string | undefined {
  if (agentId !== MAIN_AGENT_ID || !stateDir.inUse) return undefined;
  const given = envValue(host, 'CODERCLAW_AGENT_DIR') ?? envValue(host, 'PI_CODING_AGENT_DIR');
  return given === undefined ? undefined : resolve(withTilde(given, coderclawHome(host)));
}

/**
 * Ids of the agents that have a folder of their own in a state dir, whether configured or not.
 * @param isAsked of the others it is not looked whether they have one.
 */
export async function agentIdsOnDisk(
  stateDirPath: string,
  probe: Pick<DiskProbe, 'isFolder' | 'namesIn'> = diskProbe,
  isAsked: (id: string) => boolean = () => true,
): Promise<readonly string[]> {
  const agents = join(stateDirPath, 'agents');
  const ids: string[] = [];
  for (const name of await probe.namesIn(agents)) {
    if (normalizeAgentId(name) !== name || !isAsked(name)) continue;
    if (await probe.isFolder(join(agents, name, 'agent'))) ids.push(name);
  }
  return ids;
}

/**
 * Where the sessions of an agent are listed.
 * @param elsewhere `session.store` of the config: an absolute path or one beginning with `~`, in which
 * `{agentId}` stands for the agent. A relative one counts from wherever CoderClaw was started.
 * @returns undefined where that is not known.
 */
export function sessionsPath(
  host: HostEnvironment,
  stateDir: Pick<StateDirLocation, 'path'>,
  agentId: string,
  elsewhere?: string,
): string | undefined {
  if (elsewhere === undefined) {
    return join(stateDir.path, 'agents', agentId, 'sessions', 'sessions.json');
  }
  const path = withTilde(elsewhere.replaceAll('{agentId}', agentId), coderclawHome(host));
  return isAbsolute(path) ? resolve(path) : undefined;
}

export function authStorePath(agentDir: string): string {
  return join(agentDir, 'auth-profiles.json');
}

/** The runtime cache, or, where there is no whole store, the store of an older CoderClaw. */
export function runtimeCachePath(agentDir: string): string {
  return join(agentDir, 'auth.json');
}

/** The texts in a setting that should be a list of them; VS Code hands on any type. */
function settingEntries(setting: unknown, notes: string[]): readonly string[] {
  if (setting === undefined || setting === null) return [];
  if (!Array.isArray(setting)) {
    notes.push('state folders: the setting is not a list');
    return [];
  }
  const entries: readonly string[] = setting.filter((entry) => typeof entry === 'string');
  if (entries.length < setting.length) notes.push('state folders: entries that are not text');
  return entries;
}

async function defaultDir(found: {
  readonly flat: string;
  readonly flatHasConfig: boolean;
  readonly flatHasState: boolean;
  readonly ofCli: string | undefined;
  readonly installs: readonly string[];
  readonly probe: DiskProbe;
}): Promise<string> {
  const { flat, ofCli, installs } = found;
  if (ofCli !== undefined) {
    return found.flatHasConfig && !(await found.probe.isFolder(ofCli)) ? flat : ofCli;
  }
  const [only, ...more] = installs;
  return only !== undefined && more.length === 0 && !found.flatHasState ? join(flat, only) : flat;
}

/**
 * `$CODERCLAW_CONFIG_PATH` alone; else, as CoderClaw looks: the state dir's own file first where
 * `$CODERCLAW_STATE_DIR` names it (or would, for one that is not in use), then the flat one. An
 * installation's folder below the flat one is not named so: there the flat config goes first.
 */
function configsOf(
  host: HostEnvironment,
  stateDir: string,
  flat: string,
  how: { readonly used: boolean; readonly withFlatConfig: boolean },
): readonly string[] {
  const override = how.used ? envValue(host, 'CODERCLAW_CONFIG_PATH') : undefined;
  if (override !== undefined) return [resolve(withTilde(override, coderclawHome(host)))];
  const own = join(stateDir, CONFIG);
  const shared = join(flat, CONFIG);
  if (!how.withFlatConfig || own === shared) return [own];
  const namedByEnv = how.used && envValue(host, 'CODERCLAW_STATE_DIR') !== undefined;
  const installFolder = resolve(stateDir, '..') === flat;
  return installFolder && !namedByEnv ? [shared, own] : [own, shared];
}

/** The first candidate that is there; with none, a single candidate or the state dir's own file. */
async function chosen(
  candidates: readonly string[],
  own: string,
  probe: DiskProbe,
): Promise<string> {
  for (const path of candidates) if (await probe.isFile(path)) return path;
  return candidates.length === 1 ? (candidates[0] ?? own) : own;
}

function oauthFolder(host: HostEnvironment, stateDir: string, used: boolean): string {
  const override = used ? envValue(host, 'CODERCLAW_OAUTH_DIR') : undefined;
  return override === undefined
    ? join(stateDir, 'credentials')
    : resolve(withTilde(override, coderclawHome(host)));
}

async function hasState(path: string, probe: DiskProbe): Promise<boolean> {
  return (
    (await probe.isFolder(join(path, 'agents'))) ||
    (await probe.isFolder(join(path, 'credentials')))
  );
}

async function foldersIn(
  folder: string,
  probe: Pick<DiskProbe, 'isFolder' | 'namesIn'>,
): Promise<string[]> {
  const names: string[] = [];
  for (const name of await probe.namesIn(folder)) {
    if (await probe.isFolder(join(folder, name))) names.push(name);
  }
  return names;
}
