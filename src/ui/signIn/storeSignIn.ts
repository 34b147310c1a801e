import { isDeepStrictEqual } from 'node:util';
import { l10n } from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import type { AgentFiles, Saved } from '../../core/custody/profileService.ts';
import type { SignInService, StoredProfile } from '../../core/custody/signInService.ts';
import type { NewConfigProfile } from '../../core/documents/configEdits.ts';
import type { JsonValue } from '../../core/documents/json.ts';
import { isKnown, type KnownError } from '../../core/errors.ts';
import type { Identity, SignedIn } from '../../core/signin/descriptor.ts';
import { sameIdentity } from '../../core/signin/identity.ts';
import { planProfile } from '../../core/signin/profileNaming.ts';
import { planSecret, type SecretPlan } from '../../core/signin/secrets/secretPlan.ts';

/** Where a finished sign-in is to go. */
export interface SignInPlace {
  readonly provider: string;
  readonly files: AgentFiles;
  /** Stored profiles of the provider in the same state folder, which the config must not hide. */
  readonly siblings: readonly NewConfigProfile[];
  /** Sign in again: the profile to renew in place. */
  readonly profileId?: string;
  /** A name that the person typed; else it is named by e-mail. */
  readonly name?: string;
}

/** What the person is asked and told on the way. */
export interface StoringPerson {
  /** A question that has to be answered; resolves with the button, `undefined` for none. */
  ask(message: string, detail: string, ...buttons: readonly string[]): Thenable<string | undefined>;
  /** It could not be stored; `again` tries once more with the tokens that are still in hand. */
  failed(doing: string, error: unknown, again: () => Promise<void>): void;
  /** Another program keeps writing its older copy over it. */
  undone(identity: Identity, again: () => Promise<void>): void;
  /** It is stored; the config may have been left behind. */
  stored(profileId: string, signedIn: SignedIn, configFault: KnownError | undefined): Promise<void>;
}

/** Whoever changes a profile this often while it is being stored does not stop. */
const TRIES = 5;

/**
 * Brings a finished sign-in into the store: decides the profile's id, asks before it would replace
 * somebody else, and keeps the login in hand until it is stored or the person gives it up. Every
 * outcome is told through `person`; never rejects.
 */
export async function storeSignIn(
  service: SignInService,
  person: StoringPerson,
  place: SignInPlace,
  signedIn: SignedIn,
): Promise<void> {
  let target: Target | undefined;
  let saved: Saved;
  await service.keep(place.files, provisionalId(place, signedIn), signedIn);
  try {
    for (let tries = 1; ; tries += 1) {
      target = await chooseTarget(service, person, place, signedIn);
      try {
        saved = await saveAt(service, place, target, signedIn);
        break;
      } catch (error) {
        // It is not what it was when it was decided on: decide again on what is there now.
        if (!isKnown(error, 'profile.changed') || tries === TRIES) throw error;
      }
    }
  } catch (error) {
    if (error instanceof Cancelled) {
      await service.letGo(signedIn);
      return;
    }
    const again = (): Promise<void> => storeAgain(service, person, place, signedIn, target);
    person.failed(l10n.t('Storing the sign-in of {0}', who(signedIn.identity)), error, again);
    return;
  }
  if (saved.undone) {
    person.undone(signedIn.identity, () => storeAgain(service, person, place, signedIn, target));
    return;
  }
  await person.stored(target.profileId, signedIn, saved.configFault);
}

/** An id, and what stood under it when it was chosen. */
interface Target {
  readonly profileId: string;
  readonly seen: JsonValue | undefined;
}

/**
 * Later, on a click: the same place if it still holds what it held. If it holds something newer of
 * the same person, that is the better token, and the one in hand is let go.
 */
async function storeAgain(
  service: SignInService,
  person: StoringPerson,
  place: SignInPlace,
  signedIn: SignedIn,
  target: Target | undefined,
): Promise<void> {
  if (target === undefined || !(await isBetter(service, place, signedIn, target))) {
    await storeSignIn(service, person, place, signedIn);
    return;
  }
  const { files, siblings } = place;
  const { profileId, seen } = target;
  // Whoever brought it there may not have come to this.
  const { configFault } = await service.finish(files, profileId, signedIn, seen, siblings);
  await service.letGo(signedIn);
  await person.stored(profileId, signedIn, configFault);
}

