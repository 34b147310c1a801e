import { l10n, window } from 'vscode';
import type { AgentWish } from '../../core/custody/agentService.ts';
import type { HostEnvironment } from '../../core/documents/hostEnvironment.ts';
import { shownPath } from '../../core/documents/hostEnvironment.ts';
import { agentName, newAgentId, newWorkspace } from '../../core/documents/newAgent.ts';
import { KnownError } from '../../core/errors.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { askText, type Hint, pickOne, pickSome, type Question } from '../addProfile/quickInputs.ts';
import { askInTurn, type Step } from '../addProfile/steps.ts';
import { type Copyable, copyables, copyChoices } from './copyChoices.ts';
import { faultOf } from './faultOf.ts';

/** What a person wants to have added, and where. */
export interface NewAgent {
  readonly dir: StateDirSnapshot;
  readonly wish: Omit<AgentWish, 'copies'>;
  readonly copies: readonly Copyable[];
}

/** An agent whose folder is there, and which the config is to name again. */
export interface LeftAgent {
  readonly dir: StateDirSnapshot;
  readonly agentId: string;
}

interface Answers {
  /** It is this one; undefined: one that its name makes. */
  readonly agentId?: string;
  readonly dir?: StateDirSnapshot;
  readonly name?: string;
  readonly workspace?: string;
  readonly isEmpty?: boolean;
  readonly copies?: readonly Copyable[];
}

/**
 * Asks what is to be known of a new agent: in which state folder, where there are several; its name, its
 * workspace folder, and what it gets from others. Of one that is there already, only its name and its
 * workspace. Nothing is written.
 * @returns undefined where there is no state folder.
 * @throws {Cancelled} The person closed a question.
 */
export async function askForAgent(
  snapshot: Snapshot,
  host: HostEnvironment,
  left?: LeftAgent,
): Promise<NewAgent | undefined> {
  const named = [nameStep(), workspaceStep(host)];
  const steps = left ? named : [dirStep(snapshot), ...named, startStep(), copiesStep()];
  const answers = await askInTurn<Answers>(steps, left ?? {});
  const { dir, name, agentId: id, workspace, copies = [] } = answers;
  if (dir === undefined || name === undefined) return undefined;
  const wish = {
    name,
    ...(id !== undefined && { id }),
    ...(workspace !== undefined && { workspace }),
  };
  return { dir, copies, wish };
}

function titleOf({ name, agentId }: Answers): string {
  if (agentId !== undefined) return l10n.t('Add {0} to the Config', agentId);
  return name === undefined ? l10n.t('Add Agent') : l10n.t('Add Agent · {0}', name);
}

function dirStep({ stateDirs }: Snapshot): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const [only, ...others] = stateDirs;
    if (only === undefined) return { kind: 'skipped', answers };
    if (others.length === 0) return { kind: 'skipped', answers: { ...answers, dir: only } };
    const picked = await pickOne(
      stateDirs.map((dir) => ({
        kind: 'choice',
        value: dir,
        label: dir.label,
        description: dir.inUse ? l10n.t('in use here') : '',
        icon: 'folder',
      })),
      { title: titleOf(answers), canGoBack, placeholder: l10n.t('In which state folder?') },
    );
    if (picked.kind === 'back') return picked;
    return { kind: 'answered', answers: { ...answers, dir: picked.value } };
  };
}

function nameStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { dir, agentId } = answers;
    if (dir === undefined) return { kind: 'skipped', answers };
    const { name: _, ...unnamed } = answers;
    const question = { title: titleOf(unnamed), canGoBack };
    const typed = await askText(
      agentId === undefined
        ? {
            ...question,
            prompt: l10n.t('A name for the agent. CoderClaw makes its id of it.'),
            placeholder: l10n.t('Work'),
            check: (text) => nameFault(text, dir),
            hint: (text) => (text.trim() === '' ? undefined : nameHint(text, dir)),
          }
        : {
            ...question,
            prompt: nameOnlyPrompt(),
            value: agentId,
            check: (text) => faultOf(() => agentName(text)),
          },
    );
    if (typed.kind === 'back') return typed;
    return { kind: 'answered', answers: { ...answers, name: agentName(typed.value) } };
  };
}

/** Where the id is settled. */
export function nameOnlyPrompt(): string {
  return l10n.t('Its name for people. The id, its folder and its sign-ins stay as they are.');
}

