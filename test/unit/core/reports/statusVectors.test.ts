import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { StateReader } from '../../../../src/core/liveSnapshot/stateReader.ts';
import type { StateDirRead } from '../../../../src/core/model/reads.ts';
import { mask } from '../../../../src/core/redact.ts';
import { channelsAuth } from '../../../../src/core/reports/channelsAuth.ts';
import { modelsStatus } from '../../../../src/core/reports/modelsStatus.ts';
import { sampleHost } from '../../../bench/sampleState.ts';
import { writeDocument } from '../../../bench/sampleStore.ts';
import { vectorCases } from '../model/vectorCases.ts';

interface ReportCase {
  readonly now: number | null;
  readonly files: Readonly<Record<string, object>>;
  readonly modelsStatusAuth: Answer;
  readonly modelsStatusTop: { readonly agentDir: string; readonly configPath: string };
  readonly channelsListAuth: readonly unknown[];
}

interface Answer {
  readonly shellEnvFallback: unknown;
  readonly unusableProfiles: readonly Ending[];
}

interface Ending {
  readonly until?: number;
  readonly expiresAt?: number;
  readonly remainingMs?: number;
}

/** The clock of a case: where it is not told, its answer tells it. No case has neither and needs it. */
function momentOf({ now, modelsStatusAuth }: ReportCase): number {
  const [{ until, remainingMs } = { until: 0, remainingMs: 0 }] = modelsStatusAuth.unusableProfiles;
  return now ?? (until ?? 0) - (remainingMs ?? 0);
}

/** CoderClaw looks at the clock several times, so that its answer has several moments some ms apart. */
function atOneMoment(answer: unknown, now: number): unknown {
  if (Array.isArray(answer)) return answer.map((one) => atOneMoment(one, now));
  if (typeof answer !== 'object' || answer === null) return answer;
  const { until, expiresAt, remainingMs }: Ending = answer;
  const parts = Object.entries(answer).map(([key, value]) => [key, atOneMoment(value, now)]);
  const end = until ?? expiresAt;
  if (remainingMs === undefined || end === undefined) return Object.fromEntries(parts);
  assert.ok(Math.abs(end - remainingMs - now) <= 5, 'the case has one clock');
  return { ...Object.fromEntries(parts), remainingMs: end - now };
}

/** The answer as it may be told: without the part that only CoderClaw knows, and without a secret. */
function fitToTell({ shellEnvFallback: _, ...answer }: Answer, files: ReportCase['files']): object {
  const secrets = JSON.stringify(files).matchAll(/"(?:key|token)":"([^"]+)"/g);
  let text = JSON.stringify(answer);
  for (const [, secret = ''] of secrets) text = text.replaceAll(secret, mask(secret));
  return JSON.parse(text);
}

describe('reports of what CoderClaw reported on', () => {
  let folder: string;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coderclaw-reports-')));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function readFiles(name: string, files: ReportCase['files']): Promise<StateDirRead> {
    const stateDir = join(folder, name);
    for (const [path, content] of Object.entries(files)) {
      await writeDocument(join(stateDir, path), content);
    }
    const host = sampleHost(stateDir);
    // The files count as left alone for a while: a just written one is read twice.
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    const reader = new StateReader({ host, extraStateDirs: () => [], clock, log: () => {} });
    const { reads } = await reader.read(true);
    return reads.stateDirs[0] ?? assert.fail('no state folder was found');
  }

  vectorCases<ReportCase>('status-report').forEach((vector, index) => {
    it(`are its own, but for secrets: status-report ${index}`, async () => {
      const dir = await readFiles(String(index), vector.files);
      const agent = dir.agents.find(({ id }) => id === 'main') ?? assert.fail('no agent main');
      const now = momentOf(vector);
      const status = modelsStatus({ dir, agent, host: sampleHost(dir.path), now });
      const { auth, configPath, agentDir } = JSON.parse(
        JSON.stringify(status).replaceAll(dir.path, '<stateDir>'),
      );
      assert.deepEqual(auth, atOneMoment(fitToTell(vector.modelsStatusAuth, vector.files), now));
      assert.deepEqual({ agentDir, configPath }, vector.modelsStatusTop);
      assert.deepEqual(channelsAuth(dir.mainStore), vector.channelsListAuth);
    });
  });
});
