import { type Disposable, type ExtensionContext, window, workspace } from 'vscode';
import { settings } from '../../contributions.ts';
import type { Log } from '../log.ts';
import { messageText } from '../words/plainText.ts';
import type { AgentSetting } from './wishes.ts';
import { WorkspaceAgent } from './workspaceAgent.ts';

/**
 * The agent of this window, by its settings; loads where one is set, or chosen.
 * @param own takes over what has to be disposed of.
 */
export function workspaceAgentHere(
  context: ExtensionContext,
  parts: {
    readonly log: Log;
    readonly redraw: () => void;
    readonly own: (...disposables: Disposable[]) => void;
  },
): WorkspaceAgent {
  const variables = context.environmentVariableCollection;
  // Else it would stay in terminals while this extension does not run, and be out of date.
  variables.persistent = false;
  const made = new WorkspaceAgent({
    setting: agentSetting,
    isFolder: () => workspace.workspaceFile === undefined,
    memory: context.workspaceState,
    variables: {
      set description(text: string) {
        variables.description = text;
      },
      replace: (name, value) => variables.replace(name, value),
      clear: () => variables.clear(),
    },
    isFocused: () => window.state.focused,
    ask: (text, ...labels) => window.showInformationMessage(messageText(text), ...labels),
    redraw: parts.redraw,
    log: parts.log.info,
    failed: parts.log.failure,
  });
  parts.own(
    made,
    window.onDidChangeWindowState(({ focused }) => focused && made.wake()),
    workspace.onDidGrantWorkspaceTrust(() => made.changed()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.agent)) made.changed();
    }),
  );
  return made;
}

/** A window has one agent: what a folder of several says by itself is not looked at. */
export function agentSetting(): AgentSetting {
  const { globalValue, workspaceValue } =
    workspace.getConfiguration().inspect<unknown>(settings.agent) ?? {};
  return { user: globalValue, workspace: workspace.isTrusted ? workspaceValue : undefined };
}
