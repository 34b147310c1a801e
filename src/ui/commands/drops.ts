import { l10n, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { AgentService } from '../../core/custody/agentService.ts';
import type { AgentFiles } from '../../core/custody/profileService.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { WayToShare } from '../../core/model/waysToShare.ts';
import type { Target } from '../target.ts';
import { plainText } from '../words/plainText.ts';
import type { ProfilePlace } from './locate.ts';
import { moveProfile, type OrderCommandParts } from './orderCommands.ts';
import { assertPlaceIsCertain, filesOf } from './profileCommands.ts';
import { say } from './say.ts';
import { type Drop, whatDropMeans } from './whatDropMeans.ts';

export interface DropCommandParts extends OrderCommandParts {
  readonly agents: () => Promise<Pick<AgentService, 'copyProfiles'>>;
}

/** Does what a drop means; every failure is told. */
export async function dropped(
  parts: DropCommandParts,
  dragged: Target,
  onto: Target,
): Promise<void> {
  const { notifications } = parts;
  try {
    const drop = whatDropMeans(await parts.snapshot(), dragged, onto);
    switch (drop.kind) {
      case 'move':
        assertPlaceIsCertain(drop.place);
        await moveProfile(parts, drop.place, drop.to);
        return;
      case 'share':
        await share(parts, drop);
        return;
      case 'otherStateFolder':
        notifications.told(
          l10n.t('That agent is of another state folder: sign in, or add the key, there.'),
        );
        return;
      case 'gone':
        notifications.told(l10n.t('What this was meant for is gone, or cannot be changed.'));
        return;
      case 'nothing':
        return;
    }
  } catch (error) {
    notifications.failed(l10n.t('Dropping a profile'), error);
  }
}

/** Asks how the other agent is to use it: nothing is stored twice unless a person says so. */
async function share(
  parts: DropCommandParts,
  { place, agent: { dir, agent }, ways }: Drop & { kind: 'share' },
): Promise<void> {
  const { profile, provider } = place;
  assertPlaceIsCertain(place);
  const seen = agent.providers
    .flatMap(({ profiles }) => profiles)
    .find(({ id }) => id === profile.id);
  const inherited = seen?.origin === 'inherited';
  const choices = ways.map((way) => ({ way, title: titleOf(way) }));
  const picked = await window.showInformationMessage(
    plainText(l10n.t('Let agent {0} use {1} too?', agent.id, profile.id)),
    {
      modal: true,
      detail: ways
        .map((way) => plainText(detailOf(way, agent.id, profile.type === 'oauth')))
        .join('\n\n'),
    },
    ...choices,
  );
  const target = { stateDir: dir.path, agentId: agent.id, provider: provider.id };
  switch (picked?.way) {
    case undefined:
      return;
    case 'signIn':
      await vscodeCommands.executeCommand(commands.profileSignIn, target);
      return;
    case 'copy': {
      const agents = await parts.agents();
      const { failed } = await agents.copyProfiles(ownerFiles(place), filesOf({ dir, agent }), [
        profile.id,
      ]);
      if (failed[0] !== undefined) throw failed[0].fault;
      await parts.refresh();
      say(l10n.t('{0} is copied to {1}', profile.id, agent.id));
      return;
    }
    case 'inherit': {
      if (inherited && seen.state.kind === 'hidden') {
        const service = await parts.service();
        const files = filesOf({ dir, agent });
        await service.showProfile(files, provider.id, profile.id, seen.state.why);
        await parts.refresh();
        say(l10n.t('{0} can be used by {1} now', profile.id, agent.id));
        return;
      }
      parts.notifications.told(
        inherited
          ? l10n.t(
              '{0} sees {1} from main already: nothing had to be stored.',
              agent.id,
              profile.id,
            )
          : l10n.t(
              '{0} has a {1} of its own, which stands before the one of main. Sign it out there, and that of main shows.',
              agent.id,
              profile.id,
            ),
      );
    }
  }
}

/** Where it is stored. */
function ownerFiles(place: ProfilePlace): Pick<AgentFiles, 'storePath'> {
  if (place.profile.origin === 'own') return filesOf(place);
  const { agents, mainStore } = place.dir;
  const main = agents.find(({ id }) => id === MAIN_AGENT_ID)?.store ?? mainStore;
  return { storePath: main?.path ?? '' };
}

function titleOf(way: WayToShare): string {
  switch (way) {
    case 'inherit':
      return l10n.t('Share by Inheritance');
    case 'copy':
      return l10n.t('Copy');
    case 'signIn':
      return l10n.t('Own Sign-In…');
  }
}

function detailOf(way: WayToShare, agentId: string, isLogin: boolean): string {
  switch (way) {
    case 'inherit':
      return isLogin
        ? l10n.t(
            'Share by Inheritance: {0} sees the sign-ins of main, and one renewal serves both.',
            agentId,
          )
        : l10n.t('Share by Inheritance: {0} sees what main has; it is stored once.', agentId);
    case 'copy':
      return l10n.t('Copy: it is stored a second time; to replace it, both have to be replaced.');
    case 'signIn':
      return l10n.t(
        'Own Sign-In: {0} signs in by itself. A sign-in is never copied: its refresh token works once, so one of the two would be logged out.',
        agentId,
      );
  }
}
