import type { Diagnosis } from '../doctor/doctor.ts';
import type { Finding, LoginHolder, Severity } from '../doctor/finding.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { loginFingerprint } from '../model/loginFingerprint.ts';
import type { Reads } from '../model/reads.ts';
import type { AgentSnapshot, ProfileSnapshot } from '../model/snapshot.ts';
import { builtInProviders } from '../signin/addedSignIns.ts';
import { apiKeyProviders } from '../signin/secrets/apiKeyProviders.ts';
import { knownPath, Pseudonyms } from './pseudonyms.ts';
import type { StatusScene } from './statusReport.ts';

/**
 * How things stand, for strangers to read: nothing in it was written by a person, a provider or a file, and
 * no secret. Whatever has a name of its own is numbered, and keeps its number throughout; what is one of a
 * closed set of words (a kind, a code, a provider that everybody knows) stands as it is.
 */
export interface Diagnostics {
  readonly stateDirs: readonly DiagnosedDir[];
  /** Where CoderClaw was looked for. */
  readonly lookedIn: readonly string[];
  readonly findings: readonly DiagnosedFinding[];
  /** Checks that came to no answer. */
  readonly unfinished: readonly string[];
  /** Names of CoderClaw's own variables that are set. */
  readonly variables: readonly string[];
}

export interface DiagnosedDir {
  readonly path: string;
  readonly inUse: boolean;
  /** Kind of the read, with the errno where there is one. */
  readonly config: string;
  readonly agents: readonly DiagnosedAgent[];
}

export interface DiagnosedAgent {
  readonly name: string;
  readonly isDefault: boolean;
  readonly onDiskOnly: boolean;
  readonly store: string;
  /** How many sessions there are, are pinned and have a stale pin; absent where there is no list. */
  readonly sessions?: string;
  readonly providers: readonly DiagnosedProvider[];
}

export interface DiagnosedProvider {
  readonly name: string;
  readonly orderSource: string;
  readonly profiles: readonly DiagnosedProfile[];
}

export interface DiagnosedProfile {
  readonly name: string;
  readonly type: ProfileSnapshot['type'];
  /** Kind of its state, with the reason where that is one of ours. */
  readonly state: string;
  /** When the state ends or ended, in milliseconds since the epoch. */
  readonly at?: number;
  /** End of the token, in milliseconds since the epoch. */
  readonly expires?: number;
  /** Place in the order, counted from 1; absent where it is not in it. */
  readonly position?: number;
  readonly leftOut?: string;
  readonly origin: ProfileSnapshot['origin'];
  readonly renewsItself: boolean;
  /** `loginFingerprint`; absent for keys, and where it is not known. */
  readonly fingerprint?: string;
  /** How many odd things are known of it. */
  readonly problems: number;
}

export interface DiagnosedFinding {
  readonly code: Finding['code'];
  readonly severity: Severity;
  /** What it is about, by the same names. */
  readonly about: readonly string[];
  readonly fingerprint?: string;
  readonly isRepairable: boolean;
}

const VARIABLES = [
  'CODERCLAW_STATE_DIR',
  'CODERCLAW_PROFILE',
  'CODERCLAW_HOME',
  'CODERCLAW_CONFIG_PATH',
  'CODERCLAW_AGENT_DIR',
];

const knownProviders: ReadonlySet<string> = new Set([
  ...builtInProviders,
  ...apiKeyProviders.map(({ id }) => id),
]);

/** Pure. The same scene has the same names; another one may have others. */
export function diagnostics(
  { reads, snapshot, host }: Pick<StatusScene, 'reads' | 'snapshot' | 'host'>,
  diagnosis: Pick<Diagnosis, 'findings' | 'unfinished'>,
): Diagnostics {
  const names = new Names();
  const path = (one: string): string => knownPath(one, host.homedir);
  return {
    stateDirs: snapshot.stateDirs.map((dir) => ({
      path: path(dir.path),
      inUse: dir.inUse,
      config: kindOf(dir.config),
      agents: dir.agents.map((agent) => agentOf(dir.path, agent, names, reads)),
    })),
    lookedIn: snapshot.lookedIn.map(path),
    findings: diagnosis.findings.map((one) => findingOf(one, names, path)),
    unfinished: diagnosis.unfinished.map(({ check, why }) => `${check} (${why})`),
    variables: VARIABLES.filter((name) => (host.env[name] ?? '').trim() !== ''),
  };
}

