import { listAsStored, type NewConfigProfile } from '../documents/configEdits.ts';
import { appendToOrder } from '../documents/configOrderEdits.ts';
import { isJsonObject } from '../documents/json.ts';
import { appendProfile, hasStoredOrder } from '../documents/orderIntents.ts';
import { entryOf } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { HiddenReason } from '../model/profileState.ts';
import { commitOwn, type ProfileOrderParts, readAgent } from './profileOrder.ts';
import type { AgentFiles } from './profileService.ts';
import { isMode, storedOf } from './storedProfiles.ts';

/** `ProfileService.showProfile`. */
export async function showProfile(
  parts: ProfileOrderParts,
  files: AgentFiles,
  provider: string,
  profileId: string,
  why: HiddenReason,
): Promise<void> {
  const { own, main } = await readAgent(parts, files);
  const credential =
    entryOf(own, 'profiles', profileId) ?? entryOf(main ?? {}, 'profiles', profileId);
  if (!isJsonObject(credential) || !isMode(credential['type'])) {
    throw new KnownError('profile.gone', { profileId, storePath: files.storePath });
  }
  const { configPath } = files;
  if (why === 'notInOrder') {
    if (hasStoredOrder(own, main, provider)) {
      await commitOwn(parts, files, (now) => appendProfile(provider, profileId, now));
      return;
    }
    await parts.vault.commitConfig(configPath, (text) =>
      appendToOrder(text, provider, profileId, configPath),
    );
    return;
  }
  const { type: mode, email } = credential;
  const profile: NewConfigProfile = {
    ...{ profileId, provider, mode },
    ...(typeof email === 'string' && { email }),
  };
  const siblings = await storedOf(parts, files, provider);
  await parts.vault.commitConfig(configPath, (text) =>
    listAsStored(text, profile, siblings, configPath),
  );
}
