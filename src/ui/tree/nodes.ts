import { l10n } from 'vscode';
import type { BindingMatch } from '../../core/documents/configAgents.ts';
import { leadingProfile } from '../../core/model/agentStatus.ts';
import { stepDown, stepUp } from '../../core/model/orderSteps.ts';
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
import { profileAbilities } from '../profileAbilities.ts';
import type { Target } from '../target.ts';
import { agentTitle } from '../words/agents.ts';
import { joined } from '../words/joined.ts';
import { paidAfter, paidWords } from '../words/paid.ts';
import { elsewhereWords, typeWords } from '../words/profile.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { storeWords } from '../words/store.ts';
import { place } from '../words/time.ts';
import { agentFlags } from './agentFlags.ts';
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
  | {
      readonly kind: 'profile';
      readonly profile: ProfileSnapshot;
      /** The subscription that it costs after (`paidAfter`). */
      readonly paidAfter: string | undefined;
    }
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
  /** Drawn grey: nothing uses it. Its words say so too. */
  readonly isDimmed?: boolean;
  readonly collapsible: 'none' | 'expanded' | 'collapsed';
  readonly children: readonly TreeNode[];
  readonly hover: HoverSource;
}

/** What rows are drawn by, beside what they show. */
interface Drawing {
  readonly now: number;
  /** Whether another extension adds a way to sign in to a provider, and to renew its logins. */
  readonly isAdded: (provider: string) => boolean;
  /** The agent that this window was told to use, if it was. */
  readonly pinned: string | undefined;
}

/**
 * Pure: the rows of the Profiles view for one Snapshot.
 * @param isAdded Whether another extension adds a way to sign in to a provider (normalized id).
 * @param pinned The agent that this window was told to use, of the state folder in use.
 */
export function treeOf(
  snapshot: Snapshot,
  isAdded: Drawing['isAdded'] = () => false,
  pinned?: string,
): readonly TreeNode[] {
  const drawing: Drawing = { now: snapshot.takenAt, isAdded, pinned };
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
  const providers = agent.providers.map((provider) =>
    providerNode(key, dir, agent, provider, drawing),
  );
  const sessions = sessionsNode(dir, agent);
  const chats = chatsNode(dir, agent);
  const description = joined(
    ' · ',
    agentTitle(agent),
    agent.isDefault ? l10n.t('default') : '',
    dir.inUse && drawing.pinned === agent.id ? l10n.t('in use here') : '',
    agent.onDiskOnly ? l10n.t('not in the config') : '',
    agent.providers.length === 0 && !problem ? l10n.t('not signed in') : '',
  );
  const children = [
    ...(problem ? [problem] : []),
    ...providers,
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
      providers.some(({ children }) =>
        children.some(({ flags }) => flags.split(' ').includes('canRefresh')),
      )
        ? 'canRefresh'
        : '',
      agent.store.kind === 'absent' || agent.store.kind === 'unplaced' ? '' : 'storeFile',
      ...agentFlags(dir, agent),
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
  const description = joined(
    ' · ',
    inherited
      ? l10n.t('from main')
      : (lead?.email ?? (lead ? typeWords(lead) : l10n.t('not used'))),
    provider.profiles.length > 1 ? orderLabel(provider) : '',
  );
  const name = providerName(provider.id);
  return {
    id: `provider ${key}`,
    target: { stateDir: dir.path, agentId: agent.id, provider: provider.id },
    label: name,
    description,
    spoken: joined(', ', l10n.t('Provider {0}', name), description),
    flags: joined(' ', 'provider', ...(writable(dir, agent) ? orderFlags(provider) : [])),
    collapsible: inherited ? 'collapsed' : 'expanded',
    children: provider.profiles.map((profile) =>
      profileNode(dir, agent, provider, profile, drawing),
    ),
    hover: { kind: 'provider', id: provider.id, orderSource: provider.orderSource },
  };
}

/** Which order is in force; nothing where none was written down. */
function orderLabel({ orderSource, orderFrom }: ProviderSnapshot): string {
  if (orderSource === 'config') return l10n.t('order for all');
  if (orderSource !== 'store') return '';
  return orderFrom === 'own' ? l10n.t('own order') : l10n.t('order of main');
}

function orderFlags(provider: ProviderSnapshot): readonly string[] {
  const { profiles, orderFrom, orderSource, billing } = provider;
  return [
    profiles.length > 1 ? 'canOrder' : '',
    orderFrom === 'own' || orderSource === 'config' ? 'ordered' : '',
    billing === undefined ? '' : 'billable',
  ];
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
  const paid = paidWords(provider, profile);
  const abilities = profileAbilities(dir, agent, profile, provider.profiles.length, isAdded);
  return {
    id: profileRowId(target),
    target,
    label: profile.name,
    description: joined(' · ', order, paid, words.text, ...extras),
    icon: words.color === undefined ? { id: words.icon } : { id: words.icon, color: words.color },
    spoken: joined(', ', l10n.t('Profile {0}', profile.name), order, paid, words.spoken, ...extras),
    flags: joined(
      ' ',
      'profile',
      profile.origin,
      needsPerson(profile.state) ? 'needsPerson' : '',
      ...abilities,
      stepUp(provider, profile.id) === undefined ? '' : 'notFirst',
      stepDown(provider, profile.id) === undefined ? '' : 'notLast',
      profile.origin === 'own' && agent.store.kind === 'whole' ? 'storeFile' : '',
    ),
    isDimmed: profile.state.kind === 'hidden',
    collapsible: 'none',
    children: [],
    hover: { kind: 'profile', profile, paidAfter: paidAfter(provider, profile) },
  };
}
