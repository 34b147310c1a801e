/**
 * Edits of the text of `sessions.json`. Pure: text in, text out, and every byte that an edit does not
 * name stays as it is: the entries hold much that is not ours. The time they take grows with the length of
 * the list alone, which has megabytes, and not with how many of its sessions are edited: a gateway waits
 * for the lock meanwhile. `path` is only for the error's facts.
 */
import type { JsonValue } from './json.ts';
import { type JsonMember, membersOf, withMembers } from './jsonMembers.ts';
import { sessionsIn } from './sessions.ts';

type Changes = ReadonlyMap<string, JsonValue | undefined>;

const PIN = [
  'authProfileOverride',
  'authProfileOverrideSource',
  'authProfileOverrideCompactionCount',
] as const;
const PATH = 'sessions.json';

/**
 * Pins a profile to a session, as a person's choice in a chat does (`/model X@profile`, CoderClaw
 * 2026.3.21): the profile, that a person chose it, no count of compactions, and `updatedAt` moved on.
 * @param now Milliseconds since the epoch.
 * @returns undefined where it is pinned so already, or there is no such session.
 * @throws {KnownError} `sessions.invalid` where the text is no JSON object.
 */
export function pinSession(
  text: string,
  sessionKey: string,
  profileId: string,
  now: number,
  path: string = PATH,
): string | undefined {
  const [override, source, count] = PIN;
  const pin = new Map([
    [override, profileId],
    [source, 'user'],
    [count, undefined],
  ]);
  return edited(text, [sessionKey], pin, now, path);
}

/**
 * Takes the pins off sessions, whoever chose them, as CoderClaw does with one that names nothing.
 * @returns undefined where none of them has one.
 * @throws {KnownError} `sessions.invalid` where the text is no JSON object.
 */
export function unpinSessions(
  text: string,
  sessionKeys: readonly string[],
  now: number,
  path: string = PATH,
): string | undefined {
  const noPin = new Map(PIN.map((key) => [key, undefined]));
  return edited(text, sessionKeys, noPin, now, path);
}

function edited(
  text: string,
  sessionKeys: readonly string[],
  changes: Changes,
  now: number,
  path: string,
): string | undefined {
  sessionsIn(text, path);
  const wanted = new Set(sessionKeys);
  const entries = new Map<string, JsonMember>();
  for (const member of membersOf(text)) {
    if (wanted.has(member.key)) entries.set(member.key, member);
  }
  let after = '';
  let at = 0;
  for (const { valueStart, end } of [...entries.values()].sort((a, b) => a.start - b.start)) {
    after += text.slice(at, valueStart) + entryWith(text.slice(valueStart, end), changes, now);
    at = end;
  }
  after += text.slice(at);
  return after === text ? undefined : after;
}

/** An entry with members set or removed (`undefined`), and its time moved on if that changed any. */
function entryWith(entry: string, changes: Changes, now: number): string {
  if (!entry.startsWith('{')) return entry;
  const is = new Map(
    membersOf(entry).map((one) => [one.key, entry.slice(one.valueStart, one.end)]),
  );
  const differing = [...changes].filter(([key, value]) => plain(is.get(key)) !== value);
  if (differing.length === 0) return entry;
  const updatedAt = plain(is.get('updatedAt'));
  // Never back: a clock can be behind that of the gateway.
  const isBehind = typeof updatedAt !== 'number' || updatedAt < now;
  const all = isBehind ? [...differing, ['updatedAt', now] as const] : differing;
  return withMembers(entry, new Map(all.map(([key, value]) => [key, JSON.stringify(value)])));
}

function plain(json: string | undefined): JsonValue | undefined {
  return json === undefined ? undefined : JSON.parse(json);
}
