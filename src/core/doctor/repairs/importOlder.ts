import { filesOf, type Repair } from './repair.ts';

/** Imports the sign-ins of an older CoderClaw, and keeps their files under other names. */
export const importOlder: Repair<'legacy.pending'> = async ({ where }, { vault, snapshot }) => {
  const { storePath, legacyPaths } = filesOf(snapshot, where);
  await vault.importLegacy(storePath, legacyPaths);
};