/** Whether the target holds something of the same person that was not there when it was chosen. */
async function isBetter(
  service: SignInService,
  { files, provider }: SignInPlace,
  { identity }: SignedIn,
  { profileId, seen }: Target,
): Promise<boolean> {
  try {
    const existing = await service.stored(files, provider);
    const now = existing.find(({ id }) => id === profileId);
    if (now === undefined || isDeepStrictEqual(now.entry, seen)) return false;
    return sameIdentity(now.identity, identity) === 'same';
  } catch {
    // Told by whoever stores it now, and meets the same fault.
    return false;
  }
}

function saveAt(
  service: SignInService,
  place: SignInPlace,
  { profileId, seen }: Target,
  signedIn: SignedIn,
): Promise<Saved> {
  return service.save(place.files, profileId, signedIn, seen, place.siblings);
}

/** The id that it would get if nothing were stored yet. */
function provisionalId(place: SignInPlace, signedIn: SignedIn): string {
  if (place.profileId !== undefined) return place.profileId;
  if (secretOf(signedIn) !== undefined) return planned(place, signedIn, []).profileId;
  const { provider, name } = place;
  const typed = name === undefined ? {} : { typedName: name };
  return planProfile({ provider, identity: signedIn.identity, existing: [], ...typed }).profileId;
}

/** The key or pasted token in a credential, which does not say whose it is; undefined for a login. */
function secretOf({ credential: { type, key, token } }: SignedIn): string | undefined {
  const secret = type === 'api_key' ? key : type === 'token' ? token : undefined;
  return typeof secret === 'string' ? secret : undefined;
}

function planned(
  { provider, name = '' }: SignInPlace,
  signedIn: SignedIn,
  existing: readonly StoredProfile[],
): SecretPlan {
  const secret = secretOf(signedIn) ?? '';
  return planSecret({ provider, secret, typedName: name, existing });
}

/** @throws {Cancelled} The person chose not to keep it. */
async function chooseTarget(
  service: SignInService,
  person: StoringPerson,
  place: SignInPlace,
  signedIn: SignedIn,
): Promise<Target> {
  const { provider, name } = place;
  const { identity } = signedIn;
  const existing = await service.stored(place.files, provider);
  const at = (profileId: string): Target => ({
    profileId,
    seen: existing.find(({ id }) => id === profileId)?.entry,
  });
  if (secretOf(signedIn) !== undefined) {
    // To put a new key in the place of an old one is what the person has asked for.
    if (place.profileId !== undefined) return at(place.profileId);
    const plan = planned(place, signedIn, existing);
    if (plan.situation !== 'taken') return at(plan.profileId);
    const message = l10n.t('There is another key or token under the name {0}.', plan.profileId);
    return at(await askWhere(person, message, plan.suggestion, plan.profileId));
  }
  const plan = planProfile({
    provider,
    identity,
    existing,
    ...(name === undefined ? {} : { typedName: name }),
  });
  const free = plan.suggestion ?? plan.profileId;
  const renewed = existing.find(({ id }) => id === place.profileId);
  if (renewed) {
    if (sameIdentity(renewed.identity, identity) === 'same') return at(renewed.id);
    const message = l10n.t(
      'You signed in as {0}, but the profile {1} belongs to {2}.',
      who(identity),
      renewed.id,
      who(renewed.identity),
    );
    return at(await askWhere(person, message, free, renewed.id));
  }
  if (plan.situation !== 'otherIdentity') return at(plan.profileId);
  const other = existing.find(({ id }) => id === plan.profileId);
  const message = l10n.t(
    'The profile {0} already holds another account ({1}). You signed in as {2}.',
    plan.profileId,
    other ? who(other.identity) : l10n.t('an unknown account'),
    who(identity),
  );
  return at(await askWhere(person, message, free, plan.profileId));
}

/** Never replaces another identity unasked: both can be kept. */
async function askWhere(
  person: StoringPerson,
  message: string,
  free: string,
  taken: string,
): Promise<string> {
  const keepBoth = l10n.t('Keep Both');
  const replace = l10n.t('Replace');
  const detail = l10n.t(
    'Keep both: the new one is stored as {0}. Replace: what {1} holds now is lost.',
    free,
    taken,
  );
  const picked = await person.ask(message, detail, keepBoth, replace);
  if (picked === keepBoth) return free;
  if (picked === replace) return taken;
  throw new Cancelled();
}

/** The person as far as the tokens tell. */
export function who(identity: Identity): string {
  return identity.email ?? identity.accountId ?? l10n.t('an unknown account');
}
