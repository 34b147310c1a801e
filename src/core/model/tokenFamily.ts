import { isDead, type TokenRecords } from './refreshLog.ts';

/** Chains of replaced tokens are followed so far. */
const LONGEST_CHAIN = 1000;

/** The tokens that came after `token`, one from the other, as far as the log knows: nearest first. */
export function successorsOf(token: string, records: TokenRecords): readonly string[] {
  const chain: string[] = [];
  const seen = new Set([token]);
  for (let next = records.get(token)?.next; next !== undefined; next = records.get(next)?.next) {
    // A log that goes in circles is wrong, but must not hang us.
    if (seen.has(next) || chain.length === LONGEST_CHAIN) break;
    seen.add(next);
    chain.push(next);
  }
  return chain;
}

/**
 * `token`, those from which it came, and those among its successors that are spent themselves: whoever
 * holds one of them is to have the newest.
 */
export function familyOf(token: string, records: TokenRecords): ReadonlySet<string> {
  const spentSuccessors = successorsOf(token, records).filter((one) => isSpent(one, records));
  return withAncestors([token, ...spentSuccessors], records);
}

/**
 * Whether two tokens are known to come from two sign-ins, so that spending one costs the other nothing.
 *
 * Two lines of tokens that do not meet in the log may still be one: somebody who keeps no such log can
 * have spent the last token of one, and the log knows only what came after. That is out of the question
 * where each of the two was lengthened by us after the other had begun: what we spent ourselves, and
 * successfully, nobody had spent before.
 */
export function areTwoGrants(a: string, b: string, records: TokenRecords): boolean {
  const [lineA, lineB] = [withAncestors([a], records), withAncestors([b], records)];
  if (lineA.size === 1 || lineB.size === 1) return false;
  if ([...lineA].some((token) => lineB.has(token))) return false;
  const [timesA, timesB] = [spentTimes(lineA, records), spentTimes(lineB, records)];
  return Math.max(...timesA) > Math.min(...timesB) && Math.max(...timesB) > Math.min(...timesA);
}

/** When tokens of a line were replaced by the next of it. */
function spentTimes(line: ReadonlySet<string>, records: TokenRecords): readonly number[] {
  return [...line].flatMap((token) => {
    const record = records.get(token);
    return record?.next !== undefined && line.has(record.next) ? [record.at] : [];
  });
}

/** Tokens, and those from which they came, as far as the log knows. */
function withAncestors(tokens: readonly string[], records: TokenRecords): ReadonlySet<string> {
  const all = new Set(tokens);
  const cameFrom = new Map<string, string[]>();
  for (const [old, { next }] of records) {
    if (next !== undefined) cameFrom.set(next, [...(cameFrom.get(next) ?? []), old]);
  }
  // A set visits what is added while it is being walked through.
  for (const one of all) for (const old of cameFrom.get(one) ?? []) all.add(old);
  return all;
}

/** It brought another token, or was seen replaced: never sent and never written again. */
export function isSpent(token: string, records: TokenRecords): boolean {
  return records.get(token)?.kind === 'spent';
}

/** Nothing more can be had for it. */
export function isUsedUp(token: string, records: TokenRecords): boolean {
  return isSpent(token, records) || isDead(records.get(token));
}