/** The numbers of what has a name. */
class Names {
  readonly #agents = new Pseudonyms('agent');
  readonly #profiles = new Pseudonyms('profile');
  readonly #providers = new Pseudonyms('provider');

  agent(stateDir: string, id: string): string {
    return id === MAIN_AGENT_ID ? id : this.#agents.of(stateDir, id);
  }

  profile(stateDir: string, id: string): string {
    return this.#profiles.of(stateDir, id);
  }

  provider(id: string): string {
    return knownProviders.has(id) ? id : this.#providers.of(id);
  }
}

function agentOf(
  stateDir: string,
  agent: AgentSnapshot,
  names: Names,
  reads: Reads,
): DiagnosedAgent {
  const { isDefault, onDiskOnly, store, sessions, providers } = agent;
  return {
    name: names.agent(stateDir, agent.id),
    ...{ isDefault, onDiskOnly, store: kindOf(store) },
    ...(sessions !== undefined && { sessions: sessionsOf(sessions) }),
    providers: providers.map(({ id, orderSource, profiles }) => ({
      ...{ name: names.provider(id), orderSource },
      profiles: profiles.map((profile) => {
        const fingerprint = fingerprintOf(stateDir, agent.id, profile, reads);
        const { type, state, expires, position, leftOut, origin, renewal, problems } = profile;
        return {
          ...{ name: names.profile(stateDir, profile.id), type, origin },
          state:
            'why' in state && state.why !== undefined ? `${state.kind}: ${state.why}` : state.kind,
          ...timeOf(state),
          ...(expires !== undefined && { expires }),
          ...(position !== undefined && { position: position + 1 }),
          ...(leftOut !== undefined && { leftOut }),
          ...(fingerprint !== undefined && { fingerprint }),
          renewsItself: renewal !== undefined,
          problems: problems.length,
        };
      }),
    })),
  };
}

function timeOf(state: ProfileSnapshot['state']): { readonly at?: number } {
  if ('at' in state) return { at: state.at };
  if ('until' in state) return { at: state.until };
  return 'since' in state ? { at: state.since } : {};
}

/** Own ones stand in the agent's store, others in that of main. */
function fingerprintOf(
  stateDir: string,
  agentId: string,
  { id, origin }: ProfileSnapshot,
  { stateDirs }: Reads,
): string | undefined {
  const dir = stateDirs.find(({ path }) => path === stateDir);
  const own = dir?.agents.find((one) => one.id === agentId)?.store;
  const store = origin === 'own' ? own : dir?.mainStore;
  const credential = store?.kind === 'whole' ? store.store.profiles.get(id) : undefined;
  return credential === undefined ? undefined : loginFingerprint(credential);
}

function sessionsOf(sessions: NonNullable<AgentSnapshot['sessions']>): string {
  if (sessions.kind !== 'whole') return kindOf(sessions);
  const { count, pinned, stale } = sessions;
  return `${count}, ${pinned} pinned, ${stale.length} stale`;
}

/** An errno is a word of the system; anything else that is said of a read can quote the file. */
function kindOf(read: { readonly kind: string; readonly errno?: string }): string {
  const { kind, errno } = read;
  return errno !== undefined && /^E[A-Z0-9]+$/.test(errno) ? `${kind} (${errno})` : kind;
}

function findingOf(
  { code, severity, where, facts, isRepairable }: Finding,
  names: Names,
  path: (one: string) => string,
): DiagnosedFinding {
  const { stateDir = '', agentId, profileId } = where;
  const holders: readonly LoginHolder[] = 'holders' in facts ? facts.holders : [];
  return {
    ...{ code, severity, isRepairable },
    about: [
      ...(agentId === undefined ? [] : [names.agent(stateDir, agentId)]),
      ...(profileId === undefined ? [] : [names.profile(stateDir, profileId)]),
      ...('provider' in facts ? [names.provider(facts.provider)] : []),
      ...holders.map(
        (one) =>
          `${names.agent(one.stateDir, one.agentId)} ${names.profile(one.stateDir, one.profileId)}`,
      ),
      ...('port' in facts ? [`${facts.port}`] : []),
      ...(where.path === undefined ? [] : [path(where.path)]),
    ],
    ...('fingerprint' in facts && { fingerprint: facts.fingerprint }),
  };
}
