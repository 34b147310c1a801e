import { showProfile } from '../../custody/showProfile.ts';
import { filesOf, type Repair } from './repair.ts';

/** Has a profile named by the config that hides it. */
export const showHidden: Repair<'profile.hidden'> = async (
  { where, facts: { provider, why } },
  { orders, snapshot },
) => {
  const { profileId = '' } = where;
  await showProfile(orders, filesOf(snapshot, where), provider, profileId, why);
};

/** Has the config say of a profile what is stored. */
export const correctConfig: Repair<'profile.configDisagrees'> = async (
  { where, facts: { provider } },
  { orders, snapshot },
) => {
  const { profileId = '' } = where;
  await showProfile(orders, filesOf(snapshot, where), provider, profileId, 'configDisagrees');
};
