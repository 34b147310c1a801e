import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import { Cancelled } from '../../core/clock.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { agentName } from '../../core/documents/newAgent.ts';
import { askText } from '../addProfile/quickInputs.ts';
import { type AgentPlace, agentPlaces, locateAgent } from '../commands/locate.ts';
import { pickAgentOf, tellGone, tellNowhere } from '../commands/pickers.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import type { CommandHandlers } from '../commands/register.ts';
import { say } from '../commands/say.ts';
import type { Target } from '../target.ts';
import { agentRowId } from '../tree/rowIds.ts';
import { addAgent } from './addAgent.ts';
import { nameOnlyPrompt } from './addAgentWizard.ts';
import { type AgentCommandParts, agentsPlaceOf } from './agentParts.ts';
import { faultOf } from './faultOf.ts';
import { removeAgent } from './removeAgent.ts';
import { revealAgentFolder } from './revealAgentFolder.ts';
import { isLeft, trashLeftFolder } from './trashLeftFolder.ts';

/** Add, rename and remove agents, make one the default, show where it is, and what to do with a folder left behind. */
export function agentCommands(parts: AgentCommandParts) {
  const { notifications } = parts;

  /** The agent that is meant; tells where there is none. */
  const agentPlace = async (
    target: Target | undefined,
    title: string,
    isWanted: (place: AgentPlace) => boolean = () => true,
    none = l10n.t('There is no agent here for that.'),
  ): Promise<AgentPlace | undefined> => {
    const snapshot = await parts.snapshot();
    const named = locateAgent(snapshot, target);
    if (named.kind === 'gone') {
      tellGone(notifications, named);
      return undefined;
    }
    if (named.kind === 'found') return named.place;
    const wanted = agentPlaces(snapshot).filter(isWanted);
    const place = await pickAgentOf(wanted, snapshot, title);
    if (place === undefined) notifications.told(none);
    return place;
  };

  const handlers = {
    [commands.agentAdd]: async () => {
      const snapshot = await parts.snapshot();
      if (snapshot.stateDirs.length === 0) tellNowhere(notifications);
      else await addAgent(parts, snapshot);
    },

    [commands.agentAdopt]: async (target) => {
      const place = await agentPlace(target, l10n.t('Add Agent to Config'), isLeft, noneLeft());
      if (!place) return;
      const left = { dir: place.dir, agentId: place.agent.id };
      await addAgent(parts, await parts.snapshot(), left);
    },

    [commands.agentTrashFolder]: async (target) => {
      const title = l10n.t('Move Folder to Trash');
      const place = await agentPlace(target, title, isLeft, noneLeft());
      if (place) await trashLeftFolder(parts, place);
    },

    [commands.agentRename]: async (target) => {
      const place = await agentPlace(target, l10n.t('Rename Agent'));
      if (place) await rename(parts, place);
    },

    [commands.agentMakeDefault]: async (target) => {
      const isOther = ({ agent }: AgentPlace): boolean => !agent.isDefault;
      const place = await agentPlace(
        target,
        l10n.t('Make Default Agent'),
        isOther,
        l10n.t('There is no other agent that could be the default one.'),
      );
      if (place) await makeDefault(parts, place);
    },

    [commands.agentRemove]: async (target) => {
      const isRemovable = ({ agent }: AgentPlace): boolean =>
        agent.id !== MAIN_AGENT_ID && !agent.onDiskOnly;
      const place = await agentPlace(
        target,
        l10n.t('Remove Agent'),
        isRemovable,
        l10n.t('There is no agent that could be removed: main always stays.'),
      );
      if (place) await removeAgent(parts, place);
    },

    [commands.agentRevealFolder]: async (target) => {
      const place = await agentPlace(target, l10n.t('Reveal Agent Folder'));
      if (place) await revealAgentFolder(notifications, place);
    },
  } satisfies Partial<CommandHandlers>;
  return handlers;
}

function noneLeft(): string {
  return l10n.t('There is no folder of an agent that the config does not name.');
}

async function rename(parts: AgentCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { dir, agent } = place;
  const typed = await askText({
    title: l10n.t('Rename {0}', agent.id),
    canGoBack: false,
    prompt: nameOnlyPrompt(),
    value: agent.name ?? agent.id,
    check: (text) => faultOf(() => agentName(text)),
  });
  if (typed.kind === 'back') throw new Cancelled();
  const name = agentName(typed.value);
  if (name === agent.name) return;
  await (await parts.service()).rename(agentsPlaceOf(dir), agent.id, name);
  await parts.refresh();
  say(l10n.t('{0} is called {1} now', agent.id, name));
}

async function makeDefault(parts: AgentCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { dir, agent } = place;
  if (agent.isDefault) {
    parts.notifications.told(l10n.t('{0} is the default agent already.', agent.id));
    return;
  }
  await (await parts.service()).makeDefault(agentsPlaceOf(dir), agent.id);
  await parts.refresh();
  await parts.reveal(agentRowId({ stateDir: dir.path, agentId: agent.id }));
  say(l10n.t('{0} is the default agent now', agent.id));
}
