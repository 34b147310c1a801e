import { Cancelled, throwIfCancelled } from '../clock.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import { buildSnapshot } from '../model/buildSnapshot.ts';
import type { Reads } from '../model/reads.ts';
import { cliFormat } from './checks/cliFormat.ts';
import { clock } from './checks/clock.ts';
import { configCondition } from './checks/configCondition.ts';
import { configDisagreement } from './checks/configDisagreement.ts';
import { expiryUnits } from './checks/expiryUnits.ts';
import { fileModes } from './checks/fileModes.ts';
import { hiddenProfiles } from './checks/hiddenProfiles.ts';
import { legacyFiles } from './checks/legacyFiles.ts';
import { locks } from './checks/locks.ts';
import { orderGhosts } from './checks/orderGhosts.ts';
import { otherPrograms } from './checks/otherPrograms.ts';
import { profileEnds } from './checks/profileEnds.ts';
import { sessionPins } from './checks/sessionPins.ts';
import { severalStateDirs } from './checks/severalStateDirs.ts';
import { sharedFolder } from './checks/sharedFolder.ts';
import { signInPort } from './checks/signInPort.ts';
import { storeCondition } from './checks/storeCondition.ts';
import { twins } from './checks/twins.ts';
import { type Finding, findingKey, type Severity } from './finding.ts';
import type { Check, Look } from './look.ts';

const CHECKS = {
  storeCondition,
  legacyFiles,
  fileModes,
  locks,
  orderGhosts,
  sessionPins,
  hiddenProfiles,
  configCondition,
  configDisagreement,
  profileEnds,
  expiryUnits,
  twins,
  severalStateDirs,
  otherPrograms,
  sharedFolder,
  signInPort,
  clock,
  cliFormat,
} satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;

export interface ExamineOptions extends Pick<Look, 'clockDifference' | 'cli'> {
  /** As the Snapshot was made from; holds secrets. */
  readonly reads: Reads;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly host: HostEnvironment;
  readonly signal?: AbortSignal;
  /** How long one check may take, in milliseconds: a disk may not answer. */
  readonly limitMs?: number;
  /** In place of all of them, for tests. */
  readonly checks?: Readonly<Record<string, Check>>;
}

/** What one look came to. Without a secret. */
export interface Diagnosis {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Most severe first; then always in the same sequence. */
  readonly findings: readonly Finding[];
  /** Checks that came to no answer, so that nothing is known of what they look for. */
  readonly unfinished: readonly UnfinishedCheck[];
}

export interface UnfinishedCheck {
  /** Its name (`CheckName`). */
  readonly check: string;
  readonly why: 'tookTooLong' | 'failed';
  /** The errno, or the name of the error: never its message, which could quote a file. */
  readonly detail?: string;
}

const LIMIT_MS = 5_000;

/**
 * Runs all checks over one look, side by side. Writes nothing and takes no lock; what one of them cannot
 * find out costs the others nothing.
 * @throws {Cancelled}
 */
export async function examine(options: ExamineOptions): Promise<Diagnosis> {
  const { reads, now, host, signal, limitMs = LIMIT_MS, checks = CHECKS } = options;
  throwIfCancelled(signal);
  const { clockDifference, cli } = options;
  const look: Look = {
    ...{ reads, snapshot: buildSnapshot(reads, now), now, host },
    ...(clockDifference && { clockDifference }),
    ...(cli && { cli }),
  };
  const results = await Promise.all(
    Object.entries(checks).map(([name, check]) => run(name, check, look, limitMs, signal)),
  );
  throwIfCancelled(signal);
  return {
    at: now,
    findings: sorted(results.flatMap((one) => ('findings' in one ? one.findings : []))),
    unfinished: results.flatMap((one) => ('why' in one ? [one] : [])),
  };
}

type Result = { readonly findings: readonly Finding[] } | UnfinishedCheck;

async function run(
  name: string,
  check: Check,
  look: Look,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const limit = AbortSignal.timeout(limitMs);
  const end = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  let giveUp = (): void => {};
  const ended = new Promise<Result>((resolve) => {
    giveUp = () => resolve({ check: name, why: 'tookTooLong' });
  });
  end.addEventListener('abort', giveUp, { once: true });
  try {
    const checked = (async (): Promise<Result> => ({ findings: await check(look, end) }))();
    const result = await Promise.race([checked, ended]);
    // One that was called off half-way says "nothing found" of what it did not look at.
    return end.aborted ? { check: name, why: 'tookTooLong' } : result;
  } catch (error) {
    if (error instanceof Cancelled) return { check: name, why: 'tookTooLong' };
    return { check: name, why: 'failed', detail: detailOf(error) };
  } finally {
    end.removeEventListener('abort', giveUp);
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function sorted(findings: readonly Finding[]): readonly Finding[] {
  const keyed = findings.map((one) => ({ one, key: findingKey(one) }));
  keyed.sort((a, b) => {
    const bySeverity = RANK[a.one.severity] - RANK[b.one.severity];
    return bySeverity !== 0 ? bySeverity : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  });
  return keyed.map(({ one }) => one);
}
