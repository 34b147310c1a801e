import { movedOn } from '../../documents/runtimeCache.ts';
import { KnownError } from '../../errors.ts';
import type { HeldStores } from '../heldStores.ts';
import type { HeldLogin } from './holders.ts';
import { mayMove, moveTokens, type TokenMove } from './tokenIntents.ts';

/**
 * Brings new tokens to every holder among `logins`, under locks that are held: each profile in a
 * commit of its own, then the runtime caches. What fails at one does not stop the others.
 *
 * @param own The store that the refresh is for. Another store that cannot be rewritten (`store.*`) is a
 * line in the log: it would not take the tokens later either.
 * @throws {KnownError} the first failure.
 */
export async function land(
  stores: HeldStores,
  logins: readonly HeldLogin[],
  move: TokenMove,
  own: string,
  log: (line: string) => void,
): Promise<void> {
  let failure: unknown;
  const attempt = async (path: string, step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      const isTheirs = error instanceof KnownError && error.code.startsWith('store.');
      if (isTheirs && path !== own) log(`${path}: keeps old tokens: ${error.code}`);
      else failure ??= error;
    }
  };
  const holders = logins.filter(({ credential }) => mayMove(credential, move));
  for (const { storePath, profileId } of holders) {
    if (profileId === undefined) continue;
    await attempt(storePath, () => stores.commit(storePath, moveTokens(profileId, move)));
  }
  const caches = new Set(
    holders.filter(({ profileId }) => profileId === undefined).map(({ storePath }) => storePath),
  );
  for (const storePath of caches) {
    await attempt(storePath, () =>
      stores.commitCache(storePath, (cache) =>
        [...move.from].reduce((moved, from) => movedOn(moved, from, move.fields), cache),
      ),
    );
  }
  if (failure !== undefined) throw failure;
}
