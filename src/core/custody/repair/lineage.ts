import type { JsonValue } from '../../documents/json.ts';
import { entryHash, loginHash } from '../entryHash.ts';
import type { JournalEntry } from '../journal/journal.ts';

/** Where an entry of the journal stands among the others that are about the same place in a store. */
export interface Lineage {
  /** Somebody made another change on top of it: that one is to be kept. */
  readonly isOvertaken: boolean;
  /** Whether a value stood there before it, as far as the journal knows: then an old copy has it. */
  isOld(value: JsonValue | undefined): boolean;
}

interface Step {
  readonly at: number;
  /** Hashes of what was put there and of what stood there; null: nothing. */
  readonly put: string | null;
  readonly seen: string | null;
}

/**
 * Follows who built on whom by what they saw, and not by the time: clocks are set. Only where the same
 * value was put there twice does the time decide.
 */
export function lineageOf(entry: JournalEntry, all: readonly JournalEntry[]): Lineage {
  const place = placeOf(entry);
  const own = place === undefined ? undefined : stepOf(entry);
  if (own === undefined) return { isOvertaken: false, isOld: () => false };
  const others = all.flatMap((one) => {
    if (one.path === entry.path || placeOf(one) !== place) return [];
    const step = stepOf(one);
    return step === undefined ? [] : [step];
  });
  const isTwice = others.some(({ put, at }) => put === own.put && at < own.at);
  const isOvertaken = others.some(
    (other) =>
      other.seen === own.put &&
      other.put !== own.put &&
      (other.at > own.at || !(isTwice || own.seen === other.put)),
  );
  const before = new Set([own.seen]);
  // A set visits what is added while it is being walked through.
  for (const seen of before) {
    for (const { put, seen: earlier } of others) if (put === seen) before.add(earlier);
  }
  const removed = removedLogins(entry, all);
  return {
    isOvertaken,
    isOld: (value) => {
      if (before.has(value === undefined ? null : entryHash(value))) return true;
      const login = loginHash(value);
      return login !== null && removed.some((one) => login.startsWith(one));
    },
  };
}

/** Logins that a person had removed from the place of an entry before it was made. */
function removedLogins({ draft, at }: JournalEntry, all: readonly JournalEntry[]): string[] {
  if (draft.kind !== 'store') return [];
  return all.flatMap(({ draft: other, at: then }) =>
    other.kind === 'removal' &&
    other.login !== null &&
    other.storePath === draft.storePath &&
    other.profileId === draft.profileId &&
    then < at
      ? [other.login]
      : [],
  );
}

function placeOf({ draft }: JournalEntry): string | undefined {
  switch (draft.kind) {
    case 'store':
      return JSON.stringify([draft.storePath, 'profiles', draft.profileId]);
    case 'order':
      return JSON.stringify([draft.storePath, 'order', draft.provider]);
    default:
      return undefined;
  }
}

function stepOf({ draft, answer, at }: JournalEntry): Step | undefined {
  if (draft.kind === 'order') {
    return { at, put: draft.list === null ? null : entryHash(draft.list), seen: draft.seen };
  }
  if (draft.kind !== 'store' || answer === undefined) return undefined;
  return { at, put: entryHash(answer), seen: draft.seen };
}
