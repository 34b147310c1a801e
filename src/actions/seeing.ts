import { Cancelled } from '../core/clock.ts';
import type { Diagnosis } from '../core/doctor/doctor.ts';
import { buildSnapshot } from '../core/model/buildSnapshot.ts';
import type { Reads } from '../core/model/reads.ts';
import type { StatusScene } from '../core/reports/statusReport.ts';
import type { AuditDocuments } from '../ui/auditDocument.ts';
import type { DashboardPanels } from '../ui/dashboard/dashboardPanel.ts';
import type { ExplainDocuments } from '../ui/explainDocument.ts';
import type { Findings } from '../ui/findings/findings.ts';
import type { PlannedDocuments } from '../ui/findings/plannedDocuments.ts';
import { once } from '../ui/once.ts';
import type { StatusDocuments } from '../ui/statusDocument.ts';
import { type ActionsOptions, host } from './options.ts';
import type { Services } from './services.ts';

export type Seeing = ReturnType<typeof seeingOf>;

/**
 * What shows more than the rows of a view: documents, findings, the dashboard. Each loads when first used.
 * @param cli The `coderclaw` program of this machine, where one may be looked for.
 */
export function seeingOf(
  options: ActionsOptions,
  { custody }: Services,
  cli: () => Promise<string | undefined>,
) {
  const { clock, log, notifications, added, snapshot, keeper, own } = options;
  const isAdded = (provider: string): boolean => added.get(provider) !== undefined;

  const auditDocuments = once(async (): Promise<AuditDocuments> => {
    const { AuditDocuments } = await import('../ui/auditDocument.ts');
    const { trail } = await custody();
    const documents = new AuditDocuments((stateDir) => trail.read(stateDir), clock);
    own(documents);
    return documents;
  });

  /** There are some once there is a Snapshot. */
  const readsNow = (): Reads => options.reads() ?? { stateDirs: [], lookedIn: [] };

  const explainDocuments = once(async (): Promise<ExplainDocuments> => {
    const [{ ExplainDocuments }, { explain }] = await Promise.all([
      import('../ui/explainDocument.ts'),
      import('../core/model/explain/explain.ts'),
    ]);
    const documents = new ExplainDocuments({
      ...{ clock, onChange: options.onSnapshot },
      explain: async ({ stateDir, agentId, about: subject }) => {
        await snapshot();
        const now = clock.now();
        return explain({
          ...{ reads: readsNow(), stateDir, agentId, subject, now },
          environment: process.env,
        });
      },
    });
    own(documents);
    return documents;
  });

  /** Reads and their Snapshot: one of another moment would not tell what these say. */
  const statusScene = async (): Promise<StatusScene> => {
    const shown = await snapshot();
    const reads = readsNow();
    const now = clock.now();
    return { reads, snapshot: buildSnapshot(reads, now, shown), host, now };
  };

  const statusDocuments = once(async (): Promise<StatusDocuments> => {
    const { StatusDocuments } = await import('../ui/statusDocument.ts');
    const documents = new StatusDocuments(statusScene, options.onSnapshot);
    own(documents);
    return documents;
  });

  /** Where there is no CoderClaw, nobody has been asked for anything. */
  const clocks = async () => {
    const { stateDirs } = await snapshot();
    return stateDirs.length === 0 ? undefined : (await keeper()).serverClocks;
  };

  /** All checks on these reads. */
  const examined = async (reads: Reads, signal?: AbortSignal): Promise<Diagnosis> => {
    const [{ examine }, { surroundings }] = await Promise.all([
      import('../core/doctor/doctor.ts'),
      import('../core/doctor/surroundings.ts'),
    ]);
    const around = await surroundings({ clocks, program: cli, platform: host.platform });
    return examine({ ...around, reads, now: clock.now(), host, ...(signal && { signal }) });
  };

  const findings = once(async (): Promise<Findings> => {
    const [{ Findings }, { HiddenFindings }] = await Promise.all([
      import('../ui/findings/findings.ts'),
      import('../ui/findings/hiddenFindings.ts'),
    ]);
    const made = new Findings({
      ...{ view: options.findingsView, clock, snapshot, onSnapshot: options.onSnapshot },
      examine: (signal) => examined(readsNow(), signal),
      hidden: new HiddenFindings(options.memory),
      isAdded,
      failed: (error) => {
        if (!(error instanceof Cancelled)) log.failure('looking for problems', error);
      },
    });
    own(made);
    return made;
  });

  const plannedDocuments = once(async (): Promise<PlannedDocuments> => {
    const { PlannedDocuments } = await import('../ui/findings/plannedDocuments.ts');
    const documents = new PlannedDocuments();
    own(documents);
    return documents;
  });

  const dashboard = once(async (): Promise<DashboardPanels> => {
    const [{ DashboardPanels }, { usageHere }] = await Promise.all([
      import('../ui/dashboard/dashboardPanel.ts'),
      import('../ui/usage/usageHere.ts'),
    ]);
    const {
      custody: { trail },
      fetch,
    } = await keeper();
    const panels = new DashboardPanels({
      ...{ extensionUri: options.extensionUri, clock, snapshot, notifications, log },
      onSnapshot: options.onSnapshot,
      readTrail: (stateDir) => trail.read(stateDir),
      usage: usageHere({ fetch, clock, failed: log.failure, own }),
      isAdded,
    });
    own(panels);
    return panels;
  });

  return {
    ...{ auditDocuments, explainDocuments, statusScene, statusDocuments },
    ...{ examined, findings, plannedDocuments, dashboard },
  };
}
