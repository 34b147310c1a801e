import { type Evidence, type Finding, linesAbout } from './evidence.ts';

/**
 * Commits that put a refresh token into a store of which it was known by then that it is spent: a
 * refresh with it had already ended as `refreshed`, so its successor stood in journal and memory.
 */
export function spentWrites({ events, requests }: Evidence): readonly Finding[] {
  const spending = new Set(
    requests.flatMap(({ token, next }) => (next === undefined ? [] : [token])),
  );
  const knownAt = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'refreshed' || event.outcome !== 'refreshed') continue;
    if (spending.has(event.token) && !knownAt.has(event.token)) knownAt.set(event.token, event.t);
  }
  return events.flatMap((event) => {
    if (event.kind !== 'commit') return [];
    return event.changes.flatMap(([, key, , after]) => {
      const known = after?.startsWith('r:') ? knownAt.get(after.slice(2)) : undefined;
      if (known === undefined || event.from < known) return [];
      const what = `a spent token was written: ${key} in ${event.path}`;
      return [{ what, lines: linesAbout(events, event.path, key) }];
    });
  });
}
