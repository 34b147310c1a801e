import { readdir, readFile } from 'node:fs/promises';

/** Names the file to which the suites inside the extension host report, one JSON line an event. */
export const reportVariable = 'CODERCLAW_AUTH_TEST_REPORT';

export type HostEvent =
  | { readonly event: 'start'; readonly suites: readonly string[] }
  | { readonly event: 'pass'; readonly title: string }
  | { readonly event: 'pending'; readonly title: string }
  | { readonly event: 'fail'; readonly title: string; readonly error: string }
  | { readonly event: 'end' };

export interface Failure {
  readonly title: string;
  readonly error: string;
}

/** What a ring hands to the test runner. */
export interface RingResult {
  readonly passed: number;
  readonly pending: number;
  readonly failures: readonly Failure[];
}

/**
 * Reads a report as it was left. What did not happen counts as failed: a run that never came to its
 * end, and a suite file in `suiteFolder` that the entry does not load.
 */
export async function readHostReport(path: string, suiteFolder: string): Promise<RingResult> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HostEvent);
  const failures: Failure[] = events.flatMap((event) =>
    event.event === 'fail' ? [{ title: event.title, error: event.error }] : [],
  );
  const loaded = events.flatMap((event) => (event.event === 'start' ? event.suites : []));
  for (const file of await readdir(suiteFolder)) {
    if (file.endsWith('.test.ts') && !loaded.includes(file)) {
      failures.push({ title: file, error: 'This suite did not run: is it in test/host/index.ts?' });
    }
  }
  if (!events.some((event) => event.event === 'end')) {
    failures.push({
      title: 'the run',
      error: `The suites did not come to their end: ${events.length} events were reported.`,
    });
  }
  const count = (kind: HostEvent['event']) => events.filter((event) => event.event === kind).length;
  return { passed: count('pass'), pending: count('pending'), failures };
}
