import type { Clock } from '../clock.ts';
import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryHash } from './entryHash.ts';
import { readKnownStore } from './storeRead.ts';
import type { StoreChange } from './vault.ts';

/** What stands in a store by profile id: whose it is, and a hash to tell whether it has changed. */
export type StoredEntries = ReadonlyMap<
  string,
  { readonly provider: string; readonly hash: string }
>;

/**
 * The profiles of a store at this moment, without their secrets. Takes no lock.
 * @throws {KnownError} `store.*`: unreadable is not empty.
 */
export async function storedEntries(storePath: string, clock: Clock): Promise<StoredEntries> {
  const store = await readKnownStore(storePath, clock);
  const profiles = store.kind === 'whole' ? store.document['profiles'] : undefined;
  const found = Object.entries(isJsonObject(profiles) ? profiles : {}).map(([id, entry]) => {
    const named = isJsonObject(entry) ? entry['provider'] : undefined;
    const provider = typeof named === 'string' ? normalizeProviderId(named) : '';
    return [id, { provider, hash: entryHash(entry) }] as const;
  });
  return new Map(found);
}

/** One change of ours to an entry, by the hash of what stood there; undefined: nothing. */
export interface OwnEntryChange {
  readonly profileId: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a commit of ours says of a profile, without its secrets; undefined if it is of none. */
export function ownEntryChange({
  intent,
  written,
}: Pick<StoreChange, 'intent'> & {
  readonly written: Pick<StoreChange['written'], 'before' | 'after'>;
}): OwnEntryChange | undefined {
  const [part, profileId] = intent.entry;
  if (part !== 'profiles') return undefined;
  const hashOf = (entry: JsonValue | undefined) =>
    entry === undefined ? undefined : entryHash(entry);
  return { profileId, before: hashOf(written.before), after: hashOf(written.after) };
}

export interface OtherRun {
  /** Normalized id: then no other counts. */
  readonly provider?: string;
  /** It said that it succeeded; else only what is new counts. */
  readonly succeeded: boolean;
  /** What we ourselves wrote meanwhile, in sequence. */
  readonly ours: readonly OwnEntryChange[];
}

/**
 * What another program brought in between, what is new before what has changed. Undefined where
 * nothing is different, or only gone, or as we left it.
 */
export function broughtBetween(
  before: StoredEntries,
  after: StoredEntries,
  { provider, succeeded, ours }: OtherRun,
): { readonly profileId: string; readonly provider: string } | undefined {
  const isBrought = ([id, entry]: readonly [string, { provider: string; hash: string }]) =>
    (provider === undefined || entry.provider === provider) &&
    (succeeded || !before.has(id)) &&
    !leftByUs(id, before.get(id)?.hash, ours).has(entry.hash);
  const brought = [...after].filter(isBrought);
  const [best] = brought.sort(([a], [b]) => Number(before.has(a)) - Number(before.has(b)));
  return best && { profileId: best[0], provider: best[1].provider };
}

/** Whatever an entry was while nobody but us had changed it; what we make of another's is another's. */
function leftByUs(
  id: string,
  first: string | undefined,
  ours: readonly OwnEntryChange[],
): ReadonlySet<string | undefined> {
  const left = new Set([first]);
  for (const { profileId, before, after } of ours) {
    if (profileId === id && left.has(before)) left.add(after);
  }
  return left;
}
