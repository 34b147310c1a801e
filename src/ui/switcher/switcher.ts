import {
  type Disposable,
  l10n,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  commands as vscodeCommands,
  window,
} from 'vscode';
import { type CommandId, commands } from '../../commandIds.ts';
import { Cancelled } from '../../core/clock.ts';
import type { ProfileService } from '../../core/custody/profileService.ts';
import type { AgentInUse } from '../../core/model/agentInUse.ts';
import type { AgentSnapshot, Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { locateProfile, type ProfilePlace, shownOrder } from '../commands/locate.ts';
import { assertPlaceIsCertain, filesOf } from '../commands/profileCommands.ts';
import type { Notifications } from '../notifications.ts';
import type { ProfileTarget } from '../target.ts';
import { plainText } from '../words/plainText.ts';
import { agentInUseLines } from '../words/workspaceAgent.ts';
import { type SwitcherButton, type SwitcherItem, switcherItems } from './switcherItems.ts';

export interface SwitcherParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  /** Called with every Snapshot that shows something else. */
  readonly onSnapshot: (listener: (snapshot: Snapshot) => void) => Disposable;
  /** Which agent this window uses. */
  readonly inUse: (snapshot: Snapshot) => Promise<AgentInUse>;
  readonly service: () => Promise<ProfileService>;
  readonly isAdded: (provider: string) => boolean;
  readonly notifications: Notifications;
}

/** What puts an order back that was changed here. */
interface Undo {
  readonly profileId: string;
  readonly run: () => Promise<void>;
}

interface Entry extends QuickPickItem {
  readonly item: SwitcherItem;
  readonly buttons: readonly Press[];
}

interface Press extends QuickInputButton {
  readonly command: CommandId;
}

/**
 * The agent in use with its profiles, as a list that stays open: picking one puts it first, and the list
 * shows what the disk then says. Everything else closes it, for it asks something of its own.
 */
export async function showSwitcher(parts: SwitcherParts): Promise<void> {
  const first = await parts.snapshot();
  const use = await parts.inUse(first);
  const place = use.agent && placeOf(first, use.agent.id);
  if (place === undefined) {
    parts.notifications.told(
      l10n.t('CoderClaw was not found on this machine, so there is no profile to switch.'),
      {
        label: l10n.t('Choose State Folder…'),
        run: () => vscodeCommands.executeCommand(commands.stateFolderChoose),
      },
    );
    return;
  }
  await new Switcher(parts, use, place.agent.id).run(first);
}

class Switcher {
  readonly #parts: SwitcherParts;
  readonly #use: AgentInUse;
  readonly #agentId: string;
  readonly #list: QuickPick<Entry> = window.createQuickPick<Entry>();
  #snapshot: Snapshot | undefined;
  #undo: Undo | undefined;

  constructor(parts: SwitcherParts, use: AgentInUse, agentId: string) {
    this.#parts = parts;
    this.#use = use;
    this.#agentId = agentId;
  }

  /** Resolves once the list is closed. */
  async run(first: Snapshot): Promise<void> {
    const list = this.#list;
    list.title = l10n.t('Switch Profile');
    list.placeholder = l10n.t('Which profile is agent {0} to use first?', this.#agentId);
    list.matchOnDescription = true;
    list.keepScrollPosition = true;
    const following = this.#parts.onSnapshot((now) => this.#show(now));
    try {
      this.#show(first);
      // The one that is in use, so that Enter and the arrows begin there.
      list.activeItems = list.items.filter(({ item }) => item.kind === 'profile').slice(0, 1);
      await new Promise<void>((resolve) => {
        list.onDidAccept(() => void this.#picked(list.activeItems[0]?.item));
        list.onDidTriggerItemButton(({ item: { item }, button }) => {
          if (item.kind === 'profile') this.#leave((button as Press).command, item.target);
        });
        list.onDidHide(resolve);
        list.show();
      });
    } finally {
      following.dispose();
      list.dispose();
    }
  }

  #show(snapshot: Snapshot): void {
    const place = placeOf(snapshot, this.#agentId);
    if (place === undefined) {
      this.#list.hide();
      return;
    }
    this.#snapshot = snapshot;
    const [pinned = ''] = this.#use.kind === 'pinned' ? agentInUseLines(this.#use) : [];
    const active = this.#list.activeItems[0]?.item.key;
    const items = switcherItems({
      ...place,
      pinned: pinned.replace(/\.$/, ''),
      undo: this.#undo,
      now: snapshot.takenAt,
      isAdded: this.#parts.isAdded,
    }).map(entryOf);
    this.#list.items = items;
    this.#list.activeItems = items.filter(({ item }) => item.key === active);
  }

  async #picked(item: SwitcherItem | undefined): Promise<void> {
    switch (item?.kind) {
      case 'agent':
        this.#leave(commands.workspaceChooseAgent);
        return;
      case 'add':
        this.#leave(commands.profileAdd, this.#agentTarget());
        return;
      case 'dashboard':
        this.#leave(commands.dashboardOpen);
        return;
      case 'undo':
        await this.#do(this.#undo?.run);
        return;
      case 'profile':
        await this.#pickedProfile(item);
        return;
      default:
        return;
    }
  }

  async #pickedProfile(item: SwitcherItem & { kind: 'profile' }): Promise<void> {
    switch (item.does) {
      case 'signInAgain':
        this.#leave(commands.profileSignInAgain, item.target);
        return;
      case 'replace':
        this.#leave(commands.profileReplace, item.target);
        return;
      case 'useFirst':
      case 'show':
        await this.#do(() => this.#useFirst(item.target));
        return;
      case undefined:
        // It is first already: that was what the person came for.
        this.#list.hide();
    }
  }

