import { l10n } from 'vscode';
import type { BindingMatch } from '../../core/documents/configAgents.ts';
import { leadingProfile } from '../../core/model/agentStatus.ts';
import { needsPerson } from '../../core/model/profileState.ts';
import type {
  AgentSnapshot,
  ConfigSnapshot,
  OrderSource,
  ProfileSnapshot,
  ProviderSnapshot,
  SessionSnapshot,
  Snapshot,
  StateDirSnapshot,
  StoreSnapshot,
} from '../../core/model/snapshot.ts';
import { writable } from '../../core/model/writable.ts';
import { builtInProviders, renewableProviders } from '../../core/signin/addedSignIns.ts';
import type { Target } from '../target.ts';
import { joined } from '../words/joined.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { storeWords } from '../words/store.ts';
import { place } from '../words/time.ts';
import { chatsNode } from './chatNodes.ts';
import { profileRowId } from './rowIds.ts';
import { sessionsNode } from './sessionNodes.ts';

/**
 * What the hover of a row says, before it is put into words (`rowHover.ts`). Its members are parts of
 * the Snapshot, as they are: while each is the same (`===`), so is the hover. So a part that holds
 * other rows, such as a whole provider, is none.
 */
export type HoverSource =
  | { readonly kind: 'stateDir'; readonly path: string }
  | { readonly kind: 'config'; readonly config: BrokenConfig }
  | { readonly kind: 'agent'; readonly agentDir: string; readonly store: StoreSnapshot }
  | { readonly kind: 'store'; readonly store: StoreSnapshot }
  | { readonly kind: 'provider'; readonly id: string; readonly orderSource: OrderSource }
  | { readonly kind: 'profile'; readonly profile: ProfileSnapshot }
  | { readonly kind: 'session'; readonly session: SessionSnapshot }
  | { readonly kind: 'chats'; readonly match: BindingMatch }
  | { readonly kind: 'plain'; readonly text: string };

type BrokenConfig = Extract<ConfigSnapshot, { readonly kind: 'unreadable' | 'invalid' }>;

/** One row of the tree as plain data: what is drawn, what is spoken, and what stands below. */
export interface TreeNode {
  /** Stable over time: VS Code keeps selection and expansion by it. */
  readonly id: string;
  readonly target: Target;
  readonly label: string;
  readonly description: string;
  readonly icon?: { readonly id: string; readonly color?: string };
  /** For screen readers: the whole row as a sentence. */
  readonly spoken: string;
  /** Flags for menus, separated by spaces, matched with `viewItem =~`. */
  readonly flags: string;
  readonly collapsible: 'none' | 'expanded' | 'collapsed';
  readonly children: readonly TreeNode[];
  readonly hover: HoverSource;
}

/** What rows are drawn by, beside what they show. */
interface Drawing {
  readonly now: number;
  /** Whether another extension adds a way to sign in to a provider, and to renew its logins. */
  readonly isAdded: (provider: string) => boolean;
}

/**
 * Pure: the rows of the Profiles view for one Snapshot.
 * @param isAdded Whether another extension adds a way to sign in to a provider (normalized id).
 */
export function treeOf(
  snapshot: Snapshot,
  isAdded: Drawing['isAdded'] = () => false,
): readonly TreeNode[] {
  const drawing: Drawing = { now: snapshot.takenAt, isAdded };
  const [only, ...others] = snapshot.stateDirs;
  if (only === undefined) return [];
  if (others.length === 0) return agentNodes(only, drawing);
  return snapshot.stateDirs.map((dir) => stateDirNode(dir, drawing));
}

function stateDirNode(dir: StateDirSnapshot, drawing: Drawing): TreeNode {
  const description = dir.inUse ? l10n.t('in use here') : '';
  return {
    id: `dir ${dir.path}`,
    target: { stateDir: dir.path },
    label: dir.label,
    description,
    icon: { id: 'folder' },
    spoken: joined(', ', l10n.t('State folder {0}', dir.label), description),
    flags: 'stateDir',
    collapsible: dir.inUse ? 'expanded' : 'collapsed',
    children: agentNodes(dir, drawing),
    hover: { kind: 'stateDir', path: dir.path },
  };
}

