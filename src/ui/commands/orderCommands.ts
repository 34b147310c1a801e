import { l10n, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { ProfileService } from '../../core/custody/profileService.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { OrderPlace } from '../../core/documents/orderMove.ts';
import { stepDown, stepUp } from '../../core/model/orderSteps.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Notifications } from '../notifications.ts';
import type { Target } from '../target.ts';
import { plainText } from '../words/plainText.ts';
import { providerName } from '../words/providers.ts';
import {
  type AgentPlace,
  type Located,
  locateProfile,
  locateProvider,
  type ProfilePlace,
  type ProviderPlace,
  profilePlaces,
  shownOrder,
} from './locate.ts';
import { pickProfile, pickProvider, tellGone } from './pickers.ts';
import { assertPlaceIsCertain, filesOf } from './profileCommands.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface OrderCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  readonly service: () => Promise<ProfileService>;
  readonly notifications: Notifications;
}

/** How a command comes to what it is meant for. */
interface Finding<Place> {
  readonly locate: (snapshot: Snapshot, target: Target | undefined) => Located<Place>;
  readonly ask: (
    snapshot: Snapshot,
    title: string,
    isMeant: (place: Place) => boolean,
  ) => Promise<Place | undefined>;
  readonly nameOf: (place: Place) => string;
}

/** Which profile comes when: moving, resetting, for all agents; and having one used that is left out or pauses. */
export function orderCommands(parts: OrderCommandParts) {
  /** Finds or asks for something that a command is meant for, and acts on it. */
  const on =
    <Place extends AgentPlace>({ locate, ask, nameOf }: Finding<Place>) =>
    (
      title: string,
      isMeant: (place: Place) => boolean,
      /** Told where there is none. */
      none: string,
      act: (place: Place) => Promise<void>,
    ) =>
    async (target: Target | undefined): Promise<void> => {
      const snapshot = await parts.snapshot();
      const named = locate(snapshot, target);
      if (named.kind === 'gone') return tellGone(parts.notifications, named);
      const place = named.kind === 'found' ? named.place : await ask(snapshot, title, isMeant);
      if (place === undefined) return parts.notifications.told(none);
      if (!isMeant(place)) return tellChanged(parts, nameOf(place));
      assertPlaceIsCertain(place);
      await act(place);
    };
  const onProfile = on<ProfilePlace>({
    locate: locateProfile,
    ask: (snapshot, title, isMeant) =>
      pickProfile(snapshot, title, isMeant, profilePlaces(snapshot)),
    nameOf: ({ profile }) => profile.id,
  });
  const onProvider = on<ProviderPlace>({
    locate: locateProvider,
    ask: pickProvider,
    nameOf: ({ provider }) => providerName(provider.id),
  });
  return {
    [commands.profileUseFirstForAll]: onProfile(
      l10n.t('Use First for All Agents'),
      ({ provider, profile }) => profile.position !== undefined && provider.profiles.length > 1,
      l10n.t('No profile can be moved: no agent has two of a provider in use.'),
      (place) => useFirstForAll(parts, place),
    ),
    [commands.profileMoveUp]: onProfile(
      l10n.t('Move Up'),
      ({ provider, profile }) => stepUp(provider, profile.id) !== undefined,
      l10n.t('No profile can be moved: no agent has two of a provider in use.'),
      (place) => moveBy(parts, place, stepUp),
    ),
    [commands.profileMoveDown]: onProfile(
      l10n.t('Move Down'),
      ({ provider, profile }) => stepDown(provider, profile.id) !== undefined,
      l10n.t('No profile can be moved: no agent has two of a provider in use.'),
      (place) => moveBy(parts, place, stepDown),
    ),
    [commands.profileShow]: onProfile(
      l10n.t('Unhide'),
      ({ profile }) => profile.state.kind === 'hidden',
      l10n.t('No profile is hidden.'),
      (place) => unhide(parts, place),
    ),
    [commands.profileResume]: onProfile(
      l10n.t('End Pause'),
      ({ profile: { state } }) => state.kind === 'cooling' || state.kind === 'disabled',
      l10n.t('No profile pauses.'),
      (place) => endPause(parts, place),
    ),
    [commands.orderReset]: onProvider(
      l10n.t('Reset Order'),
      ({ provider }) => provider.orderFrom === 'own' || provider.orderSource === 'config',
      l10n.t('No order is set, neither of an agent nor for all.'),
      (place) => resetOrder(parts, place),
    ),
    [commands.orderForAll]: onProvider(
      l10n.t('Use This Order for All Agents'),
      ({ provider }) => provider.profiles.length > 1,
      l10n.t('No agent has two profiles of one provider, so there is no order to use.'),
      (place) => orderForAll(parts, place),
    ),
    [commands.orderLeaveKeysOut]: onProvider(
      l10n.t('Leave Paid Keys Out'),
      ({ provider }) => provider.billing !== undefined,
      l10n.t('No agent goes on from a subscription to a paid key.'),
      (place) => leaveKeysOut(parts, place),
    ),
  } satisfies Partial<CommandHandlers>;
}

