import { normalizeProviderId } from '../../documents/providerIds.ts';
import { loginFingerprint } from '../../model/loginFingerprint.ts';
import { type Finding, finding, type LoginHolder } from '../finding.ts';
import { isRenewable, type KnownLogin, knownLogins } from '../logins.ts';
import { type Look, placeIn } from '../look.ts';

/**
 * Logins that stand in several profiles of one state folder, each with its own copy of a refresh token that
 * is valid once. What is refreshed here moves all copies on together; CoderClaw itself moves one, and the
 * others are dead then.
 */
export async function twins(look: Look): Promise<readonly Finding[]> {
  const logins = await knownLogins(look);
  return look.reads.stateDirs.flatMap((dir) =>
    logins.flatMap((login) => {
      const { provider, fingerprint } = login;
      const holders = login.holders.filter(({ stateDir }) => stateDir === dir.path);
      if (holders.length < 2) return [];
      const heirs = holders.filter((holder) => canInherit(holder, login, look));
      const facts = { provider, fingerprint, holders, heirs };
      return [finding('login.twins', 'warning', placeIn(dir), facts, heirs.length > 0)];
    }),
  );
}

/** Main has the same login under the same id, so that an agent without it would see main's. */
function canInherit(holder: LoginHolder, login: KnownLogin, { reads }: Look): boolean {
  const main = reads.stateDirs.find(({ path }) => path === holder.stateDir)?.mainStore;
  if (main?.kind !== 'whole' || main.path === holder.storePath) return false;
  const inherited = main.store.profiles.get(holder.profileId);
  return (
    inherited !== undefined &&
    isRenewable(inherited) &&
    normalizeProviderId(inherited.provider) === login.provider &&
    loginFingerprint(inherited) === login.fingerprint
  );
}
