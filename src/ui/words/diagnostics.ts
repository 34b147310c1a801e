import { l10n } from 'vscode';
import type {
  DiagnosedDir,
  DiagnosedFinding,
  DiagnosedProfile,
  Diagnostics,
} from '../../core/reports/diagnostics.ts';
import { joined } from './joined.ts';

/** What the report was made on: each a name and what it is. No secret, and nothing that names a person. */
export type Surroundings = readonly (readonly [name: string, value: string])[];

/** A setting of ours that differs from its default. */
export interface ChangedSetting {
  readonly id: string;
  /** Only what is one of a few words; absent where a person wrote it. */
  readonly value?: string;
}

/**
 * The diagnostic report as Markdown, for an issue. Pure. It is read by those who mend, so kinds and codes
 * stand as they are in the code, and times in UTC.
 * @param now milliseconds since the epoch.
 */
export function diagnosticsText(
  report: Diagnostics,
  surroundings: Surroundings,
  changed: readonly ChangedSetting[],
  now: number,
): string {
  return `${[
    `# ${l10n.t('CoderClaw Auth: diagnostic report')}`,
    l10n.t(
      'Without secrets, addresses and names: agents, profiles and other providers are numbered, parts of paths left out. A fingerprint tells only whether two logins are the same.',
    ),
    list([['time', time(now)], ...surroundings].map(([name, value]) => `${name}: ${value}`)),
    section(l10n.t('Settings that were changed'), changed.map(settingLine)),
    section(l10n.t('Variables that are set'), report.variables),
    ...(report.stateDirs.length === 0
      ? [section(l10n.t('No CoderClaw was found in'), report.lookedIn)]
      : report.stateDirs.flatMap(dirBlocks)),
    section(l10n.t('Findings'), report.findings.map(findingLine)),
    section(l10n.t('Checks without an answer'), report.unfinished),
  ].join('\n\n')}\n`;
}

function dirBlocks(dir: DiagnosedDir, index: number): readonly string[] {
  return [
    `## ${l10n.t('State folder {0}', index + 1)}`,
    list([
      `path: ${code(dir.path)}${dir.inUse ? ', in use' : ''}`,
      `config: ${dir.config}`,
      `agents: ${dir.agents.length}`,
    ]),
    ...dir.agents.flatMap((agent) => [
      `### ${agent.name}`,
      list([
        joined(
          ', ',
          `store: ${agent.store}`,
          agent.isDefault ? 'default' : '',
          agent.onDiskOnly ? 'not in the config' : '',
        ),
        ...(agent.sessions === undefined ? [] : [`sessions: ${agent.sessions}`]),
        ...agent.providers.flatMap(({ name, orderSource, profiles }) => [
          `${name}, order: ${orderSource}`,
          ...profiles.map((profile) => `  ${profileLine(profile)}`),
        ]),
      ]),
    ]),
  ];
}

function profileLine(profile: DiagnosedProfile): string {
  const { name, position, type, state, at, expires, leftOut, origin, fingerprint } = profile;
  return joined(
    ', ',
    position === undefined ? name : `${position}. ${name}`,
    type,
    at === undefined ? state : `${state} ${time(at)}`,
    expires === undefined || expires === at ? '' : `expires ${time(expires)}`,
    leftOut === undefined ? '' : `left out: ${leftOut}`,
    origin === 'own' ? '' : origin,
    profile.renewsItself ? 'renewable' : '',
    profile.problems === 0 ? '' : `odd: ${profile.problems}`,
    fingerprint === undefined ? '' : code(fingerprint),
  );
}

function findingLine(finding: DiagnosedFinding): string {
  const { code: name, severity, about, fingerprint, isRepairable } = finding;
  return joined(
    ', ',
    `${severity}: ${code(name)}`,
    ...about,
    fingerprint === undefined ? '' : code(fingerprint),
    isRepairable ? 'repairable' : '',
  );
}

function settingLine({ id, value }: ChangedSetting): string {
  return value === undefined ? code(id) : `${code(id)}: ${value}`;
}

function section(title: string, lines: readonly string[]): string {
  return `## ${title}\n\n${lines.length === 0 ? l10n.t('none') : list(lines)}`;
}

/** Lines that begin with two spaces stand below the one before. */
function list(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^( *)/, '$1- ')).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** To the minute: what is exact could be found again. The stored number, where it is no time that can be written. */
function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : `${date.toISOString().slice(0, 16)}Z`;
}
