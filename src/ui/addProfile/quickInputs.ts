import {
  type Disposable,
  type InputBox,
  InputBoxValidationSeverity,
  QuickInputButtons,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  window,
} from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import { shown } from '../masking.ts';
import { shownItem } from '../shownItem.ts';
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
  pick.placeholder = shown(question.placeholder);
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

/**
 * A list to check some of. What is only to be read (`isFixed`) cannot be checked.
 * @throws {Cancelled} The person closed it.
 */
export async function pickSome<Value>(
  choices: readonly Choice<Value>[],
  question: Question & {
    readonly placeholder: string;
    readonly isFixed: (value: Value) => boolean;
  },
): Promise<Picked<readonly Value[]>> {
  const pick = window.createQuickPick<ValueItem<Value>>();
  pick.canSelectMany = true;
  pick.placeholder = shown(question.placeholder);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = choices.map(itemOf);
  const isFree = ({ value }: ValueItem<Value>): boolean =>
    value !== undefined && !question.isFixed(value);
  return await answered<Picked<readonly Value[]>, ValueItem<Value>>(pick, question, (answer) => [
    pick.onDidChangeSelection((items) => {
      if (!items.every(isFree)) pick.selectedItems = items.filter(isFree);
    }),
    pick.onDidAccept(() => {
      const values = pick.selectedItems.filter(isFree).flatMap(({ value }) => value ?? []);
      answer({ kind: 'picked', value: values as readonly Value[] });
    }),
  ]);
}

/** What is wrong with a text, in a sentence; undefined where nothing is. */
export type Check = (text: string) => string | undefined;

/** Said of a text while it is typed; a fault is one that it has so far. */
export interface Hint {
  readonly text: string;
  readonly isFault?: boolean;
}

export interface TextQuestion extends Question {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Shows nothing of what is typed. */
  readonly isSecret?: boolean;
  /** Called at Enter, and from then on while it is typed on: nobody is told off in the middle of a word. */
  readonly check?: Check;
  /** Called while it is typed; what `check` found comes before it. */
  readonly hint?: (text: string) => Hint | undefined;
}

/** @throws {Cancelled} The person closed it. */
export async function askText(question: TextQuestion): Promise<Picked<string>> {
  const { prompt, placeholder, value = '', isSecret = false } = question;
  const { check = () => undefined, hint = () => undefined } = question;
  const box = window.createInputBox();
  box.prompt = shown(prompt);
  box.placeholder = placeholder;
  box.value = value;
  box.password = isSecret;
  let isChecking = false;
  const messageFor = (text: string) => {
    const fault = isChecking ? check(text) : undefined;
    const said = fault === undefined ? hint(text) : undefined;
    if (said === undefined) return fault && shown(fault);
    const { Info, Warning } = InputBoxValidationSeverity;
    return { message: shown(said.text), severity: said.isFault ? Warning : Info };
  };
  box.validationMessage = messageFor(value);
  return await answered<Picked<string>, QuickPickItem>(box, question, (answer) => [
    box.onDidChangeValue((text) => {
      box.validationMessage = messageFor(text);
    }),
    box.onDidAccept(() => {
      isChecking = true;
      box.validationMessage = messageFor(box.value);
      if (check(box.value) === undefined) answer({ kind: 'picked', value: box.value });
    }),
  ]);
}

/** Shows an input until it is answered, and takes it away then. */
async function answered<Answer, Item extends QuickPickItem>(
  input: QuickPick<Item> | InputBox,
  { title, canGoBack }: Question,
  listen: (answer: (answer: Answer | Back) => void) => Disposable | readonly Disposable[],
): Promise<Answer | Back> {
  input.title = shown(title);
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
    return { label: shown(choice.label), kind: QuickPickItemKind.Separator };
  }
  const { value, label, description, detail, icon } = choice;
  return shownItem({
    value,
    label,
    iconPath: new ThemeIcon(icon),
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
  });
}
