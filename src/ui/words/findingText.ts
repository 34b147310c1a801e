import { l10n } from 'vscode';
import type { Finding } from '../../core/doctor/finding.ts';
import { evidenceText, findingWords, severityWord } from './findings.ts';
import { plainText } from './plainText.ts';

/** A finding as a text to paste. Without a secret, as findings are. */
export function findingText(finding: Finding): string {
  const { what, evidence, todo } = findingWords(finding);
  const lines = [
    `${severityWord(finding.severity)}: ${what}`,
    ...evidence.map((one) => `- ${evidenceText(one)}`),
    l10n.t('What to do: {0}', todo),
  ];
  return `${lines.map(plainText).join('\n')}\n`;
}
