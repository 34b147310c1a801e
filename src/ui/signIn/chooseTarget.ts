import { l10n } from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import type { AgentFiles } from '../../core/custody/profileService.ts';
import type { SignInService, StoredProfile } from '../../core/custody/signInService.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { JsonValue } from '../../core/documents/json.ts';
import type { Identity, SignedIn } from '../../core/signin/descriptor.ts';
import { sameIdentity } from '../../core/signin/identity.ts';
import { type LoginPlan, planLogin } from '../../core/signin/loginPlan.ts';
import { wishedId } from '../../core/signin/profileNaming.ts';
import { planSecret, type SecretPlan } from '../../core/signin/secrets/secretPlan.ts';
import { accountLines, who } from '../words/identity.ts';
import type { SignInPlace, StoringPerson } from './storeSignIn.ts';

/** An id in the store of an agent, and what stood under it when it was chosen. */
export interface Target {
  readonly agentId: string;
  readonly files: AgentFiles;
  readonly profileId: string;
  readonly seen: JsonValue | undefined;
}

/**
 * Decides where a finished sign-in goes, with the person wherever it is not plain: whose it is is shown
 * before anything of that account, or in its place, is replaced or doubled.
 * @throws {Cancelled} The person chose not to keep it.
 */
export async function chooseTarget(
  service: SignInService,
  person: Pick<StoringPerson, 'ask' | 'show'>,
  place: SignInPlace,
  signedIn: SignedIn,
): Promise<Target> {
  const { agentId, files, provider } = place;
  const existing = await service.stored(files, provider);
  // While the person is asked, it waits in the journal, by what stands there now.
  await service.reconsider(files, provisionalId(place, signedIn), signedIn);
  const here = (profileId: string): Target => {
    const seen = existing.find(({ id }) => id === profileId)?.entry;
    return { agentId, files, profileId, seen };
  };
  if (secretOf(signedIn) !== undefined) {
    return here(await chooseForSecret(person, place, signedIn, existing));
  }
  const { identity } = signedIn;
  const elsewhere = await service.elsewhere(files, identity);
  const { name: typedName, profileId: renewing } = place;
  const plan = planLogin({
    ...{ provider, identity, existing, elsewhere },
    ...(typedName !== undefined && { typedName }),
    ...(renewing !== undefined && { renewing }),
  });
  switch (plan.situation) {
    case 'new':
      return here(plan.profileId);
    case 'renews':
      await showAccount(person, place, identity, plan.profileId);
      return here(plan.profileId);
    case 'taken':
      return here(
        renewing === plan.profileId && sameIdentity(identity, plan.holder) === 'unknown'
          ? await askToRenew(person, identity, plan)
          : await askWhatStays(person, identity, plan),
      );
    case 'held': {
      if (!(await askToUseThere(person, place, identity, plan))) return here(plan.separate);
      const other = elsewhere.find((one) => one.agentId === plan.agentId);
      if (plan.agentId === undefined || other === undefined) return here(plan.profileId);
      return { agentId: other.agentId, files: other.files, profileId: other.id, seen: other.entry };
    }
  }
}

/** The id that it would get if nothing were stored yet. */
export function provisionalId(place: SignInPlace, signedIn: SignedIn): string {
  if (place.profileId !== undefined) return place.profileId;
  if (secretOf(signedIn) !== undefined) return planned(place, signedIn, []).profileId;
  return wishedId(place.provider, place.name, signedIn.identity);
}

/** The key or pasted token in a credential, which does not say whose it is; undefined for a login. */
function secretOf({ credential: { type, key, token } }: SignedIn): string | undefined {
  const secret = type === 'api_key' ? key : type === 'token' ? token : undefined;
  return typeof secret === 'string' ? secret : undefined;
}

async function chooseForSecret(
  person: Pick<StoringPerson, 'ask'>,
  place: SignInPlace,
  signedIn: SignedIn,
  existing: readonly StoredProfile[],
): Promise<string> {
  // To put a new key in the place of an old one is what the person has asked for.
  if (place.profileId !== undefined) return place.profileId;
  const plan = planned(place, signedIn, existing);
  if (plan.situation !== 'taken') return plan.profileId;
  const { profileId, suggestion } = plan;
  const message = l10n.t('There is another key or token under the name {0}.', profileId);
  return await askToReplace(person, message, [], { profileId, separate: suggestion });
}

function planned(
  { provider, name = '' }: SignInPlace,
  signedIn: SignedIn,
  existing: readonly StoredProfile[],
): SecretPlan {
  const secret = secretOf(signedIn) ?? '';
  return planSecret({ provider, secret, typedName: name, existing });
}

