import { type RunOptions, runTorture } from './run.ts';
import type { SideName } from './tasks.ts';

/**
 * Ways of doing it that the torture must find out: our own code without locks, checks, journal and
 * memory; our code without journal and memory alone; the two libraries that most programs would take;
 * and CoderClaw's own way.
 */
export const CONTROLS = [
  'fenceOff',
  'forgetful',
  'peerLibraries',
  'coderclawLike',
] as const satisfies readonly SideName[];

export interface ControlFigures {
  readonly acked: number;
  readonly lost: number;
  readonly torn: number;
  readonly exclusion: number;
  readonly reuse: number;
  /** As it must. */
  readonly failed: boolean;
}

/** The same harness, neighbours, faults and oracle, with another way of writing. */
export async function runControl(
  side: (typeof CONTROLS)[number],
  options: Omit<RunOptions, 'side'>,
): Promise<ControlFigures> {
  const { findings, unexplainedReuse, acked } = await runTorture({ ...options, side });
  const figures = {
    acked,
    lost: findings.lost.length,
    torn: findings.tornReads.length,
    exclusion: findings.exclusionViolations.length,
    reuse: unexplainedReuse,
  };
  const { lost, torn, exclusion, reuse } = figures;
  return { ...figures, failed: lost + torn + exclusion + reuse > 0 };
}
