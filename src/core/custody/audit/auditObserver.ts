import { Cancelled, type Clock } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import { type AuditAction, type AuditEntry, fingerprintOf } from '../../model/auditEntry.ts';
import { AuditKnowledge, type SeenChange } from '../../model/auditKnowledge.ts';
import type { Reads, StoreRead } from '../../model/reads.ts';
import type { TokenRecords } from '../../model/refreshLog.ts';
import type { AuditTrail } from './auditTrail.ts';
import type { LockHolders, SeenHolder } from './lockHolders.ts';

export interface AuditObserverOptions {
  readonly trail: Pick<AuditTrail, 'observe'>;
  readonly holders: Pick<LockHolders, 'look'>;
  readonly clock: Clock;
  /** What is known of refresh tokens in a state dir; by it a spent one is known again. */
  readonly refreshes: (stateDir: string) => Promise<TokenRecords>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
}

/** Whoever made a change of ours has written it down by then. */
const JUDGE_AFTER_MS = 1_000;

interface Place {
  readonly stateDir: string;
  readonly agentId: string;
  readonly storePath: string;
}

/** Of a profile: what tells one credential from another. */
interface Stored {
  readonly fingerprint: string;
  /** All of its secrets: the access token can change under the same login. */
  readonly secrets: string;
}

type Contents = ReadonlyMap<string, Stored>;

/** Seen in a store, and not yet judged. */
type Seen = Place & {
  readonly at: number;
  readonly holder: SeenHolder | undefined;
  readonly now: Contents;
  /** Undefined at the first sight of a store. */
  readonly before: Contents | undefined;
};

/**
 * Writes down what other programs do to credentials. It compares successive reads of the stores; what
 * no entry of the trail explains a second later was done by somebody else. What was done while nobody
 * watched is found at the first sight of a store, for profiles that the trail has seen before.
 *
 * What changes and changes back between two reads is not seen. Reads nothing by itself but the lock
 * files, and keeps still while nothing is read.
 */
export class AuditObserver {
  readonly #options: AuditObserverOptions;
  readonly #disposal = new AbortController();
  /** The last understood read of each store. */
  readonly #known = new Map<string, StoreRead>();
  #waiting: Promise<Seen>[] = [];
  #judging: Promise<void> | undefined;
  /** State dirs whose trail could not be had in time, and for which that has been logged. */
  readonly #isLate = new Set<string>();

  constructor(options: AuditObserverOptions) {
    this.#options = options;
  }

  /** For `LiveSnapshotOptions.onReads`. Never throws. */
  saw(reads: Reads): void {
    if (this.#disposal.signal.aborted) return;
    for (const { path: stateDir, agents, mainStore } of reads.stateDirs) {
      const main = { id: 'main', store: mainStore };
      // By their path: each look forgets what the one before it saw, and main is mostly listed.
      const places = new Map(
        [main, ...agents.toReversed()].map((place) => [place.store.path, place]),
      );
      for (const { id: agentId, store } of places.values()) {
        this.#look({ stateDir, agentId, storePath: store.path }, store);
      }
    }
    if (this.#waiting.length > 0) this.#judging ??= this.#judge();
  }

  /** Resolves when all that was seen has been judged. */
  async settled(): Promise<void> {
    await this.#judging;
  }

  dispose(): void {
    this.#disposal.abort();
  }

  #look(place: Place, read: StoreRead): void {
    const { storePath } = place;
    const looking = this.#options.holders.look(storePath);
    // Not understood is not empty: what stood there last still counts.
    if (read.kind !== 'whole' && read.kind !== 'absent') return;
    const known = this.#known.get(storePath);
    if (known === read) return;
    this.#known.set(storePath, read);
    const at = this.#options.clock.now();
    const now = contentsOf(read);
    const before = known && contentsOf(known);
    if (before !== undefined && changed(before, now).length === 0) return;
    this.#waiting.push(looking.then((holder) => ({ ...place, at, holder, now, before })));
  }

  async #judge(): Promise<void> {
    const { signal } = this.#disposal;
    try {
      while (this.#waiting.length > 0) {
        const count = this.#waiting.length;
        await this.#options.clock.sleep(JUDGE_AFTER_MS, signal);
        const seen = await Promise.all(this.#waiting.splice(0, count));
        for (const stateDir of new Set(seen.map((one) => one.stateDir))) {
          await this.#judgeIn(
            stateDir,
            seen.filter((one) => one.stateDir === stateDir),
          );
        }
      }
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#tell('the audit trail', error);
    } finally {
      this.#judging = undefined;
    }
  }

