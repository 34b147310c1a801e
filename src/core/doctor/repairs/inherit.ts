import { inheritLogin } from '../../custody/inheritLogin.ts';
import { KnownError } from '../../errors.ts';
import { filesOf, mainPathOf, type Repair } from './repair.ts';

/** Has agents inherit a login from main that they have a copy of. */
export const inherit: Repair<'login.twins'> = async (
  { where, facts },
  { vault, snapshot },
  signal,
) => {
  const dir = snapshot.stateDirs.find(({ path }) => path === where.stateDir);
  const main = dir && mainPathOf(dir);
  if (main === undefined || facts.heirs.length === 0) return;
  for (const heir of facts.heirs) {
    // An agent's folder can have moved since: its store is another one then.
    const { storePath } = filesOf(snapshot, { ...where, agentId: heir.agentId });
    if (storePath !== heir.storePath || storePath === main) {
      throw new KnownError('profile.changed', { profileId: heir.profileId, storePath });
    }
  }
  await inheritLogin({ vault }, main, facts.heirs, signal);
};