function agentNodes(dir: StateDirSnapshot, drawing: Drawing): readonly TreeNode[] {
  const config = configProblem(dir);
  const agents = dir.agents.map((agent) => agentNode(dir, agent, drawing));
  return config ? [config, ...agents] : agents;
}

function configProblem(dir: StateDirSnapshot): TreeNode | undefined {
  const { config } = dir;
  if (config.kind === 'absent' || config.kind === 'whole') return undefined;
  const detail = configDetail(config);
  return {
    id: `config ${dir.path}`,
    target: { stateDir: dir.path },
    label: l10n.t('Config cannot be read'),
    description: detail,
    icon: { id: 'warning', color: 'list.warningForeground' },
    spoken: l10n.t('The config of {0} cannot be read: {1}', dir.label, detail),
    flags: 'configProblem',
    collapsible: 'none',
    children: [],
    hover: { kind: 'config', config },
  };
}

export function configDetail(config: BrokenConfig): string {
  return config.kind === 'invalid' ? config.detail : config.errno;
}

function agentNode(dir: StateDirSnapshot, agent: AgentSnapshot, drawing: Drawing): TreeNode {
  const key = `${dir.path} ${agent.id}`;
  const problem = storeProblem(key, dir, agent);
  const sessions = sessionsNode(dir, agent);
  const chats = chatsNode(dir, agent);
  const description = joined(
    ' · ',
    agent.name !== undefined && agent.name.toLowerCase() !== agent.id ? agent.name : '',
    agent.isDefault ? l10n.t('default') : '',
    agent.onDiskOnly ? l10n.t('not in the config') : '',
    agent.providers.length === 0 && !problem ? l10n.t('not signed in') : '',
  );
  const children = [
    ...(problem ? [problem] : []),
    ...agent.providers.map((provider) => providerNode(key, dir, agent, provider, drawing)),
    ...(sessions ? [sessions] : []),
    ...(chats ? [chats] : []),
  ];
  return {
    id: `agent ${key}`,
    target: { stateDir: dir.path, agentId: agent.id },
    label: agent.id,
    description,
    icon: { id: 'hubot' },
    spoken: joined(', ', l10n.t('Agent {0}', agent.id), description),
    flags: joined(
      ' ',
      'agent',
      writable(dir, agent) ? 'writable' : 'locked',
      writable(dir, agent) &&
        agent.providers.some(({ profiles }) =>
          profiles.some((one) => canRefresh(one, drawing.isAdded)),
        )
        ? 'canRefresh'
        : '',
      agent.store.kind === 'absent' || agent.store.kind === 'unplaced' ? '' : 'storeFile',
    ),
    collapsible:
      children.length === 0 ? 'none' : agent.isDefault || problem ? 'expanded' : 'collapsed',
    children,
    hover: { kind: 'agent', agentDir: agent.agentDir, store: agent.store },
  };
}

/** A store that could not be read whole is a row that says so: never an empty agent. */
function storeProblem(
  key: string,
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
): TreeNode | undefined {
  const { store } = agent;
  const words = storeWords(store);
  if (words === undefined) return undefined;
  return {
    id: `store ${key}`,
    target: { stateDir: dir.path, agentId: agent.id },
    label: words.label,
    description: words.detail,
    icon: { id: 'error', color: 'list.errorForeground' },
    spoken: joined(', ', words.label, words.detail),
    flags: problemFlag(store),
    collapsible: 'none',
    children: [],
    hover: { kind: 'store', store },
  };
}

function problemFlag(store: StoreSnapshot): string {
  switch (store.kind) {
    case 'unplaced':
      return 'placeProblem';
    case 'absent':
      return 'legacyPending';
    default:
      return 'storeProblem';
  }
}

