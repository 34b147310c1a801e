import type { Credential } from '../documents/authStore.ts';
import { loginFingerprint } from './loginFingerprint.ts';
import type { AgentRead, StateDirRead } from './reads.ts';

/** Which stores hold the same login: when one of them refreshes it, the others hold a dead token. */
export interface Twins {
  /**
   * The other agents whose own store holds this login, as `agent` of `dir` sees it: by id, or as
   * `<state dir label> <agent>` in another state dir. The store that it is inherited from is not
   * another holder.
   */
  sharedWith(credential: Credential, dir: StateDirRead, agent: AgentRead): readonly string[];
}

interface Holder {
  readonly dir: StateDirRead;
  readonly agent: AgentRead;
}

export function findTwins(stateDirs: readonly StateDirRead[]): Twins {
  const holders = new Map<string, Holder[]>();
  for (const dir of stateDirs) {
    for (const agent of dir.agents) {
      if (agent.store.kind !== 'whole') continue;
      for (const fingerprint of loginsOf(agent.store.store.profiles.values())) {
        const known = holders.get(fingerprint);
        if (known === undefined) holders.set(fingerprint, [{ dir, agent }]);
        else known.push({ dir, agent });
      }
    }
  }
  return {
    sharedWith: (credential, dir, agent) => {
      const fingerprint = loginFingerprint(credential);
      const all = fingerprint === undefined ? [] : (holders.get(fingerprint) ?? []);
      const ownHolds = all.some((holder) => holder.agent.store.path === agent.store.path);
      // Two agents may be configured to one folder: that is one store, not two.
      const seenIn = ownHolds ? agent.store.path : dir.mainStore.path;
      return all
        .filter(({ agent: other }) => other.store.path !== seenIn)
        .map((other) =>
          other.dir === dir ? other.agent.id : `${other.dir.label} ${other.agent.id}`,
        );
    },
  };
}

function loginsOf(credentials: Iterable<Credential>): ReadonlySet<string> {
  const logins = new Set<string>();
  for (const credential of credentials) {
    const fingerprint = loginFingerprint(credential);
    if (fingerprint !== undefined) logins.add(fingerprint);
  }
  return logins;
}
