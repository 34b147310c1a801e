import type { Clock } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../signin/tokenEndpoint.ts';

/** A grant that keeps its own limit comes first, and says more. */
const GRACE_MS = 250;

/**
 * Waits for a request for as long as one may take. An answer that comes later than that goes to `late`.
 * @throws {KnownError} `signin.network`, and what the request throws.
 */
export async function withinRequestLimit(
  renewing: Promise<RenewedTokens>,
  provider: string,
  clock: Clock,
  late: (renewed: RenewedTokens) => void,
): Promise<RenewedTokens> {
  const done = new AbortController();
  let isOver = false;
  const limit = clock.sleep(TOKEN_REQUEST_LIMIT_MS + GRACE_MS, done.signal).then(() => {
    isOver = true;
    throw new KnownError('signin.network', { host: provider, timedOut: true });
  });
  limit.catch(() => {});
  renewing.then(
    (renewed) => {
      if (isOver) late(renewed);
    },
    () => {},
  );
  try {
    return await Promise.race([renewing, limit]);
  } finally {
    done.abort();
  }
}
