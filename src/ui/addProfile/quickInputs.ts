import {
  type Disposable,
  type InputBox,
  QuickInputButtons,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  window,
} from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import type { Choice } from './choices.ts';

/** What every question of the wizard has in common. */
export interface Question {
  readonly title: string;
  readonly canGoBack: boolean;
}

export type Picked<Value> = { readonly kind: 'picked'; readonly value: Value } | Back;
export interface Back {
  readonly kind: 'back';
}

interface ValueItem<Value> extends QuickPickItem {
  readonly value?: Value;
}

/**
 * A list to choose from, searchable by all that is shown.
 * @param question `active`: the one that Enter picks at once; else the first.
 * @throws {Cancelled} The person closed it.
 */
export async function pickOne<Value>(
  choices: readonly Choice<Value>[],
  question: Question & { readonly placeholder: string; readonly active?: Value },
): Promise<Picked<Value>> {
  const pick = window.createQuickPick<ValueItem<Value>>();
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = choices.map(itemOf);
  const { active } = question;
  if (active !== undefined) pick.activeItems = pick.items.filter(({ value }) => value === active);
  return await answered<Picked<Value>, ValueItem<Value>>(pick, question, (answer) =>
    pick.onDidAccept(() => {
      const value = pick.activeItems[0]?.value;
      if (value !== undefined) answer({ kind: 'picked', value });
    }),
  );
}

/** What is wrong with a text, in a sentence; undefined where nothing is. */
export type Check = (text: string) => string | undefined;

export interface TextQuestion extends Question {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Shows nothing of what is typed. */
  readonly isSecret?: boolean;
  /** Called at Enter, and from then on while it is typed on: nobody is told off in the middle of a word. */
  readonly check?: Check;
}

/** @throws {Cancelled} The person closed it. */
export async function askText(question: TextQuestion): Promise<Picked<string>> {
  const { prompt, placeholder, value = '', isSecret = false, check = () => undefined } = question;
  const box = window.createInputBox();
  box.prompt = prompt;
  box.placeholder = placeholder;
  box.value = value;
  box.password = isSecret;
  let isChecking = false;
  return await answered<Picked<string>, QuickPickItem>(box, question, (answer) => [
    box.onDidChangeValue((text) => {
      if (isChecking) box.validationMessage = check(text);
    }),
    box.onDidAccept(() => {
      isChecking = true;
      box.validationMessage = check(box.value);
      if (box.validationMessage === undefined) answer({ kind: 'picked', value: box.value });
    }),
  ]);
}

/** Shows an input until it is answered, and takes it away then. */
async function answered<Answer, Item extends QuickPickItem>(
  input: QuickPick<Item> | InputBox,
  { title, canGoBack }: Question,
  listen: (answer: (answer: Answer | Back) => void) => Disposable | readonly Disposable[],
): Promise<Answer | Back> {
  input.title = title;
  input.ignoreFocusOut = true;
  input.buttons = canGoBack ? [QuickInputButtons.Back] : [];
  const listeners: Disposable[] = [];
  try {
    return await new Promise<Answer | Back>((resolve, reject) => {
      listeners.push(
        ...[listen(resolve)].flat(),
        input.onDidTriggerButton((button) => {
          if (button === QuickInputButtons.Back) resolve({ kind: 'back' });
        }),
        input.onDidHide(() => reject(new Cancelled())),
      );
      input.show();
    });
  } finally {
    for (const listener of listeners) listener.dispose();
    input.dispose();
  }
}

function itemOf<Value>(choice: Choice<Value>): ValueItem<Value> {
  if (choice.kind === 'heading') {
    return { label: choice.label, kind: QuickPickItemKind.Separator };
  }
  const { value, label, description, detail, icon } = choice;
  return {
    value,
    label,
    iconPath: new ThemeIcon(icon),
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
  };
}
