import { readFileSync } from 'node:fs';
import type { JsonValue } from '../../../src/core/documents/json.ts';
import { markOf, parsedOrEmpty, partOf } from '../events.ts';
import { BYSTANDERS, FUTURE_KEY } from '../world.ts';
import { type Evidence, type Finding, linesAbout } from './evidence.ts';

type Operation = {
  readonly store: string;
  readonly part: 'profiles' | 'order';
  readonly key: string;
  readonly marks: { readonly mark: string | null; readonly op: string }[];
};

/**
 * Entries that one caller alone changes, one change after the other. At the end each must be what was
 * last acknowledged, or what was begun after that and not acknowledged (a process that was killed may
 * or may not have got so far). Everything else is lost.
 */
export function lostEntries(evidence: Evidence): readonly Finding[] {
  const findings: Finding[] = [];
  const documents = new Map<string, JsonValue>();
  for (const { storePath } of evidence.world.places) {
    documents.set(storePath, documentAt(storePath));
  }
  const acked = new Set(evidence.events.flatMap((e) => (e.kind === 'acked' ? [e.op] : [])));
  for (const { store, part, key, marks } of operationsByEntry(evidence)) {
    const lastAcked = marks.findLastIndex(({ op }) => acked.has(op));
    const allowed = new Set(marks.slice(Math.max(0, lastAcked)).map(({ mark }) => mark));
    if (lastAcked < 0) allowed.add(null);
    const found = markOf(partOf(documents.get(store) ?? {}, part)[key]);
    if (allowed.has(found)) continue;
    const what = `${part} ${key} in ${store}: ${found ?? 'nothing'} stands there`;
    findings.push({ what, lines: linesAbout(evidence.events, store, key) });
  }
  return [...findings, ...lostBystanders(documents)];
}

/** What nobody ever changed. */
function lostBystanders(documents: ReadonlyMap<string, JsonValue>): readonly Finding[] {
  return [...documents].flatMap(([store, document]) => {
    const missing = BYSTANDERS.filter((id) => partOf(document, 'profiles')[id] === undefined);
    const root = document as Readonly<Record<string, JsonValue>>;
    if (root[FUTURE_KEY] === undefined) missing.push(FUTURE_KEY);
    return missing.map((what) => ({ what: `${what} is gone from ${store}`, lines: [] }));
  });
}

function operationsByEntry({ events }: Evidence): Iterable<Operation> {
  const entries = new Map<string, Operation>();
  for (const event of events) {
    // A login that is signed in again is refreshed by everybody from then on.
    if (event.kind !== 'begin' || event.what === 'signIn') continue;
    const { store, part, key, mark, op } = event;
    const name = JSON.stringify([store, part, key]);
    const entry = entries.get(name) ?? { store, part, key, marks: [] };
    entries.set(name, entry);
    entry.marks.push({ mark, op });
  }
  return entries.values();
}

export function documentAt(path: string): JsonValue {
  try {
    return parsedOrEmpty(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
