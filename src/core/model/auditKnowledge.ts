import type { AuditEntry } from './auditEntry.ts';

/** A change that was seen in a store, by fingerprint; undefined where nothing stood or stands. */
export interface SeenChange {
  readonly agentId: string;
  readonly storePath: string;
  readonly profileId: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** When it was seen: milliseconds since the epoch. */
  readonly at: number;
}

/** A change can be seen, or written down, this much earlier or later than the other. */
const SLACK_MS = 2_000;

/** So long an access token that was renewed under the same login stays accounted for. */
const RENEWAL_MS = 10 * 60 * 1000;

/** What the trail of a state dir says, by profile and store. Entries in the order of the trail. */
export class AuditKnowledge {
  readonly #byProfile = new Map<string, AuditEntry[]>();
  readonly #replaced = new Set<string>();

  constructor(entries: readonly AuditEntry[]) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: AuditEntry): void {
    const { action, profileId, storePath, from, to } = entry;
    // The end of a pause says nothing of the credential.
    if (profileId === undefined || action === 'resumed') return;
    const key = keyOf(storePath, profileId);
    const known = this.#byProfile.get(key);
    if (known === undefined) this.#byProfile.set(key, [entry]);
    else known.push(entry);
    if (from !== undefined && from !== to) this.#replaced.add(keyOf(profileId, from));
  }

  /** Ids of the profiles that the trail has seen in a store. */
  profilesIn(storePath: string): readonly string[] {
    return [...this.#byProfile.values()].flatMap(([first]) =>
      first?.storePath === storePath && first.profileId !== undefined ? [first.profileId] : [],
    );
  }

  last(storePath: string, profileId: string): AuditEntry | undefined {
    return this.#byProfile.get(keyOf(storePath, profileId))?.at(-1);
  }

  /**
   * Whether somebody has written down how the store came to hold what was seen: an entry says so, it
   * comes after the one that brought what stood there before, and none after it said otherwise before
   * it was seen. So a change of ours explains what it brought, and not that the token which it
   * replaced comes back.
   */
  explains({ storePath, profileId, from, to, at }: SeenChange): boolean {
    const entries = this.#byProfile.get(keyOf(storePath, profileId)) ?? [];
    // Nothing but the access token changed: the state alone does not tell which renewal it was.
    if (from === to) return entries.some((one) => one.to === to && one.at >= at - RENEWAL_MS);
    const start = entries.findIndex((entry) => entry.to === from);
    return entries.some((entry, index) => {
      const next = entries[index + 1];
      return entry.to === to && index > start && (next === undefined || next.at >= at - SLACK_MS);
    });
  }

  /** Whether a secret has been replaced before, in whatever store of this profile. */
  wasReplaced(profileId: string, fingerprint: string): boolean {
    return this.#replaced.has(keyOf(profileId, fingerprint));
  }
}

function keyOf(first: string, second: string): string {
  return JSON.stringify([first, second]);
}
