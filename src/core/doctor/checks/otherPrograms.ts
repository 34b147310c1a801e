import { dirname } from 'node:path';
import { strictRead } from '../../disk/strictRead.ts';
import type { JsonValue } from '../../documents/json.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { FINGERPRINT_DIGITS, tokenHash } from '../../model/loginFingerprint.ts';
import { type Finding, finding } from '../finding.ts';
import { fileAt, knownLogins } from '../logins.ts';
import { allStores, type Look } from '../look.ts';
import { OTHER_PROGRAMS, type OtherLogins } from '../otherPrograms.ts';

/**
 * Logins that another program on this machine has too: whichever of the two renews it first logs the other
 * one out. Compared by fingerprint; of the other file nothing is kept.
 */
export async function otherPrograms(look: Look, signal: AbortSignal): Promise<readonly Finding[]> {
  const logins = new Map((await knownLogins(look)).map((login) => [login.fingerprint, login]));
  if (logins.size === 0) return [];
  const ours = await cachesOf(look);
  const found: Finding[] = [];
  for (const other of OTHER_PROGRAMS) {
    if (signal.aborted) break;
    const path = other.path(look.host);
    // An agent can be configured to the folder of pi, whose file is our runtime cache then.
    const file = await fileAt(path);
    if (file === undefined || ours.has(file)) continue;
    for (const fingerprint of await fingerprintsIn(other, path)) {
      const login = logins.get(fingerprint);
      if (login === undefined) continue;
      const { provider, holders } = login;
      const facts = { program: other.program, provider, fingerprint, holders };
      found.push(finding('login.otherProgram', 'warning', { path }, facts));
    }
  }
  return found;
}

async function fingerprintsIn(other: OtherLogins, path: string): Promise<ReadonlySet<string>> {
  const read = await strictRead(path);
  if (read.kind !== 'bytes') return new Set();
  let value: JsonValue;
  try {
    value = JSON.parse(read.bytes.toString()) as JsonValue;
  } catch {
    // It is not ours to judge; and the parser's message quotes it.
    return new Set();
  }
  return new Set(
    other.refreshTokens(value).map((token) => tokenHash(token).slice(0, FINGERPRINT_DIGITS)),
  );
}

async function cachesOf(look: Look): Promise<ReadonlySet<string>> {
  const files = await Promise.all(
    allStores(look).map(({ store }) => fileAt(runtimeCachePath(dirname(store.path)))),
  );
  return new Set(files.filter((file) => file !== undefined));
}
