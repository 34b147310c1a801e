import {
  type Disposable,
  EventEmitter,
  type QuickPick,
  type QuickPickItem,
  ThemeIcon,
  window,
} from 'vscode';
import { shown } from '../masking.ts';
import { shownItem } from '../shownItem.ts';
import { type SignInAction, type SignInState, signInView } from './signInWords.ts';

interface ActionItem extends QuickPickItem {
  readonly action: SignInAction;
}

/**
 * The dialog of one sign-in: a quick pick that stays open while the browser works and whose box
 * takes the pasted address. Draws `signInView` of the state it is given; decides nothing.
 */
export class SignInDialog implements Disposable {
  readonly #pick: QuickPick<ActionItem> = window.createQuickPick<ActionItem>();
  readonly #chosen = new EventEmitter<SignInAction>();
  readonly #typed = new EventEmitter<string>();
  readonly #hidden = new EventEmitter<void>();
  #items: readonly ActionItem[] = [];
  /** The person picked an item, or pressed Enter. */
  readonly onChosen = this.#chosen.event;
  readonly onTyped = this.#typed.event;
  /** Escape, or another quick input took its place. */
  readonly onHidden = this.#hidden.event;

  constructor() {
    this.#pick.ignoreFocusOut = true;
    this.#pick.busy = true;
    this.#pick.matchOnDescription = false;
    this.#pick.onDidAccept(() => {
      const [item] = this.#pick.activeItems;
      // Enter right after pasting can come before VS Code has drawn the items for what was pasted,
      // and then still names one of the list before. It meant what stands in the box.
      const isOutdated = item === undefined || !this.#items.includes(item);
      if (!isOutdated) this.#chosen.fire(item.action);
      else if (this.#pick.value.trim() !== '') this.#chosen.fire('usePasted');
    });
    this.#pick.onDidChangeValue((value) => this.#typed.fire(value));
    this.#pick.onDidHide(() => this.#hidden.fire());
  }

  show(state: SignInState): void {
    const view = signInView(state);
    this.#pick.title = shown(view.title);
    this.#pick.placeholder = shown(view.placeholder);
    if (this.#pick.value !== state.typed) this.#pick.value = state.typed;
    this.#items = view.items.map(({ icon, ...item }) => ({
      ...shownItem(item),
      iconPath: new ThemeIcon(icon),
      // What is typed is an address, not a filter.
      alwaysShow: true,
    }));
    this.#pick.items = this.#items;
    this.#pick.show();
  }

  hide(): void {
    this.#pick.hide();
  }

  dispose(): void {
    this.#pick.dispose();
    this.#chosen.dispose();
    this.#typed.dispose();
    this.#hidden.dispose();
  }
}
