import { keepOrder } from './keepOrder.ts';
import { keepRefresh } from './keepRefresh.ts';
import { keepRemoval } from './keepRemoval.ts';
import { keepSignIn } from './keepSignIn.ts';
import type { KeeperParts, Kept, Round } from './promises.ts';

export {
  type Care,
  type KeeperParts,
  type Round,
  steadyOf,
  UPKEEP_TIMES,
  type UpkeepTimes,
} from './promises.ts';

/**
 * Does what one journal entry asks for, as far as it can be done now. May be done by several processes
 * at once, and again after a crash at any point.
 * @throws {KnownError} `lock.*`, `disk.*`, `store.*`: the entry stays.
 * @throws {Cancelled}
 */
export function keepPromise(round: Round, parts: KeeperParts): Promise<Kept> {
  const { draft } = round.entry;
  switch (draft.kind) {
    case 'refresh':
      return keepRefresh(round, draft, parts);
    case 'store':
      return keepSignIn(round, draft, parts);
    case 'removal':
      return keepRemoval(round, draft, parts);
    case 'order':
      return keepOrder(round, draft, parts);
  }
}
