import { l10n, window } from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import { isKnown } from '../../core/errors.ts';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import { sameIdentity } from '../../core/signin/identity.ts';
import { planProfile } from '../../core/signin/profileNaming.ts';
import { sentence } from '../notifications.ts';
import { errorWords } from '../words/errors.ts';
import type { SignInParts, SignInRequest } from './signInFlow.ts';

/**
 * Brings a finished sign-in into the store: decides the profile's id, asks before it would replace
 * somebody else, and keeps the login in hand until it is stored or the person gives it up.
 * @throws {Cancelled} The person chose not to keep it.
 */
export async function storeSignIn(
  parts: SignInParts,
  request: SignInRequest,
  signedIn: SignedIn,
  typedName: string | undefined,
): Promise<void> {
  const place = await choosePlace(parts, request, signedIn, typedName);
  await save(parts, request, signedIn, place);
}

interface Place {
  readonly profileId: string;
  readonly replaceOther: boolean;
}

async function choosePlace(
  parts: SignInParts,
  request: SignInRequest,
  signedIn: SignedIn,
  typedName: string | undefined,
): Promise<Place> {
  const { provider } = request.descriptor;
  const existing = await parts.service.identities(request.files, provider);
  const renewed = existing.find(({ id }) => id === request.profileId);
  if (renewed) {
    if (sameIdentity(renewed.identity, signedIn.identity) === 'same') {
      return { profileId: renewed.id, replaceOther: false };
    }
    const plan = planProfile({
      provider,
      identity: signedIn.identity,
      existing,
      ...named(typedName),
    });
    const free =
      plan.situation === 'otherIdentity' ? (plan.suggestion ?? plan.profileId) : plan.profileId;
    return askWhere(
      l10n.t(
        'You signed in as {0}, but the profile {1} belongs to {2}.',
        who(signedIn.identity),
        renewed.id,
        who(renewed.identity),
      ),
      free,
      renewed.id,
    );
  }
  const plan = planProfile({
    provider,
    identity: signedIn.identity,
    existing,
    ...named(typedName),
  });
  if (plan.situation !== 'otherIdentity') return { profileId: plan.profileId, replaceOther: false };
  const other = existing.find(({ id }) => id === plan.profileId);
  return askWhere(
    l10n.t(
      'The profile {0} already holds another account ({1}). You signed in as {2}.',
      plan.profileId,
      other ? who(other.identity) : l10n.t('unknown'),
      who(signedIn.identity),
    ),
    plan.suggestion ?? plan.profileId,
    plan.profileId,
  );
}

/** Never replaces another identity unasked: both can be kept. */
async function askWhere(message: string, free: string, taken: string): Promise<Place> {
  const keepBoth = l10n.t('Keep Both');
  const replace = l10n.t('Replace');
  const picked = await window.showWarningMessage(
    message,
    {
      modal: true,
      detail: l10n.t(
        'Keep both: the new sign-in is stored as {0}. Replace: what {1} holds now is lost.',
        free,
        taken,
      ),
    },
    keepBoth,
    replace,
  );
  if (picked === keepBoth) return { profileId: free, replaceOther: false };
  if (picked === replace) return { profileId: taken, replaceOther: true };
  throw new Cancelled();
}

async function save(
  parts: SignInParts,
  request: SignInRequest,
  signedIn: SignedIn,
  place: Place,
): Promise<void> {
  const { files, agentId } = request;
  try {
    const saved = await parts.service.saveSignIn(
      files,
      place.profileId,
      signedIn,
      place.replaceOther,
    );
    if (saved.configFault) {
      parts.notifications.warned(
        l10n.t(
          'Signed in as {0} for {1}, but the config could not be updated, so CoderClaw may not use it yet. {2}',
          who(signedIn.identity),
          agentId,
          sentence(errorWords(saved.configFault)),
        ),
      );
    }
    if (saved.undone) {
      parts.notifications.warned(
        l10n.t(
          'The sign-in of {0} was stored, but another program keeps writing an older copy over {1}.',
          who(signedIn.identity),
          files.storePath,
        ),
        { label: l10n.t('Store Again'), run: () => save(parts, request, signedIn, place) },
      );
      return;
    }
    await parts.stored(request, place.profileId, signedIn);
  } catch (error) {
    if (isKnown(error, 'profile.otherIdentity')) {
      // Somebody stored another account under this id in the meantime: ask again on what is there.
      await storeSignIn(parts, request, signedIn, undefined);
      return;
    }
    parts.notifications.failed(
      l10n.t('Storing the sign-in of {0}', who(signedIn.identity)),
      error,
      // The provider has given the tokens out: they stay in hand until they are stored.
      { label: l10n.t('Store Again'), run: () => save(parts, request, signedIn, place) },
    );
  }
}

function who(identity: { readonly email?: string; readonly accountId?: string }): string {
  return identity.email ?? identity.accountId ?? l10n.t('an unknown account');
}

function named(typedName: string | undefined): { readonly typedName?: string } {
  return typedName === undefined ? {} : { typedName };
}
