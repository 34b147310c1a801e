import { l10n } from 'vscode';
import { enterpriseDomain } from '../../core/signin/providers/githubCopilot.ts';
import type { DeviceCodeOptions } from '../../core/signin/registry.ts';
import type { Choice } from './choices.ts';
import { askText, type Back, pickOne, type Question } from './quickInputs.ts';

/**
 * Asks for what only some providers need to know before there is a code.
 * @param asks `SignInProvider.asks`.
 * @throws {Cancelled} The person closed the question.
 */
export async function askAccountOptions(
  asks: keyof DeviceCodeOptions,
  question: Question,
): Promise<{ readonly kind: 'answered'; readonly options: DeviceCodeOptions } | Back> {
  switch (asks) {
    case 'region': {
      const placeholder = l10n.t('Where is the account?');
      const picked = await pickOne(REGIONS(), { ...question, placeholder });
      if (picked.kind === 'back') return picked;
      return { kind: 'answered', options: { region: picked.value } };
    }
    case 'enterprise': {
      const typed = await askText({
        ...question,
        prompt: l10n.t('The domain of your GitHub Enterprise. Leave it empty for github.com.'),
        placeholder: l10n.t('for example company.ghe.com'),
        check: domainFault,
      });
      if (typed.kind === 'back') return typed;
      const enterprise = enterpriseDomain(typed.value);
      return { kind: 'answered', options: enterprise === undefined ? {} : { enterprise } };
    }
  }
}

function domainFault(text: string): string | undefined {
  try {
    enterpriseDomain(text);
    return undefined;
  } catch {
    return l10n.t('This is no domain. Enter just the name of the server, like company.ghe.com.');
  }
}

/** Two separate services, each with accounts of its own. */
const REGIONS = (): readonly Choice<NonNullable<DeviceCodeOptions['region']>>[] => [
  {
    kind: 'choice',
    value: 'global',
    icon: 'globe',
    label: l10n.t('International'),
    description: 'minimax.io',
  },
  {
    kind: 'choice',
    value: 'cn',
    icon: 'location',
    label: l10n.t('Mainland China'),
    description: 'minimaxi.com',
  },
];
