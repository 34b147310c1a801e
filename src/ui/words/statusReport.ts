import { l10n } from 'vscode';
import type { StatusReport } from '../../core/reports/statusReport.ts';
import { exactTime } from './exactTime.ts';
import { joined } from './joined.ts';
import { plainText } from './plainText.ts';
import { providerName } from './providers.ts';
import {
  checkLines,
  type Entry,
  fileLines,
  needSentence,
  otherKeyLines,
  profileEntries,
  summaryLines,
} from './statusReportLines.ts';
import { textPage, wrapped } from './textPage.ts';

/**
 * The status of one agent as a plain text for people: what needs them first, then every profile by
 * provider. Times are exact and local, so that the text stays true while time goes by.
 * @param report undefined where the agent is no longer there.
 * @param now milliseconds since the epoch: the Snapshot's moment.
 */
export function agentReportText(report: StatusReport | undefined, now: number): string {
  if (report === undefined) {
    return textPage(l10n.t('Status report'), l10n.t('The agent is no longer there.'));
  }
  const title = l10n.t('Status of agent {0}', agentName(report));
  return textPage(
    [title, folderOf(report), exactTime(now)].join('\n'),
    ...blocks(report, now),
    closing(),
  );
}

/**
 * The status of all agents as one plain text: a line each, then each as {@link agentReportText} has it.
 * @param lookedIn where CoderClaw was looked for.
 * @param now milliseconds since the epoch: the Snapshot's moment.
 */
export function allReportsText(
  reports: readonly StatusReport[],
  lookedIn: readonly string[],
  now: number,
): string {
  const head = [l10n.t('Status of all agents'), exactTime(now)].join('\n');
  if (reports.length === 0) {
    return textPage(
      head,
      [l10n.t('No CoderClaw was found. It was looked for in:'), ...lookedIn.map(listed)].join('\n'),
    );
  }
  return textPage(
    head,
    ...overview(reports),
    ...reports.flatMap((one) => chapter(one, now)),
    closing(),
  );
}

/** One block a state folder, with a line for each of its agents. */
function overview(reports: readonly StatusReport[]): readonly string[] {
  const folders = [...new Set(reports.map(({ stateDir }) => stateDir))];
  return folders.map((folder) => {
    const here = reports.filter(({ stateDir }) => stateDir === folder);
    const lines = here.map((one) => listed(`${agentName(one)}: ${needSentence(one.agent)}`));
    return [...here.slice(0, 1).map(folderOf), ...lines].join('\n');
  });
}

function chapter(report: StatusReport, now: number): readonly string[] {
  const title = l10n.t('Agent {0} in {1}', agentName(report), plainText(report.stateDir.label));
  return [`${title}\n${'='.repeat(title.length)}`, ...blocks(report, now)];
}

function blocks(report: StatusReport, now: number): readonly string[] {
  const keys = otherKeyLines(report.status);
  return [
    summaryLines(report)
      .map((line) => wrapped(line))
      .join('\n'),
    ...report.agent.providers.map((provider) =>
      [providerName(provider.id), ...profileEntries(provider, now).map(drawn)].join('\n'),
    ),
    ...(keys.length === 0
      ? []
      : [
          [
            l10n.t('Keys that stand in no store'),
            ...keys.map(listed),
            wrapped(
              l10n.t(
                'This window sees these; a gateway that was started elsewhere may see others.',
              ),
              INDENT,
            ),
          ].join('\n'),
        ]),
    section(l10n.t('What coderclaw models status --check would say'), checkLines(report.status)),
    section(l10n.t('Files'), fileLines(report)),
  ];
}

const INDENT = '   ';

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => wrapped(line, INDENT))].join('\n');
}

function drawn({ item, says }: Entry): string {
  return [listed(item), ...says.map((line) => wrapped(line, `${INDENT}  `))].join('\n');
}

function listed(item: string): string {
  return wrapped(item, `${INDENT}- `, `${INDENT}  `);
}

function agentName({ agent }: StatusReport): string {
  return joined(
    ' · ',
    agent.id,
    agent.name === undefined || agent.name.toLowerCase() === agent.id ? '' : agent.name,
    agent.isDefault ? l10n.t('default') : '',
    agent.onDiskOnly ? l10n.t('not in the config') : '',
  );
}

function folderOf({ stateDir }: StatusReport): string {
  const label = plainText(stateDir.label);
  return stateDir.inUse
    ? l10n.t('State folder {0}, the one in use', label)
    : l10n.t('State folder {0}', label);
}

function closing(): string {
  return wrapped(
    l10n.t(
      'These are the files as they are now; times are those of this machine. There is no secret in this text, but there are names, e-mails and paths.',
    ),
  );
}
