/**
 * Every id that the manifest and the code share, once. `test/host/contributions.test.ts` holds
 * `package.json` and what is registered against this file, both ways.
 */
export const extensionId = 'coderclaw.coderclaw-auth';

export const commands = {
  switcherShow: 'coderclawAuth.switcher.show',
  profileAdd: 'coderclawAuth.profile.add',
  profileSignIn: 'coderclawAuth.profile.signIn',
  profileSignInAgain: 'coderclawAuth.profile.signInAgain',
  profileReplace: 'coderclawAuth.profile.replace',
  profileSignOut: 'coderclawAuth.profile.signOut',
  profileUseFirst: 'coderclawAuth.profile.useFirst',
  profileUseFirstForAll: 'coderclawAuth.profile.useFirstForAll',
  profileMoveUp: 'coderclawAuth.profile.moveUp',
  profileMoveDown: 'coderclawAuth.profile.moveDown',
  profileShow: 'coderclawAuth.profile.show',
  profileResume: 'coderclawAuth.profile.resume',
  orderReset: 'coderclawAuth.order.reset',
  orderForAll: 'coderclawAuth.order.forAll',
  orderLeaveKeysOut: 'coderclawAuth.order.leaveKeysOut',
  profileRefreshNow: 'coderclawAuth.profile.refreshNow',
  agentRefreshNow: 'coderclawAuth.agent.refreshNow',
  agentAdd: 'coderclawAuth.agent.add',
  agentRename: 'coderclawAuth.agent.rename',
  agentMakeDefault: 'coderclawAuth.agent.makeDefault',
  agentRemove: 'coderclawAuth.agent.remove',
  agentRevealFolder: 'coderclawAuth.agent.revealFolder',
  chatsAdd: 'coderclawAuth.chats.add',
  chatsRemove: 'coderclawAuth.chats.remove',
  profileCopyId: 'coderclawAuth.profile.copyId',
  profileCopyModelCommand: 'coderclawAuth.profile.copyModelCommand',
  sessionPin: 'coderclawAuth.session.pin',
  sessionUnpin: 'coderclawAuth.session.unpin',
  sessionClearStale: 'coderclawAuth.session.clearStale',
  profileExplain: 'coderclawAuth.profile.explain',
  profileShowAuditTrail: 'coderclawAuth.profile.showAuditTrail',
  statusShow: 'coderclawAuth.status.show',
  statusCopyJson: 'coderclawAuth.status.copyJson',
  profilesCopyJson: 'coderclawAuth.profiles.copyJson',
  storeOpen: 'coderclawAuth.store.open',
  configOpen: 'coderclawAuth.config.open',
  legacyImport: 'coderclawAuth.legacy.import',
  stateFolderChoose: 'coderclawAuth.stateFolder.choose',
  workspaceChooseAgent: 'coderclawAuth.workspace.chooseAgent',
  viewRefresh: 'coderclawAuth.view.refresh',
  logShow: 'coderclawAuth.log.show',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands that VS Code itself makes for our views: used by us, registered by it. */
export const viewCommands = {
  profilesFocus: 'coderclawAuth.profiles.focus',
} as const;

export const views = {
  profiles: 'coderclawAuth.profiles',
} as const;

/** What VS Code calls rows of the view while they are dragged: fixed by the id of the view. */
export const profilesMime = 'application/vnd.code.tree.coderclawauth.profiles';

export const viewContainer = 'coderclawAuth';

/** The walkthrough, within our extension. */
export const walkthrough = 'getStarted';

export const statusBarItem = 'coderclawAuth.agent';

export const settings = {
  /** More state folders to show; machine-scoped, so that no workspace can point us elsewhere. */
  stateFolders: 'coderclawAuth.stateFolders',
  /** Where the `coderclaw` program lies, if not on PATH; machine-scoped too. */
  cliPath: 'coderclawAuth.cliPath',
  /** When sign-ins are renewed: `KeepFresh`. */
  keepFresh: 'coderclawAuth.keepFresh',
  /** Id of the agent that is used here; the only one that a workspace may say, and only once agreed to. */
  agent: 'coderclawAuth.agent',
} as const;

/** What the Profiles view has to show; drives `viewsWelcome` and menus. */
export const viewStateKey = 'coderclawAuth.viewState';

export const viewStates = ['loading', 'noCoderClaw', 'noProfile', 'unreadable', 'tree'] as const;
export type ViewState = (typeof viewStates)[number];
