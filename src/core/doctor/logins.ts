import { stat } from 'node:fs/promises';
import type { Credential, OAuthCredential } from '../documents/authStore.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { loginFingerprint } from '../model/loginFingerprint.ts';
import { isBlank } from '../model/order.ts';
import type { LoginHolder } from './finding.ts';
import { allStores, type Look } from './look.ts';

/** A login that can be renewed, and every profile that holds it. No secret. */
export interface KnownLogin {
  readonly fingerprint: string;
  /** Normalized. */
  readonly provider: string;
  readonly holders: readonly LoginHolder[];
}

/**
 * Every login with a refresh token, in the order in which they are found. A file that is reached by several
 * paths is one store, the one of the first of them.
 */
export async function knownLogins(look: Look): Promise<readonly KnownLogin[]> {
  const logins = new Map<string, KnownLogin>();
  const files = new Set<string>();
  for (const { dir, agentId, store } of allStores(look)) {
    if (store.kind !== 'whole') continue;
    const file = await fileAt(store.path);
    if (file === undefined || files.has(file)) continue;
    files.add(file);
    for (const [profileId, credential] of store.store.profiles) {
      const fingerprint = isRenewable(credential) ? loginFingerprint(credential) : undefined;
      if (fingerprint === undefined) continue;
      const provider = normalizeProviderId(credential.provider);
      const known = logins.get(fingerprint) ?? { fingerprint, provider, holders: [] };
      const place = { stateDir: dir.path, stateDirLabel: dir.label };
      const holder = { ...place, agentId, storePath: store.path, profileId };
      logins.set(fingerprint, { ...known, holders: [...known.holders, holder] });
    }
  }
  return [...logins.values()];
}

/** Whether it has a refresh token, which is what can be spent only once. */
export function isRenewable(credential: Credential): credential is OAuthCredential {
  return credential.type === 'oauth' && !isBlank(credential.refresh);
}

/** Tells files apart, whatever links lead to them; undefined where none is there (any more). */
export async function fileAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
