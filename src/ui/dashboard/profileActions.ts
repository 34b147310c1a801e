import { l10n } from 'vscode';
import { type CommandId, commands } from '../../commandIds.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { needsPerson } from '../../core/model/profileState.ts';
import type { ProfilePlace } from '../commands/locate.ts';
import { type ProfileAbility, profileAbilities } from '../profileAbilities.ts';
import type { ProfileTarget } from '../target.ts';

/** Something that can be done with a profile. */
export interface ProfileAction {
  readonly label: string;
  /** Codicon name. */
  readonly icon: string;
  readonly command: CommandId;
  readonly target: ProfileTarget;
}

type Offer = readonly [ability: ProfileAbility | undefined, command: CommandId, icon: string];

/** What renews comes first where a person is needed, what is used first otherwise; signing out last. */
const RENEWING: readonly Offer[] = [
  ['canSignInAgain', commands.profileSignInAgain, 'sign-in'],
  ['canReplace', commands.profileReplace, 'replace'],
  ['canRefresh', commands.profileRefreshNow, 'sync'],
];
const USING: readonly Offer[] = [
  ['canUseFirst', commands.profileUseFirst, 'arrow-up'],
  ['canShow', commands.profileShow, 'eye'],
  ['canResume', commands.profileResume, 'debug-continue'],
  ['canPinSession', commands.sessionPin, 'pin'],
];
const TELLING: readonly Offer[] = [
  [undefined, commands.profileExplain, 'question'],
  [undefined, commands.profileShowAuditTrail, 'history'],
  [undefined, commands.profileCopyId, 'copy'],
];
const LEAVING: readonly Offer[] = [['canSignOut', commands.profileSignOut, 'sign-out']];

/**
 * Pure: what can be done with a profile, the likeliest first. What is inherited is renewed where it is
 * stored.
 * @param isAdded Whether another extension adds a way to sign in to a provider (normalized id).
 */
export function profileActions(
  { dir, agent, provider, profile }: ProfilePlace,
  isAdded: (provider: string) => boolean,
): readonly ProfileAction[] {
  const count = provider.profiles.length;
  const can = new Set(profileAbilities(dir, agent, profile, count, isAdded));
  const target: ProfileTarget = {
    ...{ stateDir: dir.path, agentId: agent.id, provider: provider.id, profileId: profile.id },
  };
  const offered = (offers: readonly Offer[], of: ReadonlySet<ProfileAbility>, on: ProfileTarget) =>
    offers
      .filter(([ability]) => ability === undefined || of.has(ability))
      .map(([, command, icon]) => ({ label: labelOf(command), icon, command, target: on }));

  const main = dir.agents.find(({ id }) => id === MAIN_AGENT_ID);
  const isMains = profile.origin === 'inherited' && main !== undefined;
  const renewing = isMains
    ? offered(
        RENEWING,
        new Set(profileAbilities(dir, main, { ...profile, origin: 'own' }, count, isAdded)),
        { ...target, agentId: MAIN_AGENT_ID },
      )
    : offered(RENEWING, can, target);
  const using = offered(USING, can, target);
  return [
    ...(needsPerson(profile.state) ? [...renewing, ...using] : [...using, ...renewing]),
    ...offered(TELLING, can, target),
    ...offered(LEAVING, can, target),
  ];
}

/** As the menus of the Profiles view name them. */
function labelOf(command: CommandId): string {
  switch (command) {
    case commands.profileSignInAgain:
      return l10n.t('Sign In Again…');
    case commands.profileReplace:
      return l10n.t('Replace Key or Token…');
    case commands.profileRefreshNow:
      return l10n.t('Refresh Now');
    case commands.profileUseFirst:
      return l10n.t('Use First');
    case commands.profileShow:
      return l10n.t('Unhide');
    case commands.profileResume:
      return l10n.t('End Pause');
    case commands.sessionPin:
      return l10n.t('Pin Profile to Session…');
    case commands.profileExplain:
      return l10n.t('Why This One?');
    case commands.profileShowAuditTrail:
      return l10n.t('Show Audit Trail');
    case commands.profileCopyId:
      return l10n.t('Copy Profile ID');
    case commands.profileSignOut:
      return l10n.t('Sign Out…');
    default:
      return command;
  }
}
