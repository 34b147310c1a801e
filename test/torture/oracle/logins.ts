import { dirname } from 'node:path';
import { isJsonObject } from '../../../src/core/documents/json.ts';
import { runtimeCachePath } from '../../../src/core/documents/locations.ts';
import { tokenHash } from '../../../src/core/model/loginFingerprint.ts';
import { OPENAI_CODEX } from '../../../src/core/signin/providers/openaiCodex.ts';
import { partOf } from '../events.ts';
import type { TokenRequest } from '../ledger.ts';
import { type Evidence, type Finding, linesAbout } from './evidence.ts';
import { documentAt } from './ownEntries.ts';
import { isExcuse, judgeRequests } from './requests.ts';

/**
 * Every login that stands anywhere must be one that the server takes. Excused is one that was lost
 * with an answer that never reached a living process, or whose family was revoked by the one further
 * request after that.
 */
export function lostLogins(evidence: Evidence): readonly Finding[] {
  const { world, events } = evidence;
  return world.places.flatMap(({ storePath }) => {
    const profiles = partOf(documentAt(storePath), 'profiles');
    const findings: Finding[] = [];
    for (const { profileId } of world.logins) {
      const entry = profiles[profileId];
      const refresh = isJsonObject(entry) ? entry['refresh'] : undefined;
      if (typeof refresh !== 'string') continue;
      const why = whyLost(tokenHash(refresh), evidence);
      if (why === undefined) continue;
      const lines = linesAbout(events, storePath, profileId);
      findings.push({ what: `login ${profileId} in ${storePath}: ${why}`, lines });
    }
    const cache = documentAt(runtimeCachePath(dirname(storePath)));
    const cached = isJsonObject(cache) ? cache[OPENAI_CODEX] : undefined;
    if (isJsonObject(cached)) {
      const why = whyLost(tokenHash(String(cached['refresh'])), evidence);
      if (why !== undefined)
        findings.push({ what: `cache beside ${storePath}: ${why}`, lines: [] });
    }
    return findings;
  });
}

/** A login that stood in a store at the beginning and is in it no more. Nobody removes one. */
export function missingLogins({ world, events }: Evidence): readonly Finding[] {
  return world.places.flatMap(({ storePath }, n) => {
    const profiles = partOf(documentAt(storePath), 'profiles');
    return world.logins
      .filter(({ profileId }, m) => (n + m) % 4 !== 3 && profiles[profileId] === undefined)
      .map(({ profileId }) => ({
        what: `login ${profileId} is gone from ${storePath}`,
        lines: linesAbout(events, storePath, profileId),
      }));
  });
}

function whyLost(token: string, evidence: Evidence): string | undefined {
  if (evidence.isGood(token)) return undefined;
  // Follow what became of it.
  let at = token;
  for (let steps = 0; steps < 10_000; steps++) {
    const spending = evidence.requests.find((one) => one.token === at && one.next !== undefined);
    if (spending?.next === undefined) break;
    if (isExcuse(spending, evidence)) return undefined;
    at = spending.next;
    if (evidence.isGood(at)) {
      return `an older generation, ${steps + 1} behind: ${token.slice(0, 12)} for ${at.slice(0, 12)}`;
    }
  }
  return isRevokedByUs(at, evidence) ? `its family was revoked: ${token.slice(0, 12)}` : undefined;
}

/** The tip of a revoked family: whether a reuse in it was not explained. */
function isRevokedByUs(tip: string, evidence: Evidence): boolean {
  const ancestors = new Map<string, TokenRequest>();
  for (const request of evidence.requests) {
    if (request.next !== undefined) ancestors.set(request.next, request);
  }
  const tokens = new Set([tip]);
  for (let at = ancestors.get(tip); at !== undefined; at = ancestors.get(at.token)) {
    tokens.add(at.token);
  }
  const reuse = evidence.requests.find((one) => one.verdict === 'reused' && tokens.has(one.token));
  if (reuse === undefined) return true;
  const ofToken = evidence.requests.filter(({ token }) => token === reuse.token);
  const { unexplainedReuse } = judgeRequests({ ...evidence, requests: ofToken });
  return unexplainedReuse > 0;
}