/** Why an agent of this name cannot be added; undefined where it can. */
export function nameFault(text: string, dir: Pick<StateDirSnapshot, 'agents' | 'config'>) {
  return faultOf(() => {
    const agentId = newAgentId(text);
    // One that is only on the disk can come back.
    if (!dir.agents.some(({ id, onDiskOnly }) => id === agentId && !onDiskOnly)) return;
    throw new KnownError('agent.exists', { agentId, path: dir.config.path });
  });
}

function nameHint(text: string, dir: StateDirSnapshot): Hint {
  const fault = nameFault(text, dir);
  if (fault !== undefined) return { text: fault, isFault: true };
  const agentId = newAgentId(text);
  const isThere = dir.agents.some(({ id }) => id === agentId);
  return {
    text: isThere
      ? l10n.t('Id: {0}. Its folder is there already: what it holds is used again.', agentId)
      : l10n.t('Id: {0}', agentId),
  };
}

type WorkspaceChoice = 'default' | 'choose' | 'type';

function workspaceStep(host: HostEnvironment): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { dir, name } = answers;
    if (dir === undefined || name === undefined) return { kind: 'skipped', answers };
    const { workspace: _, ...rest } = answers;
    const agentId = answers.agentId ?? newAgentId(name);
    const usual = newWorkspace(host, dir.path, agentId, undefined);
    const question = { title: titleOf(answers), canGoBack };
    for (;;) {
      const picked = await pickOne<WorkspaceChoice>(
        [
          {
            kind: 'choice',
            value: 'default',
            label: shownPath(usual, host),
            description: l10n.t('the usual place'),
            icon: 'folder',
          },
          {
            kind: 'choice',
            value: 'choose',
            label: l10n.t('Choose Folder…'),
            icon: 'folder-opened',
          },
          { kind: 'choice', value: 'type', label: l10n.t('Type a Path…'), icon: 'edit' },
        ],
        { ...question, placeholder: l10n.t('In which folder does it work?') },
      );
      if (picked.kind === 'back') return picked;
      if (picked.value === 'default') return { kind: 'answered', answers: rest };
      const workspace =
        picked.value === 'choose'
          ? await chosenFolder()
          : await typedFolder(question, (text) => newWorkspace(host, dir.path, agentId, text));
      // It was closed, or left by Back: the list again.
      if (workspace !== undefined) return { kind: 'answered', answers: { ...rest, workspace } };
    }
  };
}

async function chosenFolder(): Promise<string | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      title: l10n.t('The folder that the new agent works in'),
      openLabel: l10n.t('Use This Folder'),
    })) ?? [];
  return folder?.fsPath;
}

async function typedFolder(
  question: Question,
  read: (text: string) => string,
): Promise<string | undefined> {
  const typed = await askText({
    ...question,
    canGoBack: true,
    prompt: l10n.t('The folder that it works in; it is made if it is not there.'),
    placeholder: '~/work',
    check: (text) => {
      if (text.trim() === '') return l10n.t('Type the path of a folder.');
      return faultOf(() => read(text));
    },
  });
  return typed.kind === 'back' ? undefined : read(typed.value);
}

function startStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const all = copyables(answers.dir?.agents ?? []);
    if (!all.some(({ canCopy }) => canCopy)) {
      return { kind: 'skipped', answers: { ...answers, isEmpty: true } };
    }
    const picked = await pickOne<boolean>(
      [
        {
          kind: 'choice',
          value: true,
          label: l10n.t('Empty'),
          description: l10n.t('it sees the profiles of main'),
          icon: 'circle-large-outline',
        },
        {
          kind: 'choice',
          value: false,
          label: l10n.t('Copy Keys and Tokens…'),
          description: l10n.t('of other agents'),
          icon: 'copy',
        },
      ],
      { title: titleOf(answers), canGoBack, placeholder: l10n.t('What does it start with?') },
    );
    if (picked.kind === 'back') return picked;
    return { kind: 'answered', answers: { ...answers, isEmpty: picked.value } };
  };
}

function copiesStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { dir, isEmpty } = answers;
    if (dir === undefined || isEmpty !== false) return { kind: 'skipped', answers };
    const picked = await pickSome(copyChoices(copyables(dir.agents)), {
      title: titleOf(answers),
      canGoBack,
      placeholder: l10n.t('Which keys and tokens is it to have a copy of?'),
      isFixed: ({ canCopy }) => !canCopy,
    });
    if (picked.kind === 'back') return picked;
    return { kind: 'answered', answers: { ...answers, copies: picked.value } };
  };
}
