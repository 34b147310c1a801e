import { release } from 'node:os';
import { env, extensions, l10n, version, workspace } from 'vscode';
import { commands } from '../../commandIds.ts';
import { extensionId, settings } from '../../contributions.ts';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import type { Reads } from '../../core/model/reads.ts';
import type { StatusScene } from '../../core/reports/statusReport.ts';
import type { Notifications } from '../notifications.ts';
import type { ChangedSetting, Surroundings } from '../words/diagnostics.ts';
import type { CommandHandlers } from './register.ts';

export interface DiagnosticCommandParts {
  /** As the disk was last read. */
  readonly scene: () => Promise<StatusScene>;
  /** All checks of the doctor. */
  readonly examined: (reads: Reads) => Promise<Diagnosis>;
  readonly notifications: Pick<Notifications, 'told'>;
}

/** Telling strangers how things stand, without telling them whose they are. */
export function diagnosticCommands({ scene, examined, notifications }: DiagnosticCommandParts) {
  return {
    [commands.diagnosticsCopy]: async () => {
      const [{ diagnostics }, { diagnosticsText }] = await Promise.all([
        import('../../core/reports/diagnostics.ts'),
        import('../words/diagnostics.ts'),
      ]);
      const seen = await scene();
      const report = diagnostics(seen, await examined(seen.reads));
      const text = diagnosticsText(report, surroundings(), changedSettings(), seen.now);
      await env.clipboard.writeText(text);
      notifications.told(
        l10n.t(
          'Copied a diagnostic report. It has no secret, address or name in it, and can be pasted into an issue.',
        ),
      );
    },
  } satisfies Partial<CommandHandlers>;
}

function surroundings(): Surroundings {
  const { version: ours = '' } = (extensions.getExtension(extensionId)?.packageJSON ?? {}) as {
    readonly version?: string;
  };
  // A kernel that somebody built can carry their name after its number.
  const [system = ''] = /^[\d.]+/.exec(release()) ?? [];
  return [
    ['CoderClaw Auth', ours],
    ['VS Code', `${version} (${env.uiKind === 1 ? 'desktop' : 'web'})`],
    ['system', `${process.platform} ${process.arch} ${system}`],
    ['remote', REMOTES.has(env.remoteName ?? 'none') ? (env.remoteName ?? 'none') : 'other'],
    ['Node', process.versions.node],
  ];
}

/** Other extensions name their remotes as they like. */
const REMOTES: ReadonlySet<string> = new Set([
  ...['none', 'ssh-remote', 'wsl', 'dev-container', 'attached-container', 'codespaces', 'tunnel'],
]);

function changedSettings(): readonly ChangedSetting[] {
  const all = workspace.getConfiguration();
  return Object.values(settings).flatMap((id) => {
    const value = all.get<unknown>(id);
    const byDefault = all.inspect(id)?.defaultValue;
    if (JSON.stringify(value) === JSON.stringify(byDefault)) return [];
    const isWord =
      typeof value === 'boolean' || (id === settings.keepFresh && value === 'onDemand');
    return [isWord ? { id, value: String(value) } : { id }];
  });
}
