import type { Repair } from './repair.ts';

/** Removes a lock whose process is gone. */
export const releaseLock: Repair<'lock.stale'> = async ({ where: { path }, facts }, { disk }) => {
  if (path !== undefined) await disk.release(path, facts.target);
};
