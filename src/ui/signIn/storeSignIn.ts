import { isDeepStrictEqual } from 'node:util';
import { l10n } from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import type { AgentFiles, Saved } from '../../core/custody/profileService.ts';
import type { SignInService } from '../../core/custody/signInService.ts';
import type { NewConfigProfile } from '../../core/documents/configEdits.ts';
import { isKnown, type KnownError } from '../../core/errors.ts';
import type { Identity, SignedIn } from '../../core/signin/descriptor.ts';
import { sameIdentity } from '../../core/signin/identity.ts';
import { who } from '../words/identity.ts';
import { chooseTarget, provisionalId, type Target } from './chooseTarget.ts';

/** Where a finished sign-in is to go. */
export interface SignInPlace {
  readonly provider: string;
  readonly agentId: string;
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
  /**
   * A question that has to be answered; resolves with the button, `undefined` for none.
   * @param detail Sentences.
   */
  ask(
    message: string,
    detail: readonly string[],
    ...buttons: readonly string[]
  ): Thenable<string | undefined>;
  /** Something to be seen before it goes on; resolves with whether the person pressed `button`. */
  show(message: string, detail: readonly string[], button: string): Thenable<boolean>;
  /** It could not be stored; `again` tries once more with the tokens that are still in hand. */
  failed(doing: string, error: unknown, again: () => Promise<void>): void;
  /** Another program keeps writing its older copy over it. */
  undone(identity: Identity, again: () => Promise<void>): void;
  /** It is stored, maybe for another agent than was asked; the config may have been left behind. */
  stored(target: Target, signedIn: SignedIn, configFault: KnownError | undefined): Promise<void>;
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
  await person.stored(target, signedIn, saved.configFault);
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
  const { siblings } = place;
  const { files, profileId, seen } = target;
  // Whoever brought it there may not have come to this.
  const { configFault } = await service.finish(files, profileId, signedIn, seen, siblings);
  await service.letGo(signedIn);
  await person.stored(target, signedIn, configFault);
}

/** Whether the target holds something of the same person that was not there when it was chosen. */
async function isBetter(
  service: SignInService,
  { provider }: SignInPlace,
  { identity }: SignedIn,
  { files, profileId, seen }: Target,
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
  { files, profileId, seen }: Target,
  signedIn: SignedIn,
): Promise<Saved> {
  return service.save(files, profileId, signedIn, seen, place.siblings);
}
