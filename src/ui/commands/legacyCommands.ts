import { basename } from 'node:path';
import { l10n, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { ProfileService } from '../../core/custody/profileService.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Notifications } from '../notifications.ts';
import { importedWords, importQuestion } from '../words/legacy.ts';
import { plainText } from '../words/plainText.ts';
import { type AgentPlace, agentPlaces, locateAgent } from './locate.ts';
import { pickAgent, tellGone } from './pickers.ts';
import { assertPlaceIsCertain, filesOf } from './profileCommands.ts';
import type { CommandHandlers } from './register.ts';

export interface LegacyCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  readonly service: () => Promise<ProfileService>;
  readonly notifications: Notifications;
}

/** Importing what an older CoderClaw left, where an agent has no store yet. */
export function legacyCommands(parts: LegacyCommandParts) {
  return {
    [commands.legacyImport]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const place = named.kind === 'found' ? named.place : await pickWaiting(snapshot);
      if (place === undefined || !isWaiting(place)) {
        parts.notifications.told(l10n.t('There are no older sign-ins to import.'));
        return;
      }
      await importLegacy(parts, place);
    },
  } satisfies Partial<CommandHandlers>;
}

function isWaiting({ agent: { store } }: AgentPlace): boolean {
  return store.kind === 'absent' && store.legacyPaths !== undefined;
}

/** Asks where there is a choice. */
async function pickWaiting(snapshot: Snapshot): Promise<AgentPlace | undefined> {
  const waiting = agentPlaces(snapshot).filter(isWaiting);
  if (waiting.length < 2) return waiting[0];
  const stateDirs = snapshot.stateDirs.map((dir) => ({
    ...dir,
    agents: dir.agents.filter((agent) => isWaiting({ dir, agent })),
  }));
  return pickAgent({ ...snapshot, stateDirs }, l10n.t('Import Older Sign-Ins'));
}

async function importLegacy(parts: LegacyCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { id } = place.agent;
  const files = filesOf(place);
  const service = await parts.service();
  const { message, detail } = importQuestion(
    id,
    files.storePath,
    await service.plannedImport(files),
  );
  const confirm = l10n.t('Import');
  const picked = await window.showInformationMessage(
    plainText(message),
    { modal: true, detail: plainText(detail) },
    confirm,
  );
  if (picked !== confirm) return;
  const imported = await service.importLegacy(files);
  await parts.refresh();
  if (imported === undefined) {
    // Between question and answer CoderClaw did it, or the file went.
    parts.notifications.told(l10n.t('There is nothing left to import for {0}.', id));
    return;
  }
  const { text, isWarning } = importedWords(id, imported.profileIds.length, {
    kept: imported.kept.map((path) => basename(path)),
    left: imported.left,
  });
  if (isWarning) parts.notifications.warned(text);
  else parts.notifications.told(text);
}
