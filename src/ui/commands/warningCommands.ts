import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Keeper } from '../../keeper.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface WarningCommandParts {
  readonly keeper: () => Promise<Pick<Keeper, 'reminders'>>;
}

/** Taking back what a person said to warnings. */
export function warningCommands({ keeper }: WarningCommandParts) {
  return {
    [commands.warningsShowAgain]: async () => {
      (await keeper()).reminders.startAnew();
      say(l10n.t('Every warning that still holds is shown again'));
    },
  } satisfies Partial<CommandHandlers>;
}
