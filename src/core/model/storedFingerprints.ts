import { loginFingerprint } from './loginFingerprint.ts';
import type { Reads } from './reads.ts';

/** The `loginFingerprint`s of all that is stored in these state dirs. */
export function storedFingerprints(stateDirs: Reads['stateDirs']): ReadonlySet<string> {
  const fingerprints = new Set<string>();
  for (const { agents, mainStore } of stateDirs) {
    for (const { store } of [...agents, { store: mainStore }]) {
      if (store.kind !== 'whole') continue;
      for (const credential of store.store.profiles.values()) {
        const fingerprint = loginFingerprint(credential);
        if (fingerprint !== undefined) fingerprints.add(fingerprint);
      }
    }
  }
  return fingerprints;
}
