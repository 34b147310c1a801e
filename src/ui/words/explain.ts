import { l10n } from 'vscode';
import { shownKey } from '../../core/documents/shownText.ts';
import type { Explanation, Step } from '../../core/model/explain/explanation.ts';
import type { ExplainSubject } from '../explainSubject.ts';
import { answerSentence, unfitSentence } from './explainAnswer.ts';
import {
  environmentLines,
  type Line,
  lastResortSentence,
  listLines,
  modelSentence,
  pinLines,
  storedLines,
  triedLines,
} from './explainLines.ts';
import { pauseLines } from './pause.ts';
import { plainText } from './plainText.ts';
import { providerName } from './providers.ts';
import { sessionName } from './sessions.ts';
import { textPage, wrapped } from './textPage.ts';

/**
 * An explanation as a plain text for people: the answer first, then the steps of the rule, numbered.
 * Times are exact and local, so that the text stays true while time goes by.
 * @param now milliseconds since the epoch.
 */
export function explainText(
  explanation: Explanation,
  subject: ExplainSubject,
  now: number,
): string {
  const head = [
    l10n.t('Why this one? {0}', subjectName(subject)),
    l10n.t('Agent {0} in {1}', plainText(subject.agentId), plainText(subject.stateDirLabel)),
  ].join('\n');
  const steps = explanation.steps.map((step, index) => {
    const { title, lines } = stepWords(step, now);
    return [`${index + 1}. ${title}`, ...lines.map(drawn)].join('\n');
  });
  return textPage(head, wrapped(answerSentence(explanation, subject, now)), ...steps, closing());
}

/** What it is about, as a title. */
export function subjectName({ about, agentId }: ExplainSubject): string {
  switch (about.kind) {
    case 'provider':
      return providerName(about.provider);
    case 'profile':
      return shownKey(about.profileId);
    case 'session':
      return l10n.t('Session {0}', sessionName(about.sessionKey, agentId));
  }
}

interface StepWords {
  readonly title: string;
  readonly lines: readonly Line[];
}

function drawn(line: Line): string {
  if (typeof line === 'string') return wrapped(line, '   ');
  const item = `   - ${line.item}`;
  return line.says === undefined ? item : `${item}\n${wrapped(line.says, '     ')}`;
}

function stepWords(step: Step, now: number): StepWords {
  switch (step.kind) {
    case 'model':
      return { title: l10n.t('Which provider'), lines: [modelSentence(step)] };
    case 'pin':
      return { title: l10n.t('The pin of the session'), lines: pinLines(step) };
    case 'stored':
      return { title: l10n.t('What is stored'), lines: storedLines(step) };
    case 'list':
      return { title: l10n.t('Which list counts'), lines: listLines(step) };
    case 'unlisted':
      return {
        title: l10n.t('Not in that list, so not used'),
        lines: [
          ...step.profiles.map(({ profileId }) => ({ item: shownKey(profileId) })),
          l10n.t('To have one used, let it in: Unhide.'),
        ],
      };
    case 'unfit':
      return {
        title: l10n.t('Cannot be used as they are'),
        lines: step.profiles.map(({ profileId, why }) => ({
          item: shownKey(profileId),
          says: unfitSentence(why),
        })),
      };
    case 'pausing':
      return {
        title: l10n.t('Pausing now'),
        lines: [
          ...step.profiles.map(({ profileId, pause }) => ({
            item: shownKey(profileId),
            says: pauseLines(pause).join(' '),
          })),
          l10n.t(
            'They come after all others, the soonest back first. They come back by themselves, or at once by End Pause.',
          ),
        ],
      };
    case 'tried':
      return { title: l10n.t('What is tried, in this order'), lines: triedLines(step, now) };
    case 'preferred':
      return {
        title: l10n.t('What the session makes of it'),
        lines: [
          step.isOnly
            ? l10n.t(
                'It was chosen by a person: {0} is used also while it pauses, and no other is tried.',
                shownKey(step.profileId),
              )
            : l10n.t('{0} goes first here, the others after it.', shownKey(step.profileId)),
        ],
      };
    case 'sessions':
      return {
        title: l10n.t('Sessions that use another one'),
        lines: [
          l10n.t('A session stays with the profile that it has:'),
          ...step.others.map(({ profileId, count }) => ({
            item:
              count === 1
                ? l10n.t('{0} in 1 session', shownKey(profileId))
                : l10n.t('{0} in {1} sessions', shownKey(profileId), count),
          })),
        ],
      };
    case 'environment':
      return { title: l10n.t('Environment variables'), lines: environmentLines(step) };
    case 'lastResort':
      return { title: l10n.t('If that fails'), lines: [lastResortSentence(step)] };
  }
}

function closing(): string {
  return wrapped(
    l10n.t(
      'These are the rules of CoderClaw 2026.3.21, on the files as they are now. Times are those of this machine.',
    ),
  );
}
