/**
 * Every id that the manifest and the code share, once: those of commands in `commandIds.ts`, the others
 * here and in `findingIds.ts`. `test/host/contributions.test.ts` holds `package.json` and what is registered against both, both
 * ways.
 */
export const extensionId = 'coderclaw.coderclaw-auth';

/** Commands that VS Code itself makes for our views: used by us, registered by it. */
export const viewCommands = {
  profilesFocus: 'coderclawAuth.profiles.focus',
} as const;

export const views = {
  profiles: 'coderclawAuth.profiles',
  findings: 'coderclawAuth.findings',
} as const;

/** What VS Code calls rows of the view while they are dragged: fixed by the id of the view. */
export const profilesMime = 'application/vnd.code.tree.coderclawauth.profiles';

export const viewContainer = 'coderclawAuth';

/** The walkthrough, within our extension. */
export const walkthrough = 'getStarted';

export const statusBarItem = 'coderclawAuth.agent';

/** What a click on it runs. */
export const statusBarCommand = 'coderclawAuth.switcher.show';

export const settings = {
  /** More state folders to show; machine-scoped, so that no workspace can point us elsewhere. */
  stateFolders: 'coderclawAuth.stateFolders',
  /** Where the `coderclaw` program lies, if not on PATH; machine-scoped too. */
  cliPath: 'coderclawAuth.cliPath',
  /** When sign-ins are renewed: `KeepFresh`. */
  keepFresh: 'coderclawAuth.keepFresh',
  /** Id of the agent that is used here; the only one that a workspace may say, and only once agreed to. */
  agent: 'coderclawAuth.agent',
  /** Whether providers are asked how much of a login's limits is used up. */
  showUsage: 'coderclawAuth.showUsage',
  /** How many profiles need a person, on the view's icon. */
  warningsBadge: 'coderclawAuth.warnings.badge',
  warningsStatusBarColor: 'coderclawAuth.warnings.statusBarColor',
  /** Those that nobody asked for. */
  warningsNotifications: 'coderclawAuth.warnings.notifications',
  /** On every surface of ours. */
  maskEmails: 'coderclawAuth.maskEmails',
} as const;

/** What the Profiles view has to show; drives `viewsWelcome` and menus. */
export const viewStateKey = 'coderclawAuth.viewState';

export const viewStates = ['loading', 'noCoderClaw', 'noProfile', 'unreadable', 'tree'] as const;
export type ViewState = (typeof viewStates)[number];

/** What the disk says of how far a person has come: words of `SetUp`. Completes steps of the walkthrough. */
export const setUpKey = 'coderclawAuth.setUp';
