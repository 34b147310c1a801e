import type { ReportedAgent } from '../core/reports/statusReport.ts';

/** What a status is told of. */
export type StatusSubject = ReportedAgent | 'all';

/** What stands for it in the address of a document. */
export function statusQuery(subject: StatusSubject): readonly string[] {
  return subject === 'all' ? [] : [subject.stateDir, subject.agentId];
}

/** The subject of such an address; undefined for what {@link statusQuery} does not write. */
export function statusSubject(query: unknown): StatusSubject | undefined {
  if (!Array.isArray(query) || !query.every((part) => typeof part === 'string')) return undefined;
  if (query.length === 0) return 'all';
  const [stateDir, agentId, ...more] = query as readonly string[];
  if (stateDir === undefined || agentId === undefined || more.length > 0) return undefined;
  return { stateDir, agentId };
}