/**
 * Moves a profile in the order of its agent.
 * @throws {KnownError} as `ProfileService.moveProfile`.
 */
export async function moveProfile(
  parts: OrderCommandParts,
  place: ProfilePlace,
  to: OrderPlace,
): Promise<void> {
  const { agent, provider, profile } = place;
  const service = await parts.service();
  const shown = shownOrder(provider);
  await service.moveProfile(filesOf(place), provider.id, profile.id, to, 'agent', shown);
  const after = locateProfile(await parts.refresh(), targetOf(place));
  const isNext = after.kind === 'found' && after.place.profile.next;
  say(
    isNext
      ? l10n.t('{0} now uses {1} first', agent.id, profile.id)
      : l10n.t('{0} was moved in the order of {1}', profile.id, agent.id),
  );
}

function targetOf({ dir, agent, provider, profile }: ProfilePlace): Target {
  return { stateDir: dir.path, agentId: agent.id, provider: provider.id, profileId: profile.id };
}

async function moveBy(
  parts: OrderCommandParts,
  place: ProfilePlace,
  step: typeof stepUp,
): Promise<void> {
  const to = step(place.provider, place.profile.id);
  if (to !== undefined) await moveProfile(parts, place, to);
}

/** In the config, so for all that go by it; this agent can have an order of its own. */
async function useFirstForAll(parts: OrderCommandParts, place: ProfilePlace): Promise<void> {
  const { agent, provider, profile } = place;
  const service = await parts.service();
  const { inForce } = await service.moveProfile(
    filesOf(place),
    provider.id,
    profile.id,
    { after: undefined },
    'all',
    shownOrder(provider),
  );
  await parts.refresh();
  if (inForce) say(l10n.t('{0} comes first for all agents now', profile.id));
  else {
    parts.notifications.told(
      l10n.t(
        '{0} comes first for all that go by the config. {1} does not: it has an order of its own, or sees that of main. Reset Order takes that away.',
        profile.id,
        agent.id,
      ),
    );
  }
}

async function unhide(parts: OrderCommandParts, place: ProfilePlace): Promise<void> {
  const { agent, provider, profile } = place;
  if (profile.state.kind !== 'hidden') return;
  const service = await parts.service();
  await service.showProfile(filesOf(place), provider.id, profile.id, profile.state.why);
  await parts.refresh();
  say(l10n.t('{0} can be used by {1} now', profile.id, agent.id));
}

