import { isDeepStrictEqual } from 'node:util';
import { entryOf, putEntry, type StoreIntent } from '../../documents/storeIntents.ts';
import { lineageOf, promisedBy } from './lineage.ts';
import {
  ageOf,
  type Draft,
  dropped,
  GLANCE_MS,
  givenUp,
  guarded,
  type KeeperParts,
  type Kept,
  open,
  type Round,
  SLOW_GLANCE_MS,
  sameRoundNow,
  steadyOf,
  takenBack,
  timesOf,
  truceOf,
  whenStable,
} from './promises.ts';

/**
 * An order that a person chose. If its process died, and what was there before stands there, either it
 * did not come to it or a careless program undid it.
 */
export async function keepOrder(
  round: Round,
  draft: Draft<'order'>,
  parts: KeeperParts,
): Promise<Kept> {
  const { entry, care, stores, all, signal } = round;
  const { storePath, provider } = draft;
  const { vault } = parts;
  const place = ['order', provider] as const;
  const list = promisedBy(entry, all);
  const { isOvertaken, isOld } = lineageOf(entry, all);
  // It stays for a while: whoever built on it tells by it what is old.
  if (isOvertaken) return await whenStable(round, parts);
  // A store that was deleted as a whole was deleted on purpose.
  if (!(await stores.hasStore(storePath))) return await dropped(round, parts);
  const value = await stores.entry(storePath, place);
  const stands = isDeepStrictEqual(value, list);
  if (care.isGuarded) {
    // The vault looks after it by now, and knows what is done on purpose when it sees it.
    if (stands) return await whenStable(round, parts);
    const guarding = await vault.looksAfter(storePath, place);
    if (guarding === 'givenUp') return givenUp(round, parts);
    return guarding === 'over' ? await takenBack(round, parts) : open(GLANCE_MS);
  }
  delete care.stableSince;
  const promised = { entry: place, value: list, isOld };
  if (await guarded(round, promised, stands, parts)) {
    return stands ? await whenStable(round, parts) : open(GLANCE_MS);
  }
  if (stands) return open(GLANCE_MS);
  // Another choice since, or what a removal left of it.
  if (!isOld(value)) return await dropped(round, parts);
  const truce = truceOf(round, parts);
  if (truce !== undefined) return open(truce);
  const isItsTurn =
    care.givenUp === undefined && ageOf(round, parts.clock.now()) < timesOf(parts).signInTurnMs;
  if (entry.owner === 'alive' && isItsTurn) return open(GLANCE_MS);
  const intent: StoreIntent = {
    summary: `order ${provider} again: ${draft.list?.join(', ') ?? 'none'}`,
    action: 'ordered',
    entry: place,
    apply: (document) =>
      isOld(entryOf(document, ...place)) ? putEntry(document, place, list) : document,
  };
  const made = () => parts.journal.made(entry);
  const isWanted = async (): Promise<boolean> => {
    const now = await sameRoundNow(round, parts);
    return now !== undefined && isDeepStrictEqual(promisedBy(now.entry, now.all), list);
  };
  const { changed } = await vault.commitStore(storePath, intent, { signal, made, isWanted });
  // Another window was faster, and tells it.
  if (!changed) return open(GLANCE_MS);
  care.isGuarded = true;
  care.stableSince = steadyOf(parts);
  return { ...open(SLOW_GLANCE_MS), did: 'stored' };
}