/** There is one thing to say to it, or nothing is stored. */
async function showAccount(
  person: Pick<StoringPerson, 'show'>,
  { agentId }: SignInPlace,
  identity: Identity,
  profileId: string,
): Promise<void> {
  const renew = l10n.t('Renew');
  const message = l10n.t('You signed in as {0}.', who(identity));
  const detail = [
    ...accountLines(identity),
    l10n.t('It is the account of {0} (agent {1}), which gets the new sign-in.', profileId, agentId),
  ];
  if (!(await person.show(message, detail, renew))) throw new Cancelled();
}

async function askToUseThere(
  person: Pick<StoringPerson, 'ask'>,
  { agentId }: SignInPlace,
  identity: Identity,
  plan: Extract<LoginPlan, { situation: 'held' }>,
): Promise<boolean> {
  const { profileId, separate } = plan;
  const useThere = l10n.t('Use There');
  const keepSeparate = l10n.t('Keep Separate');
  const account = who(identity);
  const holder = plan.agentId ?? agentId;
  const isShared = holder === MAIN_AGENT_ID && agentId !== MAIN_AGENT_ID;
  const message = l10n.t(
    '{0} is signed in already, as {1} (agent {2}).',
    account,
    profileId,
    holder,
  );
  const detail = [
    ...accountLines(identity),
    l10n.t('Use there: {0} gets the new sign-in, and keeps its name and its place.', profileId),
    ...(isShared ? [l10n.t('Agent {0} uses it from main.', agentId)] : []),
    ...(plan.agentId !== undefined && !isShared
      ? [l10n.t('Agent {0} gets none of its own.', agentId)]
      : []),
    l10n.t('Keep separate: it is stored as {0} for {1} besides.', separate, agentId),
  ];
  return (await answerTo(person, message, detail, useThere, keepSeparate)) === useThere;
}

/** It is what the person has asked for, and may be right: nobody can tell. */
async function askToRenew(
  person: Pick<StoringPerson, 'ask'>,
  identity: Identity,
  { profileId, separate, holder, isHeld }: Extract<LoginPlan, { situation: 'taken' }>,
): Promise<string> {
  const renew = l10n.t('Renew');
  const keepBoth = l10n.t('Keep Both');
  const message = isTold(identity)
    ? l10n.t(
        'You signed in as {0}. Whether {1} is of the same account cannot be told.',
        who(identity, holder),
        profileId,
      )
    : l10n.t('The provider does not say which account you signed in to.');
  const detail = [
    ...accountLines(identity),
    l10n.t('Renew: {0} gets the new sign-in in place of the one that it has.', profileId),
    keepBothWords(separate, isHeld),
  ];
  const picked = await answerTo(person, message, detail, renew, keepBoth);
  return picked === renew ? profileId : separate;
}

/** The button that was pressed. @throws {Cancelled} None was. */
async function answerTo(
  person: Pick<StoringPerson, 'ask'>,
  ...question: Parameters<StoringPerson['ask']>
): Promise<string> {
  const picked = await person.ask(...question);
  if (picked === undefined) throw new Cancelled();
  return picked;
}

function keepBothWords(separate: string, isHeld: boolean): string {
  return isHeld
    ? l10n.t('Keep both: {0}, which has this account already, gets the new one.', separate)
    : l10n.t('Keep both: the new one is stored as {0}.', separate);
}

function isTold({ email, accountId }: Identity): boolean {
  return email !== undefined || accountId !== undefined;
}

async function askWhatStays(
  person: Pick<StoringPerson, 'ask'>,
  identity: Identity,
  plan: Extract<LoginPlan, { situation: 'taken' }>,
): Promise<string> {
  const { profileId, holder } = plan;
  const message = isTold(identity)
    ? l10n.t(
        'You signed in as {0}, but {1} belongs to {2}.',
        who(identity, holder),
        profileId,
        who(holder, identity),
      )
    : l10n.t(
        'The sign-in does not say whose account it is, so it may not be that of {0}.',
        profileId,
      );
  return await askToReplace(person, message, accountLines(identity), plan);
}

/** Never replaces another account, key or token unasked: both can be kept. */
async function askToReplace(
  person: Pick<StoringPerson, 'ask'>,
  message: string,
  lines: readonly string[],
  {
    profileId,
    separate,
    isHeld = false,
  }: { readonly profileId: string; readonly separate: string; readonly isHeld?: boolean },
): Promise<string> {
  const keepBoth = l10n.t('Keep Both');
  const replace = l10n.t('Replace');
  const detail = [
    ...lines,
    keepBothWords(separate, isHeld),
    l10n.t('Replace: what {0} holds now is lost.', profileId),
  ];
  const picked = await answerTo(person, message, detail, keepBoth, replace);
  return picked === replace ? profileId : separate;
}
