import type { Repair } from './repair.ts';

/** Takes from others what a file with secrets, or its folder, allows them. */
export const narrow: Repair<'file.loose'> = async ({ where: { path }, facts }, { disk }) => {
  if (path !== undefined) await disk.narrow(path, facts);
};
