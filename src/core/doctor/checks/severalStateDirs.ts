import { type Finding, finding } from '../finding.ts';
import { knownLogins } from '../logins.ts';
import type { Look } from '../look.ts';

/** Logins that stand in more than one state folder: none of them inherits from another. */
export async function severalStateDirs(look: Look): Promise<readonly Finding[]> {
  if (look.reads.stateDirs.length < 2) return [];
  return (await knownLogins(look)).flatMap(({ provider, fingerprint, holders }) => {
    const dirs = new Set(holders.map(({ stateDir }) => stateDir));
    if (dirs.size < 2) return [];
    const facts = { provider, fingerprint, holders };
    return [finding('login.severalStateDirs', 'warning', {}, facts)];
  });
}
