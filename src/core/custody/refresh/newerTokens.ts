import { tokenHash } from '../../model/loginFingerprint.ts';
import type { TokenRecords } from '../../model/refreshLog.ts';
import { areTwoGrants, familyOf, isUsedUp, successorsOf } from '../../model/tokenFamily.ts';
import type { Identity } from '../../signin/descriptor.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { comparedPersons, type HeldLogin, isOfSameName } from './holders.ts';
import { fromAnswer, usableFields } from './refreshAnswer.ts';

/** Tokens of a login that are newer than those of one of its holders. Holds secrets. */
export interface NewerTokens {
  readonly fields: RenewedTokens['fields'];
  readonly identity?: Identity;
  /** `tokenHash` of the refresh token. */
  readonly hash: string;
  /** `tokenHash` of the token that was sent for them, where an answer in the journal says so. */
  readonly cameFrom?: string;
}

/** All that is known about where tokens are. */
export interface Evidence {
  readonly logins: readonly HeldLogin[];
  readonly entries: readonly JournalEntry[];
  readonly records: TokenRecords;
  /** An answer in hand, which the journal need not hold. */
  readonly arrived?: RenewedTokens;
}

/**
 * The newest tokens that can be had for `login` without a request, if they are newer than its own. None
 * of them is known to be spent. They are found
 * - where the log says which token came after, in a store, a cache, or an answer in the journal;
 * - in a twin that has the same refresh token and another access token, which ends later;
 * - in a profile of the same name, provider and person in a store of the same state dir that ends
 *   later. CoderClaw clones the store of one agent to make another's, and refreshes each by itself,
 *   without such a log: sending the old copy would be the second use of its token, and the provider
 *   would revoke both. That they were two sign-ins of one person is the rarer case, and then nothing
 *   is lost but one of them; where the log proves it, each goes its own way (`areTwoGrants`);
 * - in the runtime cache of a holder, where it is of the same person, ends later, and belongs to none
 *   of the stored profiles: another program refreshes from there.
 */
export function newerTokens(login: HeldLogin, evidence: Evidence): NewerTokens | undefined {
  const candidates = [...fromPlaces(login, evidence), ...fromAnswers(login, evidence)].filter(
    ({ hash }) => !isUsedUp(hash, evidence.records),
  );
  return candidates.reduce<NewerTokens | undefined>(
    (best, one) => (best === undefined || one.fields.expires > best.fields.expires ? one : best),
    undefined,
  );
}

function fromPlaces(login: HeldLogin, { logins, records }: Evidence): NewerTokens[] {
  const successors = new Set(successorsOf(login.hash, records));
  const family = familyOf(login.hash, records);
  const holders = new Set(
    logins.filter(({ hash }) => family.has(hash)).map(({ storePath }) => storePath),
  );
  const storedHashes = new Set(
    logins.filter(({ profileId }) => profileId !== undefined).map(({ hash }) => hash),
  );
  const end = login.expires ?? 0;
  return logins.flatMap((one) => {
    const { access, refresh, expires } = one.credential;
    const fields = usableFields({
      access: access ?? null,
      refresh: refresh ?? null,
      expires: expires ?? null,
    });
    if (fields === undefined || one.provider !== login.provider) return [];
    const isLater = fields.expires > end;
    if (one.hash === login.hash) {
      return isLater && access !== login.credential['access'] ? [{ fields, hash: one.hash }] : [];
    }
    const isOfSameLogin = (): boolean =>
      one.profileId === undefined
        ? holders.has(one.storePath) && !storedHashes.has(one.hash)
        : isOfSameName(one, login);
    const isNewer =
      successors.has(one.hash) ||
      (isLater &&
        isOfSameLogin() &&
        comparedPersons(one, login) === 'same' &&
        !areTwoGrants(one.hash, login.hash, records));
    return isNewer ? [{ fields, hash: one.hash }] : [];
  });
}

function fromAnswers(login: HeldLogin, { entries, records, arrived }: Evidence): NewerTokens[] {
  const chain = new Set([login.hash, ...successorsOf(login.hash, records)]);
  const answers = entries.flatMap(({ draft, answer }) => {
    if (draft.kind !== 'refresh' || !chain.has(draft.from)) return [];
    const renewed = fromAnswer(answer);
    return renewed === undefined ? [] : [{ renewed, cameFrom: draft.from }];
  });
  const inHand = arrived === undefined ? [] : [{ renewed: arrived, cameFrom: login.hash }];
  return [...inHand, ...answers].flatMap(({ renewed: { fields, identity }, cameFrom }) => {
    const hash = tokenHash(fields.refresh);
    if (hash === login.hash && fields.expires <= (login.expires ?? 0)) return [];
    const isOthers = sameIdentity(identityOf(login), withProvider(identity, login)) === 'other';
    return isOthers ? [] : [{ fields, identity, hash, cameFrom }];
  });
}

/** Both sides are of one provider; they may spell it differently. */
function identityOf(login: HeldLogin): Identity {
  return withProvider(identityOfStored(login.credential), login);
}

function withProvider(identity: Identity, { provider }: HeldLogin): Identity {
  return { ...identity, provider };
}
