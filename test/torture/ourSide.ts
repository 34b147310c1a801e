import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitOrder } from '../../src/core/custody/orderCommit.ts';
import { type AgentFiles, ProfileService } from '../../src/core/custody/profileService.ts';
import { Refresher } from '../../src/core/custody/refresh/refresher.ts';
import { RefreshMemory } from '../../src/core/custody/refresh/refreshMemory.ts';
import { knowledgeOf } from '../../src/core/custody/repair/tokenKnowledge.ts';
import { Upkeep } from '../../src/core/custody/repair/upkeep.ts';
import { SignInService } from '../../src/core/custody/signInService.ts';
import { type StorePlace, stateDirsOf } from '../../src/core/custody/storePlaces.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import { replaceFile } from '../../src/core/disk/atomicFile.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';
import { setOrder } from '../../src/core/documents/orderIntents.ts';
import type { Snapshot } from '../../src/core/model/snapshot.ts';
import { refreshGrants } from '../../src/core/signin/refreshGrants.ts';
import { loggedLocks, loggedReplace } from './logged.ts';
import { blindReplace, openDoor } from './noFence.ts';
import { forgetfulJournal, forgetfulMemory, LoggedJournal } from './ownData.ts';
import type { Side, SideParts } from './side.ts';
import {
  requestClock,
  scaledGuardTimes,
  scaledLockTimes,
  scaledUpkeepTimes,
  steppedClock,
} from './time.ts';

/** What a control leaves out of the real thing. */
export interface Without {
  readonly fence?: boolean;
  readonly memory?: boolean;
}

/** After this, whoever could still undo a commit is gone, and what was undone has been put back. */
const LAST_LOOKS_MS = 2_500;
/** For how long the journals may take to become empty, divided by the factor, and then some. */
const REST_MS = 50_000;
const AND_SOME_MS = 20_000;

/** The code of this extension, put together as the extension does. */
export async function ourSide(parts: SideParts, without: Without = {}): Promise<Side> {
  const { task, log, say, point: checkpoint } = parts;
  const { factor } = task;
  const clock = steppedClock(parts.stepMs);
  const fileLocks = new FileLocks({
    app: 'torture',
    clock: steppedClock(parts.lockStepMs),
    times: scaledLockTimes(factor),
    checkpoint,
  });
  const locks = without.fence ? openDoor : loggedLocks(fileLocks, log);
  const places = async () => task.world.places;
  const journal = without.memory
    ? forgetfulJournal(log)
    : new LoggedJournal(log, { clock, checkpoint, log: say });
  const memory = without.memory ? forgetfulMemory() : new RefreshMemory({ locks: fileLocks });
  const vault = new Vault({
    ...{ clock, locks, checkpoint, log: say },
    ...knowledgeOf(journal, memory, places),
    guardTimes: scaledGuardTimes(factor),
    replace: loggedReplace(without.fence ? blindReplace : replaceFile, log),
  });
  const grant = refreshGrants({
    CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: `${task.origin}/token`,
  });
  const refresher = new Refresher({
    ...{ vault, journal, memory, places, grant, log: say },
    services: { fetch: parts.fetch, clock: requestClock(clock, factor) },
  });
  const upkeep = new Upkeep({
    ...{ vault, journal, memory, refresher, clock, places, log: say },
    tell: (notice) => log.write({ kind: 'note', text: `upkeep: ${notice.kind}` }),
    configs: async () =>
      stateDirsOf(task.world.places).map((stateDir) => join(stateDir, 'coderclaw.json')),
    rotates: async () => true,
    times: scaledUpkeepTimes(factor),
  });
  const services = { vault, clock, journal, places, log: say };
  const signIns = new SignInService(services);
  const profiles = new ProfileService(services);
  await upkeep.start();

  const filesOf = ({ stateDir, storePath }: StorePlace): AgentFiles => ({
    ...{ stateDir, storePath, legacyPaths: [] },
    configPath: join(stateDir, 'coderclaw.json'),
  });
  /** Nobody knows who else the config lists, so it is left alone. */
  const noSnapshot = async () => ({ stateDirs: [] }) as unknown as Snapshot;

  async function untilNothingIsOpen(): Promise<void> {
    const until = performance.now() + REST_MS / factor + AND_SOME_MS;
    while (performance.now() < until) {
      if ((await journal.entries(stateDirsOf(task.world.places))).length === 0) return;
      await sleep(100);
    }
  }

  return {
    async store(place, profileId, credential, person) {
      const { provider } = credential as { readonly provider: string };
      const files = filesOf(place);
      const stored = await signIns.stored(files, provider);
      const seen = stored.find(({ id }) => id === profileId)?.entry;
      const identity = {
        provider,
        ...(person !== undefined && { accountId: `account-${person}` }),
      };
      upkeep.hint();
      const saved = await signIns.save(files, profileId, { credential, identity }, seen, []);
      if (saved.undone) throw new Error('undone, and said so');
    },
    async order(place, provider, ids) {
      upkeep.hint();
      await commitOrder(services, place, setOrder(provider, ids));
    },
    async remove(place, profileId) {
      upkeep.hint();
      const removed = await profiles.signOut(filesOf(place), profileId, noSnapshot);
      if (removed.undone) throw new Error('undone, and said so');
    },
    async refresh(place, profileId, force) {
      upkeep.hint();
      const result = await refresher.refresh({ place, profileId, force });
      upkeep.hint();
      return result.kind;
    },
    async rest() {
      if (task.settleOnly) await untilNothingIsOpen();
      else if (!without.memory) await sleep(LAST_LOOKS_MS);
      await refresher.dispose();
      upkeep.dispose();
      vault.dispose();
    },
  };
}
