import { statusBarCommand } from './contributions.ts';

/**
 * Every command, once. Apart from the other ids, as an activation needs none of them by name: it
 * registers what the manifest declares, and what a command does is loaded when one is run.
 */
export const commands = {
  switcherShow: statusBarCommand,
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
  warningsShowAgain: 'coderclawAuth.warnings.showAgain',
  diagnosticsCopy: 'coderclawAuth.diagnostics.copy',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];
