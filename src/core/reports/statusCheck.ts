import type { ModelsStatusAuth } from './modelsStatus.ts';

/** What `coderclaw models status --check` would say, and because of what. Ids are as stored. */
export interface StatusCheck {
  /** 1: something has expired or is missing. 2: nothing has, but something ends within 24 hours. */
  readonly exitCode: 0 | 1 | 2;
  /** Sign-ins and tokens that the CLI calls `expired` or `missing`. */
  readonly expired: readonly string[];
  /** Sign-ins and tokens that the CLI calls `expiring`. */
  readonly expiring: readonly string[];
  /** Providers of models in use that have no credential. */
  readonly missingProviders: readonly string[];
}

/**
 * The verdict of CoderClaw 2026.3.21. Pure. What is hidden or pauses counts like the rest, as in the CLI.
 * @param auth undefined where the store could not be read whole: nothing is known to work then.
 */
export function statusCheck(auth: ModelsStatusAuth | undefined): StatusCheck {
  if (auth === undefined) return { exitCode: 1, expired: [], expiring: [], missingProviders: [] };
  const rows = auth.oauth.profiles.filter(({ type }) => type !== 'api_key');
  const idsOf = (...statuses: readonly string[]): readonly string[] =>
    rows.filter(({ status }) => statuses.includes(status)).map(({ profileId }) => profileId);
  const expired = idsOf('expired', 'missing');
  const expiring = idsOf('expiring');
  const missingProviders = auth.missingProvidersInUse;
  const isBad = expired.length > 0 || missingProviders.length > 0;
  return {
    exitCode: isBad ? 1 : expiring.length > 0 ? 2 : 0,
    ...{ expired, expiring, missingProviders },
  };
}
