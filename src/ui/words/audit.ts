import { l10n } from 'vscode';
import { normalizeProviderId } from '../../core/documents/providerIds.ts';
import type { AuditActor, AuditEntry } from '../../core/model/auditEntry.ts';
import type { AuditSubject } from '../auditSubject.ts';
import { exactTime } from './exactTime.ts';
import { plainText } from './plainText.ts';
import { textPage, wrapped } from './textPage.ts';

/** As many digits of a fingerprint as tell the generations of one profile apart. */
const SHOWN_DIGITS = 8;

/** What of a trail is about a profile: its credential, and the order of its provider. */
export function auditEntriesOf(
  entries: readonly AuditEntry[],
  { agentId, profileId, provider }: AuditSubject,
): readonly AuditEntry[] {
  return entries.filter(
    (entry) =>
      entry.agentId === agentId &&
      (entry.profileId === profileId ||
        (entry.provider !== undefined && normalizeProviderId(entry.provider) === provider)),
  );
}

/**
 * The trail of a profile as a plain text for people: the newest first, by days.
 * @param entries all of the state dir, oldest first.
 * @param now milliseconds since the epoch.
 */
export function auditText(
  entries: readonly AuditEntry[],
  subject: AuditSubject,
  now: number,
): string {
  const { profileId, agentId, stateDirLabel } = subject;
  const ours = [...auditEntriesOf(entries, subject)].reverse().sort((a, b) => b.at - a.at);
  const head = [
    l10n.t('Audit trail of {0}', plainText(profileId)),
    l10n.t('Agent {0} in {1}', plainText(agentId), plainText(stateDirLabel)),
  ].join('\n');
  if (ours.length === 0) return textPage(head, nothingYet(), about());
  return textPage(head, ...days(ours, now), ...legend(ours));
}

/** One block a day, under its heading. */
function days(entries: readonly AuditEntry[], now: number): string[] {
  const rows = entries.map((entry) => ({ entry, cells: cellsOf(entry) }));
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const blocks = new Map<string, string[]>();
  for (const { entry, cells } of rows) {
    const heading = dayHeading(entry.at, now);
    const lines = blocks.get(heading) ?? [];
    blocks.set(heading, lines);
    const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    lines.push(`  ${padded.join('   ').trimEnd()}`);
    if (entry.since !== undefined) {
      const indent = ' '.repeat(2 + (widths[0] ?? 0) + 3);
      lines.push(indent + l10n.t('at some time after {0}, unwatched', exactTime(entry.since)));
    }
  }
  return [...blocks].map(([heading, lines]) => [heading, ...lines].join('\n'));
}

/** Time, what happened, fingerprints, who. */
function cellsOf(entry: AuditEntry): readonly string[] {
  return [timeOfDay(entry), actionWords(entry), generations(entry), actorWords(entry)];
}

function timeOfDay({ at, since }: AuditEntry): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '?';
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(date);
  return since === undefined ? time : l10n.t('by {0}', time);
}

function dayHeading(at: number, now: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return l10n.t('An unknown day');
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(date);
  if (isSameDay(date, new Date(now))) return l10n.t('Today, {0}', day);
  return day;
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** What happened, as the second column says it. */
export function actionWords({ action, actor, older }: AuditEntry): string {
  if (older) return l10n.t('! an older sign-in came back');
  switch (action) {
    case 'signedIn':
      return l10n.t('signed in');
    case 'refreshed':
      return l10n.t('renewed');
    case 'adopted':
      return l10n.t('brought up to date with a newer copy');
    case 'repaired':
      return l10n.t('put back what another program had undone');
    case 'removed':
      return l10n.t('signed out');
    case 'imported':
      return l10n.t('imported from an older file');
    case 'ordered':
      return l10n.t('order changed');
    case 'resumed':
      return l10n.t('pause ended');
    case 'changed':
      return actor.kind === 'us' ? l10n.t('changed') : l10n.t('renewed or replaced');
    case 'appeared':
      return l10n.t('added');
    case 'disappeared':
      return l10n.t('removed');
  }
}

function generations({ from, to }: AuditEntry): string {
  if (from === to) return to === undefined ? '' : shown(to);
  return `${shown(from)} → ${shown(to)}`;
}

function shown(fingerprint: string | undefined): string {
  return fingerprint?.slice(0, SHOWN_DIGITS) ?? l10n.t('nothing');
}

function actorWords({ actor, since }: AuditEntry): string {
  if (actor.kind === 'us') return l10n.t('this extension (process {0})', actor.pid);
  if (since !== undefined) return l10n.t('while VS Code was closed');
  return otherWords(actor);
}

function otherWords({ pid, program }: Extract<AuditActor, { kind: 'other' }>): string {
  const name = program === undefined ? l10n.t('another program') : plainText(program);
  return pid === undefined ? name : l10n.t('{0} (process {1})', name, pid);
}

function nothingYet(): string {
  return wrapped(
    l10n.t(
      'Nothing has been written down for this profile yet. Sign-ins, renewals and removals show up here as they happen, by this extension and by other programs.',
    ),
  );
}

function legend(entries: readonly AuditEntry[]): string[] {
  if (!entries.some(({ older }) => older)) return [about()];
  const older = l10n.t(
    '! A program put back a sign-in that had already been replaced, as one does that writes an old copy of the whole file. A refresh token works only once, so such a copy can be dead.',
  );
  return [wrapped(older), about()];
}

function about(): string {
  const parts = [
    l10n.t(
      'A fingerprint such as {0} stands for one secret: the first digits of its SHA-256. It tells one sign-in from the next; the secret cannot be read from it.',
      'a1b2c3d4',
    ),
    l10n.t(
      'Other programs are named by the lock that they held on the file; one that takes no lock goes unnamed. What changes and changes back at once is not seen.',
    ),
    l10n.t('The trail is limited in size: the oldest changes go first.'),
  ];
  return [l10n.t('What you see here'), ...parts.map((part) => wrapped(part, '  '))].join('\n');
}
