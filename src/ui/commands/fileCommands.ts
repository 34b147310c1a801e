import { ConfigurationTarget, l10n, Uri, window, workspace } from 'vscode';
import { commands } from '../../commandIds.ts';
import { settings } from '../../contributions.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Notifications } from '../notifications.ts';
import { openAt } from '../openAt.ts';
import { agentPlaces, locateAgent, locateDir } from './locate.ts';
import { pickAgent, tellGone } from './pickers.ts';
import type { CommandHandlers } from './register.ts';

/** Opening the files behind the view, and choosing where they are looked for. */
export function fileCommands(parts: {
  readonly snapshot: () => Promise<Snapshot>;
  readonly notifications: Notifications;
}) {
  return {
    [commands.storeOpen]: async (target) => {
      const snapshot = await parts.snapshot();
      const broken = agentPlaces(snapshot).filter(
        ({ agent: { store } }) => !['whole', 'absent', 'unplaced'].includes(store.kind),
      );
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const place =
        named.kind === 'found'
          ? named.place
          : // From the welcome text there is one store that it can mean.
            broken.length === 1
            ? broken[0]
            : await pickAgent(snapshot, l10n.t('Open Store File'));
      if (!place) return;
      if (place.agent.store.kind === 'absent') {
        parts.notifications.told(
          l10n.t('{0} has no store file yet. It is made by the first sign-in.', place.agent.id),
        );
        return;
      }
      if (place.agent.store.kind === 'unplaced') {
        parts.notifications.warned(
          l10n.t('Where {0} keeps its store is not known in this environment.', place.agent.id),
        );
        return;
      }
      await openFile(place.agent.store.path, parts.notifications);
    },

    [commands.configOpen]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateDir(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const dir = named.kind === 'found' ? named.place : snapshot.stateDirs[0];
      if (!dir) return;
      if (dir.config.kind === 'absent') {
        parts.notifications.told(
          l10n.t('There is no config yet. It would stand in {0}.', dir.config.path),
        );
        return;
      }
      const place = dir.config.kind === 'invalid' ? dir.config : undefined;
      await openFile(dir.config.path, parts.notifications, place);
    },

    [commands.stateFolderChoose]: async () => {
      const [folder] =
        (await window.showOpenDialog({
          canSelectFiles: false,
          canSelectFolders: true,
          canSelectMany: false,
          title: l10n.t('The folder in which CoderClaw keeps coderclaw.json and agents'),
          openLabel: l10n.t('Use This Folder'),
        })) ?? [];
      if (!folder) return;
      const configuration = workspace.getConfiguration();
      const set = configuration.get<unknown>(settings.stateFolders);
      const before = Array.isArray(set) ? set.filter((one) => typeof one === 'string') : [];
      if (before.includes(folder.fsPath)) return;
      await configuration.update(
        settings.stateFolders,
        [...before, folder.fsPath],
        ConfigurationTarget.Global,
      );
    },
  } satisfies Partial<CommandHandlers>;
}

async function openFile(
  path: string,
  notifications: Notifications,
  { line, column }: { readonly line?: number; readonly column?: number } = {},
): Promise<void> {
  try {
    // Without a place VS Code goes to where the person was in it last.
    if (line === undefined) await window.showTextDocument(Uri.file(path));
    else await openAt(path, line, column);
  } catch (error) {
    notifications.failed(l10n.t('Opening {0}', path), error);
  }
}
