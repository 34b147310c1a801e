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
  const family = new Set([token, ...spentSuccessors]);
  const cameFrom = new Map<string, string[]>();
  for (const [old, { next }] of records) {
    if (next !== undefined) cameFrom.set(next, [...(cameFrom.get(next) ?? []), old]);
  }
  // A set visits what is added while it is being walked through.
  for (const one of family) for (const old of cameFrom.get(one) ?? []) family.add(old);
  return family;
}

/** It brought another token, or was seen replaced: never sent and never written again. */
export function isSpent(token: string, records: TokenRecords): boolean {
  return records.get(token)?.kind === 'spent';
}

/** Nothing more can be had for it. */
export function isUsedUp(token: string, records: TokenRecords): boolean {
  return isSpent(token, records) || isDead(records.get(token));
}