async function endPause(parts: OrderCommandParts, place: ProfilePlace): Promise<void> {
  const service = await parts.service();
  const { changed, inMain } = await service.clearPause(filesOf(place), place.profile.id);
  await parts.refresh();
  if (!changed) {
    parts.notifications.told(
      l10n.t('{0} has no pause left that could be ended here.', place.profile.id),
    );
    return;
  }
  say(
    inMain && place.agent.id !== MAIN_AGENT_ID
      ? l10n.t('{0} can be used again, also by main', place.profile.id)
      : l10n.t('{0} can be used again', place.profile.id),
  );
}

/** The nearest order goes first: the agent's own, then that of all. */
async function resetOrder(parts: OrderCommandParts, place: ProviderPlace): Promise<void> {
  const { dir, agent, provider } = place;
  const service = await parts.service();
  const name = providerName(provider.id);
  if (provider.orderFrom === 'own') {
    await service.resetOrder(filesOf(place), provider.id, 'agent');
    await parts.refresh();
    say(l10n.t('{0} has no order of its own for {1} any more', agent.id, name));
    return;
  }
  const confirm = l10n.t('Reset for All Agents');
  const picked = await window.showWarningMessage(
    plainText(l10n.t('Reset the order of {0} for all agents?', name)),
    {
      modal: true,
      detail: plainText(
        l10n.t(
          'It stands in {0} and holds for: {1}. CoderClaw then takes sign-ins first, then tokens, then keys; of the same kind the longest unused.',
          dir.config.path,
          followers(place).join(', '),
        ),
      ),
    },
    confirm,
  );
  if (picked !== confirm) return;
  await service.resetOrder(filesOf(place), provider.id, 'all');
  await parts.refresh();
  say(l10n.t('The order of {0} is reset for all agents', name));
}

async function orderForAll(parts: OrderCommandParts, place: ProviderPlace): Promise<void> {
  const { dir, provider } = place;
  const name = providerName(provider.id);
  const order = shownOrder(provider);
  const confirm = l10n.t('Use for All Agents');
  const [own, ofMain] = [going(place, 'own'), going(place, 'main')];
  const picked = await window.showInformationMessage(
    plainText(l10n.t('Use this order of {0} for all agents?', name)),
    {
      modal: true,
      detail: plainText(
        [
          l10n.t('{0}. It is written to {1}.', order.join(', '), dir.config.path),
          own.length === 0 ? '' : l10n.t('These keep an order of their own: {0}.', own.join(', ')),
          ofMain.length === 0
            ? ''
            : l10n.t('These go by the order of main: {0}.', ofMain.join(', ')),
        ]
          .filter((part) => part !== '')
          .join(' '),
      ),
    },
    confirm,
  );
  if (picked !== confirm) return;
  const service = await parts.service();
  await service.orderForAll(filesOf(place), provider.id, order);
  await parts.refresh();
  say(l10n.t('The order of {0} holds for all agents', name));
}

async function leaveKeysOut(parts: OrderCommandParts, place: ProviderPlace): Promise<void> {
  const service = await parts.service();
  await service.leaveKeysOut(filesOf(place), place.provider.id, shownOrder(place.provider));
  await parts.refresh();
  say(
    l10n.t('{0} uses no paid key of {1} any more', place.agent.id, providerName(place.provider.id)),
  );
}

function followers({ dir, provider }: ProviderPlace): readonly string[] {
  return dir.agents
    .filter((agent) =>
      agent.providers.some(({ id, orderSource }) => id === provider.id && orderSource === 'config'),
    )
    .map(({ id }) => id);
}

/** The agents whose order of this provider stands in a store: in their own, or in that of main. */
function going({ dir, provider }: ProviderPlace, from: 'own' | 'main'): readonly string[] {
  return dir.agents
    .filter((agent) =>
      agent.providers.some(({ id, orderFrom }) => id === provider.id && orderFrom === from),
    )
    .map(({ id }) => id);
}

/** It is in another state than when its row was drawn. */
function tellChanged({ notifications }: OrderCommandParts, name: string): void {
  notifications.told(l10n.t('{0} has changed meanwhile. Nothing has been done.', name));
}
