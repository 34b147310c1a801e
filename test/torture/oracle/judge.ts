import { leftovers, secretLeaks, tornReads } from './disk.ts';
import type { Evidence, Finding } from './evidence.ts';
import { exclusionViolations } from './exclusion.ts';
import { lostLogins, missingLogins } from './logins.ts';
import { lostEntries } from './ownEntries.ts';
import { percentile99, repairTimes } from './repairs.ts';
import { judgeRequests } from './requests.ts';
import { spentWrites } from './spentWrites.ts';

/** What the parent saw itself. */
export interface Seen {
  readonly crashes: readonly string[];
  readonly looseModes: readonly Finding[];
  readonly looks: number;
  readonly faults: Readonly<Record<string, number>>;
}

export interface Judgement {
  /** Figures for the last line. */
  readonly acked: number;
  readonly ackedBy: Readonly<Record<string, number>>;
  readonly failedBy: Readonly<Record<string, number>>;
  readonly refreshOutcomes: Readonly<Record<string, number>>;
  readonly tokenRequests: number;
  readonly expiryEvents: number;
  readonly reuseEvents: number;
  readonly familiesRevoked: number;
  readonly kills: number;
  readonly repairs: number;
  readonly repairMsP99: number;
  readonly repairMsMax: number;
  /** The same with the time of faults that made a repair impossible. */
  readonly repairMsP99Raw: number;
  readonly looks: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Single ones may be slow: 99 of 100 may not. */
  readonly slowRepairs: readonly Finding[];
  /** What must not be, by name; all must be empty. */
  readonly findings: Readonly<Record<FindingName, readonly Finding[]>>;
  readonly unexplainedReuse: number;
}

export type FindingName =
  | 'lost'
  | 'tornReads'
  | 'exclusionViolations'
  | 'unexplainedRequests'
  | 'spentWrites'
  | 'leftovers'
  | 'secretLeaks'
  | 'looseModes'
  | 'crashes';

export function judge(evidence: Evidence, seen: Seen): Judgement {
  const { events, world } = evidence;
  const requests = judgeRequests(evidence);
  const repairs = repairTimes(evidence);
  const kinds = new Map(events.flatMap((e) => (e.kind === 'begin' ? [[e.op, e.what]] : [])));
  const ackedKinds = events.flatMap((e) => (e.kind === 'acked' ? [kinds.get(e.op) ?? ''] : []));
  const outcomes = events.flatMap((e) => (e.kind === 'refreshed' ? [e.outcome] : []));
  return {
    acked: ackedKinds.length + outcomes.filter((one) => one === 'refreshed').length,
    ackedBy: tally(ackedKinds),
    failedBy: tally(events.flatMap((e) => (e.kind === 'failed' ? [e.code.slice(0, 80)] : []))),
    refreshOutcomes: tally(outcomes),
    tokenRequests: evidence.requests.length,
    expiryEvents: requests.expiryEvents,
    reuseEvents: requests.reuseEvents,
    familiesRevoked: requests.familiesRevoked,
    unexplainedReuse: requests.unexplainedReuse,
    kills: evidence.killedAt.size,
    repairs: repairs.ms.length,
    repairMsP99: Math.round(percentile99(repairs.ms)),
    repairMsMax: Math.round(repairs.ms.at(-1) ?? 0),
    repairMsP99Raw: Math.round(percentile99(repairs.rawMs)),
    slowRepairs: repairs.slow,
    looks: seen.looks,
    faults: seen.faults,
    findings: {
      lost: [...lostEntries(evidence), ...missingLogins(evidence), ...lostLogins(evidence)],
      tornReads: tornReads(evidence),
      exclusionViolations: exclusionViolations(evidence),
      unexplainedRequests: requests.unexplained,
      spentWrites: spentWrites(evidence),
      leftovers: leftovers(world),
      secretLeaks: secretLeaks(world),
      looseModes: seen.looseModes,
      crashes: seen.crashes.map((what) => ({ what, lines: [] })),
    },
  };
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
