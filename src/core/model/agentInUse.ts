import type { AgentSnapshot, Snapshot, StateDirSnapshot } from './snapshot.ts';

/** Who asks for an agent: the person, by their own settings, or the settings of the workspace. */
export type AskedBy = 'user' | 'workspace';

/** What a person said to a workspace that asks for an agent. */
export type Answer = 'use' | 'not';

/** Which agent the settings of a window ask for. */
export interface AgentWishes {
  /** By the person's own settings, which need no question. */
  readonly user?: string;
  /** By those of the workspace, where it is trusted. An empty `id` asks for the default agent. */
  readonly workspace?: { readonly id: string; readonly answer?: Answer };
  /** Whose setting is no id of an agent, and so no wish. */
  readonly faulty: readonly AskedBy[];
}

/** Which agent a window uses, and what is to be said of that. */
export type AgentInUse = AgentUse & {
  /** What the workspace asks for and is not used: by an agent that there is, or refused by the person. */
  readonly asked?: {
    readonly id: string;
    /** There, and the person has not answered yet. */
    readonly isOpen: boolean;
  };
  readonly faulty: readonly AskedBy[];
};

type AgentUse =
  /** None is asked for. `agent` is the default one; absent where no CoderClaw was found. */
  | { readonly kind: 'default'; readonly agent?: AgentSnapshot }
  | { readonly kind: 'pinned'; readonly agent: AgentSnapshot; readonly askedBy: AskedBy }
  /** None of this `id` is there, so that `agent`, the default one, is used. */
  | {
      readonly kind: 'missing';
      readonly id: string;
      readonly askedBy: AskedBy;
      /** The person has asked for it, or agreed to it. */
      readonly isAgreed: boolean;
      /** False where the config cannot be read: it may be there all the same. */
      readonly isCertain: boolean;
      readonly agent?: AgentSnapshot;
    };

/**
 * Pure. Agents are those of the state folder in use. What a workspace asks for is used once the person
 * has agreed; until then, and where they refused, it is as if it had not asked, but that an agent which
 * is not there is told of where nothing else is asked for.
 */
export function agentInUse(snapshot: Snapshot, wishes: AgentWishes): AgentInUse {
  const [dir] = snapshot.stateDirs;
  const { user, workspace, faulty } = wishes;
  if (workspace?.answer === 'use') return { ...use(dir, workspace.id, 'workspace', true), faulty };
  const own = use(dir, user, 'user', true);
  if (!workspace?.id) return { ...own, faulty };
  const { id, answer } = workspace;
  if (answer === 'not') return { ...own, asked: { id, isOpen: false }, faulty };
  const theirs = use(dir, id, 'workspace', false);
  if (theirs.kind === 'missing' && own.kind === 'default') return { ...theirs, faulty };
  return { ...own, asked: { id, isOpen: theirs.kind === 'pinned' }, faulty };
}

/** @param id empty or absent: the default agent. */
function use(
  dir: StateDirSnapshot | undefined,
  id: string | undefined,
  askedBy: AskedBy,
  isAgreed: boolean,
): AgentUse {
  const [first] = dir?.agents ?? [];
  const fallback = first === undefined ? {} : { agent: first };
  // Without CoderClaw there is nothing to warn of: the views say that as a whole.
  if (!id || dir === undefined) return { kind: 'default', ...fallback };
  const agent = dir.agents.find((one) => one.id === id);
  if (agent) return { kind: 'pinned', agent, askedBy };
  const isCertain = dir.config.kind === 'whole' || dir.config.kind === 'absent';
  return { kind: 'missing', id, askedBy, isAgreed, isCertain, ...fallback };
}
