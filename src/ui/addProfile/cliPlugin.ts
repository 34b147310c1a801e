import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { l10n, commands as vscodeCommands } from 'vscode';
import type { Clock } from '../../core/clock.ts';
import {
  broughtBetween,
  type OwnEntryChange,
  ownEntryChange,
  storedEntries,
} from '../../core/custody/storedEntries.ts';
import type { StoreChange } from '../../core/custody/vault.ts';
import type { AgentPlace } from '../commands/locate.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import type { Notifications } from '../notifications.ts';
import { runInTerminal } from '../terminal/programTask.ts';

export interface CliPluginParts {
  readonly clock: Clock;
  readonly notifications: Notifications;
  /**
   * Keeps the agent that is used in this workspace out of new terminals until what it returns is called:
   * its variables would go before those of this run.
   */
  readonly holdTerminals: () => Promise<() => void>;
  /** Tells of every commit of ours until what it returns is called. */
  readonly watchCommits: (told: (change: StoreChange) => void) => Promise<() => void>;
  /** A profile came: shows it and tells of it. */
  readonly cameIn: (place: AgentPlace, profileId: string, provider: string) => Promise<void>;
}

const TOLD_BY_MS = 250;

/** How to show the terminal of each sign-in under way, by what is signed in where. */
const underWay = new Map<string, () => unknown>();

/** What a plugin of CoderClaw is to sign in, and by which program. */
export interface CliPluginRequest {
  /** The default agent of its state folder: CoderClaw signs in for no other. */
  readonly place: AgentPlace;
  /** Normalized id; the program asks where there is none. */
  readonly provider?: string;
  /** Absolute path of `coderclaw`. */
  readonly program: string;
}

/**
 * Lets a plugin of CoderClaw sign in: `coderclaw models auth login` (CoderClaw 2026.3.21) in a terminal.
 * It writes the store by itself; what it brought is shown when it ends. Every outcome is told. The same
 * sign-in a second time shows the terminal of the first.
 * @throws {KnownError} `store.*`, `config.*`, `program.notStarted`: nothing was started.
 */
export async function signInByCli(request: CliPluginRequest, parts: CliPluginParts): Promise<void> {
  const { place } = request;
  const { notifications } = parts;
  assertPlaceIsCertain(place);
  const key = JSON.stringify([place.dir.path, request.provider]);
  const running = underWay.get(key);
  if (running !== undefined) {
    running();
    return;
  }
  let show: () => unknown = () => vscodeCommands.executeCommand('workbench.action.terminal.focus');
  underWay.set(key, () => show());
  const started = (showIt: () => void): void => {
    show = showIt;
  };
  const { code, brought } = await broughtByRun(request, parts, started).finally(() =>
    underWay.delete(key),
  );
  if (brought !== undefined) {
    await parts.cameIn(place, brought.profileId, brought.provider);
    return;
  }
  const tryAgain = {
    label: l10n.t('Try Again'),
    run: () =>
      signInByCli(request, parts).catch((error: unknown) =>
        notifications.failed(l10n.t('Signing in by the coderclaw program'), error),
      ),
  };
  const showTerminal = { label: l10n.t('Show Terminal'), run: show };
  notifications.warned(endedWords(code), tryAgain, showTerminal);
}

/** The terminal can be open for minutes, and we renew logins meanwhile: what is ours is left out. */
async function broughtByRun(
  { place: { dir, agent }, provider, program }: CliPluginRequest,
  { clock, watchCommits, holdTerminals }: CliPluginParts,
  started: (show: () => void) => void,
): Promise<{ code: number | undefined; brought: ReturnType<typeof broughtBetween> }> {
  const ours: OwnEntryChange[] = [];
  const unwatch = await watchCommits((change) => {
    const own = ownEntryChange(change);
    if (own !== undefined) ours.push(own);
  });
  let release: (() => void) | undefined;
  try {
    const before = await storedEntries(agent.store.path, clock);
    const agentDir = dirname(agent.store.path);
    release = await holdTerminals();
    const code = await runInTerminal(
      {
        name: l10n.t('CoderClaw sign-in'),
        program,
        args: [
          ...['models', 'auth', 'login'],
          ...(provider === undefined ? [] : ['--provider', provider]),
        ],
        env: {
          CODERCLAW_STATE_DIR: dir.path,
          CODERCLAW_CONFIG_PATH: dir.config.path,
          // Else it takes those of the environment of VS Code, whatever the state folder.
          CODERCLAW_AGENT_DIR: agentDir,
          PI_CODING_AGENT_DIR: agentDir,
        },
        cwd: homedir(),
      },
      (show) => {
        release?.();
        started(show);
      },
    );
    const after = await storedEntries(agent.store.path, clock);
    // What of ours was read just now is told once it is durable.
    await clock.sleep(TOLD_BY_MS);
    const run = { succeeded: code === 0, ours, ...(provider !== undefined && { provider }) };
    return { code, brought: broughtBetween(before, after, run) };
  } finally {
    release?.();
    unwatch();
  }
}

function endedWords(code: number | undefined): string {
  if (code === undefined) {
    return l10n.t('The terminal was closed before the coderclaw program had signed in.');
  }
  return code === 0
    ? l10n.t('The coderclaw program ended, and no profile has come or changed.')
    : l10n.t(
        'The coderclaw program ended with code {0}, and no profile has come. Its terminal says why.',
        code,
      );
}
