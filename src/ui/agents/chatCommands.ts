import { isDeepStrictEqual } from 'node:util';
import { l10n, ThemeIcon, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import { bindingConflicts, takerOf } from '../../core/model/bindingConflicts.ts';
import type { ChatsSnapshot, Snapshot } from '../../core/model/snapshot.ts';
import { type AgentPlace, agentPlaces, locateAgent } from '../commands/locate.ts';
import { pick, pickAgentOf, tellGone } from '../commands/pickers.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import type { CommandHandlers } from '../commands/register.ts';
import type { Target } from '../target.ts';
import { chatsRowId } from '../tree/rowIds.ts';
import { chatsQuestion, chatsRemovalQuestion } from '../words/chatConflicts.ts';
import { chatsWords } from '../words/chats.ts';
import { plainText, statusText } from '../words/plainText.ts';
import { type AgentCommandParts, agentsPlaceOf } from './agentParts.ts';

export type ChatCommandParts = Pick<
  AgentCommandParts,
  'snapshot' | 'refresh' | 'service' | 'reveal' | 'notifications'
>;

/** Handing chats to agents, and taking them away. */
export function chatCommands(parts: ChatCommandParts) {
  const { notifications } = parts;
  const handlers = {
    [commands.chatsAdd]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const listed = agentPlaces(snapshot).filter(({ agent }) => !agent.onDiskOnly);
      const place =
        named.kind === 'found'
          ? named.place
          : await pickAgentOf(listed, snapshot, l10n.t('Add Chats'));
      if (place) await addChats(parts, place);
      else notifications.told(l10n.t('There is no agent here for that.'));
    },

    [commands.chatsRemove]: async (target) => {
      const snapshot = await parts.snapshot();
      const place = await chatsPlace(parts, snapshot, target);
      if (place) await removeChats(parts, place);
    },
  } satisfies Partial<CommandHandlers>;
  return handlers;
}

/** Chats of an agent. */
interface ChatsPlace extends AgentPlace {
  readonly chats: ChatsSnapshot;
}

/** Those that are meant; tells where there are none. */
async function chatsPlace(
  { notifications }: ChatCommandParts,
  snapshot: Snapshot,
  target: Target | undefined,
): Promise<ChatsPlace | undefined> {
  const all = agentPlaces(snapshot).flatMap((place) =>
    place.agent.chats.map((chats) => ({ ...place, chats })),
  );
  if (target?.chats !== undefined) {
    const found = all.find(
      ({ dir, agent, chats }) =>
        dir.path === target.stateDir && agent.id === target.agentId && chats.key === target.chats,
    );
    if (found === undefined) {
      notifications.told(l10n.t('What this was meant for is no longer there.'));
    }
    return found;
  }
  const picked = await pick(
    all,
    ({ dir, agent, chats }) => ({
      label: chatsWords(chats.match),
      description: snapshot.stateDirs.length > 1 ? `${agent.id} · ${dir.label}` : agent.id,
      iconPath: new ThemeIcon('comment'),
    }),
    l10n.t('Remove Chats'),
    l10n.t('Which chats?'),
  );
  if (picked === undefined) {
    notifications.told(l10n.t('The config sends no chats to a certain agent.'));
  }
  return picked;
}

async function addChats(parts: ChatCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { dir, agent } = place;
  const { id: agentId } = agent;
  const [{ askForChats }, { chatsNow }] = await Promise.all([
    import('./addChatsWizard.ts'),
    import('../../core/custody/agentsNow.ts'),
  ]);
  const { channels } = await chatsNow(dir.config.path);
  const match = await askForChats(agentId, channels);
  // As they are now: answering took its time.
  const { bindings } = await chatsNow(dir.config.path);
  const conflicts = bindingConflicts(bindings, { agentId, match });
  if (conflicts.same !== undefined) {
    parts.notifications.told(
      l10n.t(
        'The chats of {0} come to {1} already. Nothing has been changed.',
        chatsWords(match),
        agentId,
      ),
    );
    return;
  }
  const question = chatsQuestion(agentId, match, conflicts);
  if (question !== undefined) {
    const { message, detail, confirm } = question;
    if (!(await isConfirmed(message, detail, confirm))) return;
  }
  const [taken] = conflicts.conflicts;
  const service = await parts.service();
  await service.addBinding(agentsPlaceOf(dir), { agentId, match }, taken?.written);
  await parts.refresh();
  await parts.reveal(chatsRowId({ stateDir: dir.path, agentId }));
  window.setStatusBarMessage(
    statusText(l10n.t('The chats of {0} come to {1} now', chatsWords(match), agentId)),
    4000,
  );
}

async function removeChats(
  parts: ChatCommandParts,
  { dir, agent, chats }: ChatsPlace,
): Promise<void> {
  assertPlaceIsCertain({ dir });
  const { chatsNow } = await import('../../core/custody/agentsNow.ts');
  const { bindings, defaultAgentId } = await chatsNow(dir.config.path);
  const at = bindings.findIndex(({ written }) => isDeepStrictEqual(written, chats.written));
  const taker = takerOf(bindings.toSpliced(at, at < 0 ? 0 : 1), chats.match);
  const { message, detail } = chatsRemovalQuestion(agent.id, chats.match, taker, defaultAgentId);
  if (!(await isConfirmed(message, detail, l10n.t('Remove')))) return;
  await (await parts.service()).removeBinding(agentsPlaceOf(dir), chats.written);
  await parts.refresh();
  window.setStatusBarMessage(
    statusText(
      l10n.t('The chats of {0} do not come to {1} any more', chatsWords(chats.match), agent.id),
    ),
    4000,
  );
}

async function isConfirmed(message: string, detail: string, confirm: string): Promise<boolean> {
  const picked = await window.showWarningMessage(
    plainText(message),
    { modal: true, detail: plainText(detail) },
    confirm,
  );
  return picked === confirm;
}