  async #judgeIn(stateDir: string, seen: readonly Seen[]): Promise<void> {
    const { trail, refreshes } = this.#options;
    try {
      await trail.observe(
        stateDir,
        async (entries) => {
          const knowledge = new AuditKnowledge(entries);
          const missing = seen.flatMap((one) => unexplained(one, knowledge));
          const needsRecords = missing.some(({ older, to }) => !older && to !== undefined);
          if (!needsRecords) return missing;
          const spent = spentIn(await refreshes(stateDir));
          return missing.map((entry) =>
            entry.from !== entry.to && spent(entry.to) ? { ...entry, older: true } : entry,
          );
        },
        this.#disposal.signal,
      );
      this.#isLate.delete(stateDir);
    } catch (error) {
      if (this.#disposal.signal.aborted) return;
      if (!(error instanceof Cancelled)) {
        this.#tell(stateDir, error);
        return;
      }
      // Only its time was up: another observer is slow, or stopped. What was seen is not lost by that.
      if (!this.#isLate.has(stateDir)) {
        this.#options.log(`${stateDir}: the audit trail is busy: changes by others wait for it`);
      }
      this.#isLate.add(stateDir);
      this.#waiting.unshift(...seen.map((one) => Promise.resolve(one)));
    }
  }

  #tell(what: string, error: unknown): void {
    const code = error instanceof KnownError ? error.code : 'unexpected failure';
    this.#options.log(`${what}: changes by others could not be written down: ${code}`);
  }
}

/** What somebody else must have done, in entries that are added to the knowledge. */
function unexplained(seen: Seen, knowledge: AuditKnowledge): AuditEntry[] {
  const changes = seen.before === undefined ? sinceLast(seen, knowledge) : changesOf(seen);
  return changes.flatMap(({ since, ...change }) => {
    if (knowledge.explains(change)) return [];
    const { agentId, storePath, profileId, from, to, at } = change;
    const older = from !== to && to !== undefined && knowledge.wasReplaced(profileId, to);
    const entry: AuditEntry = {
      at,
      // Of what happened long ago, the lock of now says nothing.
      actor: { kind: 'other', ...(since === undefined && seen.holder) },
      action: actionOf(change),
      agentId,
      storePath,
      profileId,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(older && { older }),
      ...(since !== undefined && { since }),
    };
    knowledge.add(entry);
    return [entry];
  });
}

type Change = SeenChange & { readonly since?: number };

function changesOf({ agentId, storePath, at, before = new Map(), now }: Seen): Change[] {
  return changed(before, now).map((profileId) => ({
    agentId,
    storePath,
    profileId,
    from: before.get(profileId)?.fingerprint,
    to: now.get(profileId)?.fingerprint,
    at,
  }));
}

/** At the first sight of a store: what differs from the last that the trail knows of. */
function sinceLast({ agentId, storePath, at, now }: Seen, knowledge: AuditKnowledge): Change[] {
  return knowledge.profilesIn(storePath).flatMap((profileId) => {
    const last = knowledge.last(storePath, profileId);
    const to = now.get(profileId)?.fingerprint;
    // An entry that is younger than our look knows better.
    if (last === undefined || last.to === to || last.at > at) return [];
    return [{ agentId, storePath, profileId, from: last.to, to, at, since: last.at }];
  });
}

function actionOf({ from, to }: SeenChange): AuditAction {
  if (to === undefined) return 'disappeared';
  if (from === undefined) return 'appeared';
  return from === to ? 'refreshed' : 'changed';
}

function contentsOf(read: StoreRead): Contents {
  const contents = new Map<string, Stored>();
  if (read.kind !== 'whole') return contents;
  for (const [id, { raw }] of read.store.profiles) {
    const { access, token, key } = raw;
    contents.set(id, {
      fingerprint: fingerprintOf(raw) ?? '',
      secrets: JSON.stringify([access, token, key]),
    });
  }
  return contents;
}

/** Ids of the profiles whose secrets differ. */
function changed(before: Contents, now: Contents): readonly string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => {
    const [was, is] = [before.get(id), now.get(id)];
    return was?.fingerprint !== is?.fingerprint || was?.secrets !== is?.secrets;
  });
}

/** Whether a fingerprint is that of a refresh token that has been spent. */
function spentIn(records: TokenRecords): (fingerprint: string | undefined) => boolean {
  return (fingerprint) => {
    if (fingerprint === undefined) return false;
    for (const [token, { kind }] of records) {
      if (kind === 'spent' && token.startsWith(fingerprint)) return true;
    }
    return false;
  };
}