  async #useFirst(target: ProfileTarget): Promise<void> {
    const named = this.#snapshot && locateProfile(this.#snapshot, target);
    if (named?.kind !== 'found') return;
    const { place } = named;
    assertPlaceIsCertain(place);
    const { provider, profile } = place;
    const files = filesOf(place);
    const service = await this.#parts.service();
    const { state } = profile;
    if (state.kind === 'hidden' && state.why !== 'notInOrder') {
      await service.showProfile(files, provider.id, profile.id, state.why);
    }
    await service.useFirst(files, provider.id, profile.id, shownOrder(provider));
    this.#undo = { profileId: profile.id, run: () => this.#putBack(place) };
  }

  /** Where the agent had no order of its own, it has none again. */
  async #putBack(was: ProfilePlace): Promise<void> {
    const { provider, profile } = was;
    const service = await this.#parts.service();
    const before = { shown: shownOrder(provider), isOwn: provider.orderFrom === 'own' };
    await service.takeBackFirst(filesOf(was), provider.id, profile.id, before);
    this.#undo = undefined;
  }

  /** The list stays while something is done, and shows what came of it. */
  async #do(work: (() => Promise<void>) | undefined): Promise<void> {
    if (work === undefined || this.#list.busy) return;
    this.#list.busy = true;
    try {
      await work();
      this.#show(await this.#parts.refresh());
    } catch (error) {
      if (!(error instanceof Cancelled))
        this.#parts.notifications.failed(l10n.t('Switching'), error);
    } finally {
      this.#list.busy = false;
    }
  }

  #leave(command: CommandId, target?: object): void {
    this.#list.hide();
    void vscodeCommands.executeCommand(command, target);
  }

  #agentTarget(): object | undefined {
    const place = this.#snapshot && placeOf(this.#snapshot, this.#agentId);
    return place && { stateDir: place.dir.path, agentId: this.#agentId };
  }
}

/** The agent in use is one of the state folder in use. */
function placeOf(
  { stateDirs: [dir] }: Snapshot,
  agentId: string,
): { readonly dir: StateDirSnapshot; readonly agent: AgentSnapshot } | undefined {
  const agent = dir?.agents.find(({ id }) => id === agentId);
  return dir && agent && { dir, agent };
}

function entryOf(item: SwitcherItem): Entry {
  if (item.kind === 'group') {
    return { item, label: item.label, kind: QuickPickItemKind.Separator, buttons: [] };
  }
  return {
    item,
    label: plainText(item.label),
    description: plainText(item.description),
    iconPath: new ThemeIcon(item.icon),
    buttons: item.kind === 'profile' ? item.buttons.map(pressOf) : [],
    // It is to be seen whatever the person types to find another.
    alwaysShow: item.kind === 'undo',
  };
}

function pressOf(button: SwitcherButton): Press {
  switch (button) {
    case 'pinSession':
      return press('pin', l10n.t('Pin Profile to Session…'), commands.sessionPin);
    case 'signInAgain':
      return press('sign-in', l10n.t('Sign In Again…'), commands.profileSignInAgain);
    case 'replace':
      return press('replace', l10n.t('Replace Key or Token…'), commands.profileReplace);
    case 'refresh':
      return press('sync', l10n.t('Refresh Now'), commands.profileRefreshNow);
  }
}

function press(icon: string, tooltip: string, command: CommandId): Press {
  return { iconPath: new ThemeIcon(icon), tooltip, command };
}
