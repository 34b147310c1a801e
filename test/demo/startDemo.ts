import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAuthServer } from '../support/authServer.ts';
import { startVsCode } from '../support/host/vscodeServer.ts';
import { demoLogins } from './demoLogins.ts';
import { writeDemoState } from './demoState.ts';

export interface DemoOptions {
  readonly vsix: string;
  /** A real state folder: it is used as it is, with the real providers. */
  readonly stateDir?: string;
  /** Of VS Code; any free one if absent. */
  readonly port?: number;
}

export interface Demo {
  /** Where VS Code is. */
  readonly address: string;
  readonly stateDir: string;
  /** Ends every process and deletes every temporary folder; a real state folder stays. */
  stop(): Promise<void>;
}

/**
 * A VS Code with the packed extension in it: over a made-up state folder and an authorization server
 * on this machine, or over a real state folder.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  return options.stateDir === undefined
    ? startMadeUp(options)
    : startReal(options, resolve(options.stateDir));
}

async function startMadeUp({ vsix, port }: DemoOptions): Promise<Demo> {
  const root = await mkdtemp(join(tmpdir(), 'coderclaw-demo-'));
  const authServer = await startAuthServer({ accessTokenLifetime: 5 * 3600 + 600 });
  const undo = async () => {
    await authServer.close();
    await rm(root, { recursive: true, force: true });
  };
  try {
    const stateDir = join(root, 'state');
    const folder = join(root, 'project');
    const guide = join(folder, 'Try this.md');
    const now = Date.now();
    const people = ['ann@example.com', 'ann@work.example', 'bob@example.com'];
    await writeDemoState(stateDir, now, await demoLogins(authServer, people, now));
    await mkdir(folder);
    await writeFile(guide, thingsToTry(stateDir));
    const vscode = await startVsCode({
      folder,
      extension: { vsix },
      env: { ...authServer.environment, CODERCLAW_STATE_DIR: stateDir },
      ...(port === undefined ? {} : { port }),
    });
    return {
      address: vscode.windowAddress({ openFile: guide }),
      stateDir,
      stop: async () => {
        await vscode.stop();
        await undo();
      },
    };
  } catch (cause) {
    await undo();
    throw cause;
  }
}

async function startReal({ vsix, port }: DemoOptions, stateDir: string): Promise<Demo> {
  const vscode = await startVsCode({
    extension: { vsix },
    env: { HOME: homedir(), CODERCLAW_STATE_DIR: stateDir },
    ...(port === undefined ? {} : { port }),
  });
  return { address: vscode.windowAddress(), stateDir, stop: () => vscode.stop() };
}

function thingsToTry(stateDir: string): string {
  return `# CoderClaw Auth: things to try

Everything here is made up and is deleted when you stop it. The state folder is \`${stateDir}\`.

1. Click **CoderClaw** in the activity bar: five agents, and a profile in every state of health.
2. Run **CoderClaw: Sign In to ChatGPT…** from the command palette (F1). The page that opens is not
   ChatGPT's: it is a stand-in on this machine, and any password will do. Sign in as
   \`cleo@example.com\`, and see her profile come back.
3. Look at the status bar, bottom left: the agent in use, and what it needs. Click it, and pick the
   profile that is to be used first.
4. Drag a profile of Anthropic to another place. The row of Anthropic says that the agent has an order
   of its own now; **Reset Order** in its menu takes it away. The shield leaves the paid key out.
5. **End Pause** on the row of \`cleo@example.com\`, **Unhide** on \`old-laptop\`.
6. Run **Why This One?** on a profile, a provider or a session.
7. Open **Sessions** of main: one is pinned, two have a stale pin. Clear these, pin another.
8. Open **Chats** of work, and hand it more of them. Run **CoderClaw: Add Agent…**.
9. Run **CoderClaw: Use an Agent in This Workspace…**, pick \`work\`, and open a terminal:
   \`echo $CODERCLAW_AGENT_DIR\`.
10. Change a file of the state folder in a terminal, and watch the tree follow.
`;
}
