import { KnownError } from '../errors.ts';
import type { Vault } from './vault.ts';

/**
 * Edits the config after the store has been changed. What goes wrong here does not undo that, so a
 * known fault is handed back, to be told, and not thrown.
 */
export async function editConfig(
  vault: Pick<Vault, 'commitConfig'>,
  path: string,
  edit: (text: string | undefined) => string | undefined,
): Promise<{ readonly configFault?: KnownError }> {
  try {
    await vault.commitConfig(path, edit);
    return {};
  } catch (error) {
    if (error instanceof KnownError) return { configFault: error };
    throw error;
  }
}
