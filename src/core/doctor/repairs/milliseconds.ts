import { expiryInMilliseconds } from '../../documents/expiryIntent.ts';
import { filesOf, type Repair } from './repair.ts';

/** Writes an end in milliseconds that stands there in seconds. */
export const milliseconds: Repair<'expiry.inSeconds'> = async (
  { where },
  { vault, snapshot },
  signal,
) => {
  const { profileId } = where;
  if (profileId === undefined) return;
  const { storePath } = filesOf(snapshot, where);
  await vault.commitStore(storePath, expiryInMilliseconds(profileId), signal ? { signal } : {});
};
