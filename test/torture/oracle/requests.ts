import type { TokenRequest } from '../ledger.ts';
import type { Evidence, Finding } from './evidence.ts';

export interface RequestVerdict {
  /** Refresh tokens of which a refresh was asked for. */
  readonly expiryEvents: number;
  readonly reuseEvents: number;
  readonly familiesRevoked: number;
  /** Requests for a token beyond the first that nothing which happened to the earlier ones excuses. */
  readonly unexplained: readonly Finding[];
  readonly unexplainedReuse: number;
}

/** Within this time of its answer, a process that is killed may not have written it down yet. */
const KILLED_IN_TIME_MS = 5_000;

/**
 * Each refresh token may be sent once. A further request is explained only if every earlier one with
 * that token
 * - met with an injected fault: an answer that spends nothing (429, 5xx, redirect, a page, no new
 *   refresh token), or one that never came (dropped, broken off by the time limit); or
 * - was sent by a process that was killed before the answer was durable in the journal: there is no
 *   `journaled` line of that process for the token, and no outcome of it either.
 *
 * A reuse that is explained so (rule 10: once more after a lost answer) may revoke its family. Any
 * other is ours.
 */
export function judgeRequests(evidence: Evidence): RequestVerdict {
  const byToken = new Map<string, TokenRequest[]>();
  for (const request of evidence.requests) {
    const list = byToken.get(request.token) ?? [];
    byToken.set(request.token, list);
    list.push(request);
  }
  const asked = new Set(evidence.events.flatMap((e) => (e.kind === 'ask' ? [e.token] : [])));
  const unexplained: Finding[] = [];
  let unexplainedReuse = 0;
  for (const [token, requests] of byToken) {
    asked.add(token);
    const first = requests.findIndex((request) => !isExcuse(request, evidence));
    if (first < 0) continue;
    for (const request of requests.slice(first + 1)) {
      if (request.verdict === 'reused') unexplainedReuse += 1;
      const lines = [...requests.map((one) => JSON.stringify(one)), ...eventsOf(token, evidence)];
      unexplained.push({ what: `${request.verdict}: token ${token} was sent again`, lines });
    }
  }
  const count = (verdict: TokenRequest['verdict']): number =>
    evidence.requests.filter((request) => request.verdict === verdict).length;
  return {
    expiryEvents: asked.size,
    reuseEvents: count('reused'),
    // Each reuse that is noted as one revokes a family that was not revoked yet.
    familiesRevoked: count('reused'),
    unexplained,
    unexplainedReuse,
  };
}

/** Whether a further request with the same token is legitimate after this one. */
export function isExcuse(request: TokenRequest, evidence: Evidence): boolean {
  const { fault, verdict, answeredAt, token, sender } = request;
  if (verdict === 'kept' || fault === 'htmlAfterCommit' || fault === 'dropped') return true;
  const ofSender = evidence.events.filter(
    (e) => e.process === sender && 'token' in e && e.token === token && e.t > request.t,
  );
  const arrived = ofSender.some(({ kind }) => kind === 'received');
  if (answeredAt === undefined || (fault === 'slow' && !arrived)) return true;
  if (ofSender.some(({ kind }) => kind === 'journaled' || kind === 'refreshed')) return false;
  const killed = evidence.killedAt.get(sender);
  return killed !== undefined && killed >= request.t && killed - answeredAt < KILLED_IN_TIME_MS;
}

function eventsOf(token: string, { events }: Evidence): readonly string[] {
  return events
    .filter((e) => 'token' in e && e.token === token && e.kind !== 'ask')
    .slice(0, 20)
    .map((e) => JSON.stringify(e));
}
