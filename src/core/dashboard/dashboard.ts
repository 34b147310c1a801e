import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { type HeldProfile, heldProfiles } from '../model/heldProfiles.ts';
import { usableEnd } from '../model/order.ts';
import { needsPerson } from '../model/profileState.ts';
import type {
  AgentSnapshot,
  ProfileSnapshot,
  Snapshot,
  StateDirSnapshot,
} from '../model/snapshot.ts';
import type { UsageTarget } from '../usage/storedQuestions.ts';
import { usageSourceOf } from '../usage/usageSources.ts';
import { type Histories, historyKey } from './history.ts';
import { type Matrix, matrixOf } from './matrix.ts';
import { type Track, trackOf } from './track.ts';

/** All that the dashboard shows of the stores, as plain data without a secret. */
export interface Dashboard {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly summary: DashboardSummary;
  /** Those of the Snapshot, in its sequence. */
  readonly dirs: readonly DashboardDir[];
}

export interface DashboardSummary {
  /** Each where it is stored. */
  readonly profiles: number;
  readonly needPerson: number;
  /** The soonest end of an access token that is renewed by itself: milliseconds since the epoch. */
  readonly nextRenewal?: number;
}

export interface DashboardDir {
  readonly dir: StateDirSnapshot;
  /** Agents that have something of their own, in the sequence of the Snapshot. */
  readonly groups: readonly TimelineGroup[];
  readonly matrix: Matrix;
  /** Logins whose usage a provider tells, each once. */
  readonly logins: readonly UsageLogin[];
}

export interface TimelineGroup {
  readonly agentId: string;
  /** Absent: main itself, where the config names other agents only, so that just its profiles are seen. */
  readonly agent?: AgentSnapshot;
  readonly needPerson: number;
  /** What needs a person first, then by provider and order, as the Profiles view has them. */
  readonly rows: readonly TimelineRow[];
}

export interface TimelineRow {
  /** The agent whose view of it this is. */
  readonly agentId: string;
  readonly profile: ProfileSnapshot;
  readonly track: Track;
}

export interface UsageLogin {
  readonly agentId: string;
  readonly profile: ProfileSnapshot;
  readonly target: UsageTarget;
}

/**
 * Pure. A profile is shown where it is stored and nowhere else: what agents inherit is told by the matrix.
 * @param histories What was seen of profiles before; none where it is not known.
 */
export function dashboardOf(snapshot: Snapshot, histories: Histories, now: number): Dashboard {
  const dirs = snapshot.stateDirs.map((dir) => ({
    dir,
    groups: groupsOf(dir, histories, now),
    matrix: matrixOf(dir),
    logins: loginsOf(dir, now),
  }));
  const rows = dirs.flatMap(({ groups }) => groups.flatMap((group) => group.rows));
  return { at: now, summary: summaryOf(rows, now), dirs };
}

function groupsOf(
  dir: StateDirSnapshot,
  histories: Histories,
  now: number,
): readonly TimelineGroup[] {
  const held = heldProfiles(dir);
  const groups = dir.agents.map((agent) => {
    const own = held.filter((one) => one.agent === agent && one.profile.origin === 'own');
    return groupOf(agent.id, own, histories, now, agent);
  });
  const inherited = held.filter(({ profile }) => profile.origin !== 'own');
  const shared = groupOf(MAIN_AGENT_ID, inherited, histories, now);
  return [shared, ...groups].filter(({ rows }) => rows.length > 0);
}

function groupOf(
  agentId: string,
  held: readonly HeldProfile[],
  histories: Histories,
  now: number,
  agent?: AgentSnapshot,
): TimelineGroup {
  const rows = held.map(({ agent: seenFrom, profile, store }) => {
    const history = histories.get(historyKey(store.path, profile.id));
    return { agentId: seenFrom.id, profile, track: trackOf(profile, history, now) };
  });
  const isNeeding = ({ profile }: TimelineRow): boolean => needsPerson(profile.state);
  const needing = rows.filter(isNeeding);
  return {
    agentId,
    ...(agent && { agent }),
    needPerson: needing.length,
    rows: [
      ...needing.sort((a, b) => urgency(a) - urgency(b)),
      ...rows.filter((row) => !isNeeding(row)),
    ],
  };
}

/** When a person is needed: what is needed now comes first. */
function urgency({ track: { end } }: TimelineRow): number {
  return end.kind === 'person' ? end.at : 0;
}

function loginsOf(dir: StateDirSnapshot, now: number): readonly UsageLogin[] {
  const logins = new Map<string, UsageLogin>();
  for (const { agent, profile, store } of heldProfiles(dir)) {
    const { id, type, provider, renewal } = profile;
    if (type === 'api_key' || usageSourceOf(provider) === undefined) continue;
    if (!canTell(profile, now)) continue;
    const target = { storePath: store.path, profileId: id };
    const login = renewal?.login ?? JSON.stringify(target);
    if (!logins.has(login)) logins.set(login, { agentId: agent.id, profile, target });
  }
  return [...logins.values()];
}

/** With what is lost nobody is told a number; the timeline says of it what there is to say. */
function canTell({ state, expires }: ProfileSnapshot, now: number): boolean {
  switch (state.kind) {
    case 'hidden':
    case 'broken':
    case 'expired':
      return false;
    case 'dead':
      return (usableEnd(expires) ?? 0) > now;
    default:
      return true;
  }
}

function summaryOf(rows: readonly TimelineRow[], now: number): DashboardSummary {
  let nextRenewal: number | undefined;
  for (const { profile, track } of rows) {
    const { end } = track;
    const at = end.kind === 'renews' || end.kind === 'retries' ? end.at : undefined;
    if (at === undefined || at <= now || profile.state.kind === 'hidden') continue;
    if (nextRenewal === undefined || at < nextRenewal) nextRenewal = at;
  }
  return {
    profiles: rows.length,
    needPerson: rows.filter(({ profile }) => needsPerson(profile.state)).length,
    ...(nextRenewal !== undefined && { nextRenewal }),
  };
}
