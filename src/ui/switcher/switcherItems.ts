import { l10n } from 'vscode';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { needsPerson } from '../../core/model/profileState.ts';
import type {
  AgentSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
  StateDirSnapshot,
} from '../../core/model/snapshot.ts';
import { type ProfileAbility, profileAbilities } from '../profileAbilities.ts';
import type { ProfileTarget } from '../target.ts';
import { agentTitle } from '../words/agents.ts';
import { joined } from '../words/joined.ts';
import { paidWords } from '../words/paid.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { place } from '../words/time.ts';

/** One entry of the switcher as plain data. `key` tells it from the others, also after a change. */
export type SwitcherItem =
  | { readonly kind: 'group'; readonly key: string; readonly label: string }
  | {
      readonly kind: 'agent' | 'undo' | 'add' | 'dashboard';
      readonly key: string;
      readonly label: string;
      readonly description: string;
      readonly icon: string;
    }
  | {
      readonly kind: 'profile';
      readonly key: string;
      readonly label: string;
      readonly description: string;
      readonly icon: string;
      readonly target: ProfileTarget;
      /** What picking it does; absent: it is in use already, or nothing can be done here. */
      readonly does?: 'useFirst' | 'show' | 'signInAgain' | 'replace';
      readonly buttons: readonly SwitcherButton[];
    };

export type SwitcherButton = 'pinSession' | 'signInAgain' | 'replace' | 'refresh';

/** An order that was changed here, and can be put back. */
export interface Undoable {
  readonly profileId: string;
}

export interface SwitcherView {
  readonly dir: StateDirSnapshot;
  readonly agent: AgentSnapshot;
  /** How the agent came to be in use, in a few words; empty for the default one. */
  readonly pinned: string;
  readonly undo: Undoable | undefined;
  /** Milliseconds since the epoch: the Snapshot's moment. */
  readonly now: number;
  readonly isAdded: (provider: string) => boolean;
}

/** Pure: the entries of the switcher, those of each provider in their order. */
export function switcherItems(view: SwitcherView): readonly SwitcherItem[] {
  const { agent, pinned, undo } = view;
  return [
    {
      kind: 'agent',
      key: 'agent',
      label: l10n.t('Agent {0}', agent.id),
      description: joined(
        ' · ',
        agentTitle(agent),
        agent.isDefault ? l10n.t('default') : '',
        pinned,
        l10n.t('choose another for this workspace'),
      ),
      icon: 'hubot',
    },
    ...(undo === undefined
      ? []
      : [
          {
            kind: 'undo' as const,
            key: 'undo',
            label: l10n.t('Undo'),
            description: l10n.t('put {0} back to where it was', undo.profileId),
            icon: 'discard',
          },
        ]),
    ...agent.providers.flatMap((provider) => providerItems(view, provider)),
    { kind: 'group', key: 'group more', label: '' },
    { kind: 'add', key: 'add', label: l10n.t('Add Profile…'), description: '', icon: 'add' },
    {
      kind: 'dashboard',
      key: 'dashboard',
      label: l10n.t('Open Dashboard'),
      description: '',
      icon: 'dashboard',
    },
  ];
}

function providerItems(view: SwitcherView, provider: ProviderSnapshot): readonly SwitcherItem[] {
  return [
    { kind: 'group', key: `group ${provider.id}`, label: providerName(provider.id) },
    ...provider.profiles.map((profile) => profileItem(view, provider, profile)),
  ];
}

function profileItem(
  { dir, agent, now, isAdded }: SwitcherView,
  provider: ProviderSnapshot,
  profile: ProfileSnapshot,
): SwitcherItem {
  const count = provider.profiles.length;
  const can = new Set(profileAbilities(dir, agent, profile, count, isAdded));
  const { text, icon } = stateWords(profile.state, now);
  const order = profile.next
    ? l10n.t('next')
    : profile.position !== undefined && count > 1
      ? place(profile.position)
      : '';
  const atMain = isLost(profile) ? whatMainDoes(dir, profile, isAdded) : undefined;
  const does = atMain ?? whatPickingDoes(profile, can);
  const { id, email, name } = profile;
  return {
    kind: 'profile',
    key: `profile ${provider.id} ${id}`,
    label: name,
    // All in one line: the list is short.
    description: joined(
      ' · ',
      order,
      paidWords(provider, profile),
      text,
      profile.origin === 'inherited' ? l10n.t('from main') : '',
      email === undefined || name === email ? '' : email,
    ),
    icon,
    target: {
      stateDir: dir.path,
      agentId: atMain === undefined ? agent.id : MAIN_AGENT_ID,
      provider: provider.id,
      profileId: id,
    },
    ...(does && { does }),
    // Those would be for this agent, and the entry stands for the profile of main.
    buttons: atMain
      ? []
      : BUTTONS.filter(([ability]) => can.has(ability)).map(([, button]) => button),
  };
}

const BUTTONS: readonly (readonly [ProfileAbility, SwitcherButton])[] = [
  ['canPinSession', 'pinSession'],
  ['canSignInAgain', 'signInAgain'],
  ['canReplace', 'replace'],
  ['canRefresh', 'refresh'],
];

/** Putting one first that cannot be used helps nobody: it is made usable. */
function whatPickingDoes(
  profile: ProfileSnapshot,
  can: ReadonlySet<ProfileAbility>,
): 'useFirst' | 'show' | 'signInAgain' | 'replace' | undefined {
  if (isLost(profile) && can.has('canSignInAgain')) return 'signInAgain';
  if (isLost(profile) && can.has('canReplace')) return 'replace';
  if (can.has('canUseFirst')) return 'useFirst';
  return can.has('canShow') ? 'show' : undefined;
}

function isLost({ state }: ProfileSnapshot): boolean {
  return needsPerson(state) && state.kind !== 'ending';
}

/** What is inherited is made usable where it is stored. */
function whatMainDoes(
  dir: StateDirSnapshot,
  profile: ProfileSnapshot,
  isAdded: SwitcherView['isAdded'],
): 'signInAgain' | 'replace' | undefined {
  const main = dir.agents.find(({ id }) => id === MAIN_AGENT_ID);
  if (profile.origin !== 'inherited' || main === undefined) return undefined;
  const can = profileAbilities(dir, main, { ...profile, origin: 'own' }, 1, isAdded);
  if (can.includes('canSignInAgain')) return 'signInAgain';
  return can.includes('canReplace') ? 'replace' : undefined;
}
