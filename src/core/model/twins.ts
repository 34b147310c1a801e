import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { Credential } from '../documents/authStore.ts';
import { shownKey } from '../documents/shownText.ts';
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
  /** Where the login is found first: the store's path and the profile's id. No secret. */
  nameOf(credential: Credential): string | undefined;
}

/** The remark on a profile whose login the same store holds as another profile too. */
export function sameLoginAs(profileId: string): string {
  return `the same login as ${shownKey(profileId)}`;
}

interface Holder {
  readonly dir: StateDirRead;
  readonly agent: StoreOwner;
  readonly profileId: string;
}

type StoreOwner = Pick<AgentRead, 'id' | 'store'>;

export function findTwins(stateDirs: readonly StateDirRead[]): Twins {
  const holders = new Map<string, Holder[]>();
  for (const dir of stateDirs) {
    const main: StoreOwner = { id: MAIN_AGENT_ID, store: dir.mainStore };
    const isStoreListed = dir.agents.some(({ store }) => store.path === main.store.path);
    for (const agent of isStoreListed ? dir.agents : [...dir.agents, main]) {
      if (agent.store.kind !== 'whole') continue;
      for (const [fingerprint, profileId] of loginsOf(agent.store.store.profiles)) {
        const holder = { dir, agent, profileId };
        const known = holders.get(fingerprint);
        if (known === undefined) holders.set(fingerprint, [holder]);
        else known.push(holder);
      }
    }
  }
  const holdersOf = (credential: Credential): readonly Holder[] => {
    const fingerprint = loginFingerprint(credential);
    return fingerprint === undefined ? [] : (holders.get(fingerprint) ?? []);
  };
  return {
    sharedWith: (credential, dir, agent) => {
      const all = holdersOf(credential);
      const ownHolds = all.some((holder) => holder.agent.store.path === agent.store.path);
      // Two agents may be configured to one folder: that is one store, not two.
      const seenIn = ownHolds ? agent.store.path : dir.mainStore.path;
      return all
        .filter(({ agent: other }) => other.store.path !== seenIn)
        .map((other) =>
          other.dir === dir ? other.agent.id : `${other.dir.label} ${other.agent.id}`,
        );
    },
    nameOf: (credential) => {
      const [first] = holdersOf(credential);
      return first && `${first.profileId} in ${first.agent.store.path}`;
    },
  };
}

/** By fingerprint, with the first profile that holds it. */
function loginsOf(profiles: ReadonlyMap<string, Credential>): ReadonlyMap<string, string> {
  const logins = new Map<string, string>();
  for (const [id, credential] of profiles) {
    const fingerprint = loginFingerprint(credential);
    if (fingerprint !== undefined && !logins.has(fingerprint)) logins.set(fingerprint, id);
  }
  return logins;
}
