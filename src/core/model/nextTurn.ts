import { ofLogin } from './loginFingerprint.ts';
import { turningPoints } from './profileState.ts';
import type { Reads } from './reads.ts';

/**
 * The next moment after `now` at which a Snapshot of the same reads may say something else, in
 * milliseconds since the epoch; `undefined` if time alone changes nothing. Texts of relative times
 * change more often: that is for the views (`relativeTimeChangesIn`).
 */
export function nextTurn(reads: Reads, now: number): number | undefined {
  let next: number | undefined;
  const consider = (point: number): void => {
    if (point > now && (next === undefined || point < next)) next = point;
  };
  for (const dir of reads.stateDirs) {
    for (const { store } of [...dir.agents, { store: dir.mainStore }]) {
      if (store.kind !== 'whole') continue;
      for (const [id, credential] of store.store.profiles) {
        const outcome = ofLogin(credential, reads.refreshOutcomes);
        const expectedEnd = ofLogin(credential, reads.expectedEnds, 'token');
        const stats = store.store.usageStats.get(id);
        turningPoints(credential, stats, outcome, expectedEnd).forEach(consider);
      }
      // An agent may have stats of its own about a profile that it inherits.
      for (const { cooldownUntil, disabledUntil } of store.store.usageStats.values()) {
        if (cooldownUntil !== undefined) consider(cooldownUntil);
        if (disabledUntil !== undefined) consider(disabledUntil);
      }
    }
  }
  return next;
}
