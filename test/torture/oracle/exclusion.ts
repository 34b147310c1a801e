import type { Evidence, Finding } from './evidence.ts';

/** A commit of the past; the inodes of what it replaced and of what it left. */
interface Commit {
  readonly t: number;
  readonly of: string;
  readonly to: string;
  readonly line: string;
}

/**
 * Each version of a file (its inode and bytes) may be replaced once: two commits that were both made
 * from the same one had no lock between them. Nor had two of which one went from its last check to its
 * end while the other did, unless one was made from what the other had left: then that one had renamed
 * before, and lost its lock only then. A commit during which its process was stopped has its times
 * wrong, so it is judged by its versions alone.
 */
export function exclusionViolations({ events, stops }: Evidence): readonly Finding[] {
  const findings: Finding[] = [];
  const successors = new Map<string, string>();
  const latest = new Map<string, Commit>();
  for (const event of events) {
    if (event.kind !== 'commit') continue;
    const { path, before, after, process, from, t } = event;
    const line = JSON.stringify({ process, path, before, after, from, t });
    const version = `${path} ${before}`;
    const other = successors.get(version);
    if (before !== '-' && other !== undefined) {
      findings.push({ what: 'one version of a file was replaced twice', lines: [other, line] });
    }
    successors.set(version, line);
    // It can come again, by name: the same bytes in a file that got the number of one that is gone.
    successors.delete(`${path} ${after}`);
    const last = latest.get(path);
    const wasStopped = stops.some((s) => s.process === process && s.from < t && s.to > from);
    if (wasStopped) continue;
    const isInARow = last?.to === fileOf(before) || last?.of === fileOf(after);
    if (last !== undefined && from < last.t && !isInARow) {
      findings.push({ what: 'two commits at once', lines: [last.line, line] });
    }
    latest.set(path, { t, of: fileOf(before), to: fileOf(after), line });
  }
  return findings;
}

/** The inode in a version. */
function fileOf(version: string): string {
  return version.split(':')[0] ?? '';
}
