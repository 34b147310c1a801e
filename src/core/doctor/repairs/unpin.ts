import type { Repair } from './repair.ts';

/** Takes off the pins that count for nothing, as far as they still are what was found. */
export const unpin: Repair<'sessions.stalePins'> = async (
  { where: { path }, facts },
  { sessions },
) => {
  if (path !== undefined) await sessions.unpin(path, facts.pins);
};
