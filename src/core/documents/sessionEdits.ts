/**
 * Edits of the text of `sessions.json`. Pure: text in, text out, and every byte that an edit does not
 * name stays as it is: the entries hold much that is not ours. `path` is only for the error's facts.
 */
import type { ObjectNode } from '@humanwhocodes/momoa';
import { EditableJson5, memberOf } from './editableJson5.ts';
import type { JsonValue } from './json.ts';
import { keyOf } from './json5.ts';

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
 * @throws {KnownError} `config.invalid` where the text is no JSON.
 */
export function pinSession(
  text: string,
  sessionKey: string,
  profileId: string,
  now: number,
  path: string = PATH,
): string | undefined {
  const [override, source, count] = PIN;
  return edited(text, sessionKey, path, now, {
    [override]: profileId,
    [source]: 'user',
    [count]: undefined,
  });
}

/**
 * Takes the pins off sessions, whoever chose them, as CoderClaw does with one that names nothing.
 * @returns undefined where none of them has one.
 * @throws {KnownError} `config.invalid` where the text is no JSON.
 */
export function unpinSessions(
  text: string,
  sessionKeys: readonly string[],
  now: number,
  path: string = PATH,
): string | undefined {
  const off = Object.fromEntries(PIN.map((key) => [key, undefined]));
  const after = sessionKeys.reduce(
    (before, key) => edited(before, key, path, now, off) ?? before,
    text,
  );
  return after === text ? undefined : after;
}

/** Sets or removes (`undefined`) members of one entry, and moves its time on if any was changed. */
function edited(
  text: string,
  sessionKey: string,
  path: string,
  now: number,
  members: Readonly<Record<string, JsonValue | undefined>>,
): string | undefined {
  const edit = new EditableJson5(text, path);
  const entry = (): ObjectNode | undefined => {
    const { root } = edit;
    const value = root.type === 'Object' ? memberOf(root, sessionKey)?.value : undefined;
    return value?.type === 'Object' ? value : undefined;
  };
  for (const [key, value] of Object.entries(members)) setIn(edit, entry, key, value);
  if (edit.text === text) return undefined;
  // Never back: a clock can be behind that of the gateway.
  if (updatedAtOf(entry()) < now) setIn(edit, entry, 'updatedAt', now);
  return edit.text;
}

function updatedAtOf(entry: ObjectNode | undefined): number {
  const value = entry && memberOf(entry, 'updatedAt')?.value;
  return value?.type === 'Number' ? value.value : 0;
}

function setIn(
  edit: EditableJson5,
  entry: () => ObjectNode | undefined,
  key: string,
  value: JsonValue | undefined,
): void {
  const object = entry();
  if (object === undefined) return;
  const member = memberOf(object, key);
  if (value === undefined) {
    // The last one of a key counts, so all of them go.
    for (let one = member; one !== undefined; ) {
      const now = entry();
      one = now?.members.find(({ name }) => keyOf(name) === key);
      if (now !== undefined && one !== undefined) edit.remove(now, one);
    }
  } else if (member === undefined) edit.addMember(object, key, value);
  else if (edit.rawOf(member.value) !== JSON.stringify(value)) edit.replace(member.value, value);
}
