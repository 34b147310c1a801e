import {
  type Disposable,
  env,
  type InputBox,
  l10n,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  ThemeIcon,
  window,
} from 'vscode';
import type { ListQuestion, TextQuestion } from '../../core/signin/plugin/pluginQuestions.ts';
import { shown } from '../masking.ts';
import { plainText } from '../words/plainText.ts';
import { openExactly } from './signInFlow.ts';

/** What every question of a login has around it. */
export interface Frame {
  readonly title: string;
  /** The page that the answer may stand on. */
  readonly link: string | undefined;
  /** Takes the question away. */
  readonly signal: AbortSignal;
}

/** Resolves with what was typed; undefined if the box was closed. */
export function askForText(question: TextQuestion, frame: Frame): Promise<string | undefined> {
  const box = window.createInputBox();
  box.prompt = plainText(question.message);
  box.placeholder = plainText(question.placeholder ?? '');
  box.password = question.isSecret;
  const isMissing = (): boolean => box.value.trim() === '' && !question.mayBeEmpty;
  return answered<string>(box, frame, (answer) => [
    box.onDidChangeValue(() => {
      if (!isMissing()) box.validationMessage = undefined;
    }),
    box.onDidAccept(() => {
      if (isMissing()) box.validationMessage = l10n.t('Something has to be typed here.');
      else answer(box.value);
    }),
  ]);
}

/** Resolves with the id of what was picked; undefined if the list was closed. */
export function askToChoose(question: ListQuestion, frame: Frame): Promise<string | undefined> {
  const pick = window.createQuickPick();
  pick.placeholder = plainText(question.message);
  const ids = new Map<QuickPickItem | undefined, string>(
    question.options.map(({ id, label }) => [{ label: plainText(label) }, id]),
  );
  pick.items = [...ids.keys()].filter((item) => item !== undefined);
  return answered<string>(pick, frame, (answer) => [
    pick.onDidAccept(() => {
      const id = ids.get(pick.activeItems[0]);
      if (id !== undefined) answer(id);
    }),
  ]);
}

/** Shows an input until it is answered, closed or not wanted any more. */
async function answered<T>(
  input: InputBox | QuickPick<QuickPickItem>,
  { title, link, signal }: Frame,
  listen: (answer: (answer: T) => void) => readonly Disposable[],
): Promise<T | undefined> {
  input.title = shown(title);
  input.ignoreFocusOut = true;
  const [open, copy] = linkButtons();
  input.buttons = link === undefined ? [] : [open, copy];
  const listeners: Disposable[] = [];
  try {
    return await new Promise<T | undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      listeners.push(
        ...listen(resolve),
        input.onDidTriggerButton((button) => {
          if (link === undefined) return;
          if (button === open) void openExactly(link);
          if (button === copy) void env.clipboard.writeText(link);
        }),
        input.onDidHide(() => resolve(undefined)),
      );
      input.show();
    });
  } finally {
    for (const listener of listeners) listener.dispose();
    input.dispose();
  }
}

function linkButtons(): readonly [QuickInputButton, QuickInputButton] {
  return [
    { iconPath: new ThemeIcon('link-external'), tooltip: l10n.t('Open Browser Again') },
    { iconPath: new ThemeIcon('copy'), tooltip: l10n.t('Copy Sign-In Link') },
  ];
}