function providerNode(
  agentKey: string,
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
  provider: ProviderSnapshot,
  drawing: Drawing,
): TreeNode {
  const key = `${agentKey} ${provider.id}`;
  const inherited = provider.profiles.every((profile) => profile.origin === 'inherited');
  const lead = leadingProfile(provider);
  const description = inherited
    ? l10n.t('from main')
    : (lead?.email ?? (lead ? typeWords(lead) : l10n.t('not used')));
  const name = providerName(provider.id);
  return {
    id: `provider ${key}`,
    target: { stateDir: dir.path, agentId: agent.id, provider: provider.id },
    label: name,
    description,
    spoken: joined(', ', l10n.t('Provider {0}', name), description),
    flags: 'provider',
    collapsible: inherited ? 'collapsed' : 'expanded',
    children: provider.profiles.map((profile) =>
      profileNode(dir, agent, provider, profile, drawing),
    ),
    hover: { kind: 'provider', id: provider.id, orderSource: provider.orderSource },
  };
}

function profileNode(
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
  provider: ProviderSnapshot,
  profile: ProfileSnapshot,
  { now, isAdded }: Drawing,
): TreeNode {
  const target = {
    stateDir: dir.path,
    agentId: agent.id,
    provider: provider.id,
    profileId: profile.id,
  };
  const words = stateWords(profile.state, now);
  const order = profile.next
    ? l10n.t('next')
    : profile.position !== undefined && provider.profiles.length > 1
      ? place(profile.position)
      : '';
  const extras = elsewhereWords(profile);
  const own = profile.origin === 'own' && agent.store.kind === 'whole';
  const mine = own && writable(dir, agent);
  return {
    id: profileRowId(target),
    target,
    label: profile.name,
    description: joined(' · ', order, words.text, ...extras),
    icon: words.color === undefined ? { id: words.icon } : { id: words.icon, color: words.color },
    spoken: joined(', ', l10n.t('Profile {0}', profile.name), order, words.spoken, ...extras),
    flags: joined(
      ' ',
      'profile',
      profile.origin,
      needsPerson(profile.state) ? 'needsPerson' : '',
      mine && canUseFirst(profile) ? 'canUseFirst' : '',
      mine &&
        profile.type === 'oauth' &&
        (builtInProviders.has(profile.provider) || isAdded(profile.provider))
        ? 'canSignInAgain'
        : '',
      mine && profile.type !== 'oauth' ? 'canReplace' : '',
      mine && canRefresh(profile, isAdded) ? 'canRefresh' : '',
      mine ? 'canSignOut' : '',
      own ? 'storeFile' : '',
    ),
    collapsible: 'none',
    children: [],
    hover: { kind: 'profile', profile },
  };
}

function canRefresh(
  { origin, provider, renewal }: ProfileSnapshot,
  isAdded: Drawing['isAdded'],
): boolean {
  const isKnown = renewableProviders.has(provider) || isAdded(provider);
  return origin === 'own' && renewal !== undefined && isKnown;
}

/** Not first yet, and an order is all that it takes. */
export function canUseFirst({ position, state }: ProfileSnapshot): boolean {
  return (position ?? 0) > 0 || (state.kind === 'hidden' && state.why === 'notInOrder');
}

/** Where else it stands: from which agent it is seen, or with which others it is shared. */
export function elsewhereWords({ origin, sharedWith }: ProfileSnapshot): readonly string[] {
  if (origin === 'inherited') return [l10n.t('from main')];
  return sharedWith.length > 0 ? [l10n.t('shared with {0}', sharedWith.join(', '))] : [];
}

export function typeWords(profile: ProfileSnapshot): string {
  switch (profile.type) {
    case 'oauth':
      return l10n.t('sign-in');
    case 'token':
      return profile.provider === 'anthropic' ? l10n.t('setup-token') : l10n.t('token');
    case 'api_key':
      return l10n.t('API key');
  }
}
