/**
 * Every failure that this extension knows, as one closed union of codes with the facts of each.
 *
 * `message` is English, for the log. What a person reads is made from `code` and `facts` in
 * `ui/words/errors.ts`, which must have a sentence for every code. Facts never hold a secret.
 */
export interface ErrorFacts {
  // ---- locks and commits (core/disk, core/custody)
  /** Somebody else holds the lock and went on holding it. */
  'lock.busy': { readonly path: string; readonly waitedMs: number; readonly holder?: LockHolder };
  /** The lock was taken from us, again and again, before the commit. Nothing was written. */
  'lock.lost': { readonly path: string };
  /** The file kept changing between our read and our rename. Nothing was written. */
  'disk.contended': { readonly path: string };
  'disk.full': { readonly path: string };
  /** No permission to write, or a read-only file system. */
  'disk.readOnly': { readonly path: string };
  /** Any other failing system call. */
  'disk.failed': { readonly path: string; readonly syscall: string; readonly errno: string };

  // ---- documents
  /** The store is there, but we may not or cannot read it. */
  'store.unreadable': { readonly path: string; readonly errno: string };
  /** The store is there, but is not one whole JSON document of the expected shape. */
  'store.torn': { readonly path: string; readonly detail: string };
  /** Written by a CLI of another format: shown, never written. */
  'store.unknownVersion': { readonly path: string; readonly version: string };
  /** A key stands twice in one object: writing would silently drop one of the two. */
  'store.duplicateKey': { readonly path: string; readonly key: string };
  /** There is no store yet, but an older file that the CLI would import: a new store would hide it. */
  'store.legacyPending': { readonly path: string; readonly legacyPath: string };
  /** An older file that waits for its import is there, but is not understood. */
  'legacy.unreadable': { readonly path: string; readonly detail: string };
  /** The list of an agent's sessions is there, but we may not or cannot read it. */
  'sessions.unreadable': { readonly path: string; readonly errno: string };
  /** The list of sessions is not one whole JSON document. */
  'sessions.invalid': { readonly path: string; readonly detail: string };
  /** The session is not in the list any more. */
  'session.gone': { readonly path: string; readonly sessionKey: string };
  'config.unreadable': { readonly path: string; readonly errno: string };
  /** Not JSON5, or a part of it has the wrong shape. `line` and `column` count from 1. */
  'config.invalid': {
    readonly path: string;
    readonly detail: string;
    readonly line?: number;
    readonly column?: number;
  };
  /** The part to change does not stand in this file as plain data (`$include`, `${ENV}`). */
  'config.notEditable': { readonly path: string; readonly key: string };
  /** The id is CoderClaw's own. */
  'agent.reserved': { readonly agentId: string };
  'agent.exists': { readonly agentId: string; readonly path: string };
  /** Not in the config (any more). */
  'agent.gone': { readonly agentId: string; readonly path: string };
  /** `main` stands for what no other agent takes, whether the config lists it or not. */
  'agent.notRemovable': { readonly agentId: string };
  'agent.badName': { readonly why: BadAgentName };
  'agent.badFolder': { readonly path: string; readonly why: BadAgentFolder };
  /** Another agent has exactly these chats. */
  'binding.taken': { readonly path: string; readonly agentId: string };
  /** It is not in the config any more, or not as it was. */
  'binding.gone': { readonly path: string };
  'binding.bad': { readonly field: BindingField; readonly why: 'empty' | 'reference' | 'unknown' };
  'profile.gone': { readonly profileId: string; readonly storePath: string };
  /** Something else stands under this id than when it was decided to replace it. */
  'profile.changed': { readonly profileId: string; readonly storePath: string };
  /** Without the paid API keys, nothing would be left in the order. */
  'order.onlyKeys': { readonly provider: string; readonly storePath: string };

  /** A login is not copied: whichever copy is refreshed first makes the other worthless. */
  'profile.notCopyable': { readonly profileId: string; readonly storePath: string };
  /** Another credential stands under this id where it was to be copied to. */
  'profile.taken': { readonly profileId: string; readonly storePath: string };
  /** A folder was not moved to the trash, and is where it was. `errno` where the system gave one. */
  'trash.unavailable': {
    readonly path: string;
    readonly why: TrashObstacle;
    readonly errno?: string;
  };

  // ---- refreshing (core/custody/refresher)
  /** Nobody here knows how this provider renews a login, or there is nothing to renew it with. */
  'refresh.unsupported': { readonly profileId: string; readonly provider: string };
  /** The provider answered with the tokens of somebody else; they were stored nowhere. */
  'refresh.otherIdentity': { readonly profileId: string; readonly provider: string };

  // ---- signing in (core/signin)
  /** The provider sent the person back with an error (RFC 6749 4.1.2.1), in its own words. */
  'signin.refused': {
    readonly provider: string;
    readonly error: string;
    readonly description?: string;
  };
  /** The code that a person was to enter has expired (RFC 8628 3.5). */
  'signin.codeExpired': { readonly provider: string };
  /** The provider does not offer to sign in by a code, at least not here. */
  'signin.notOffered': { readonly provider: string; readonly host: string };
  /** There is no client id to sign in with: it comes from elsewhere on this machine. */
  'signin.noClient': { readonly provider: string; readonly missing: MissingClient };
  /** The account needs a project of the person's own, and none is named in the environment. */
  'signin.needsProject': { readonly provider: string };
  /** The whole sign-in took too long. */
  'signin.timeout': { readonly provider: string; readonly minutes: number };
  /** What was pasted does not lead on. The sign-in goes on waiting. */
  'signin.badPaste': { readonly why: BadPaste };
  /**
   * The provider could not be reached, or the answer broke off. `errno` where the system gave one;
   * `unsent` where it is certain that the request never left.
   */
  'signin.network': {
    readonly host: string;
    readonly timedOut: boolean;
    readonly errno?: string;
    readonly unsent?: true;
  };
  /** The token endpoint refused (RFC 6749 5.2) or answered with another status. */
  'signin.tokenRefused': {
    readonly host: string;
    readonly status: number;
    readonly error?: string;
    readonly description?: string;
  };
  /** The token endpoint answered with something that is not a token response. */
  'signin.badAnswer': { readonly host: string; readonly what: string };
  /** It could not be stored, but the tokens are safe in our journal; `why` it could not. */
  'signin.kept': { readonly profileId: string; readonly why: KnownError };
  /** An endpoint that is neither https nor on loopback, or is not a URL. */
  'signin.badEndpoint': { readonly what: string };

  // ---- providers of other extensions (core/signin/plugin)
  /** It gave up, for a reason in its own words: cleaned, and without the secrets that are known. */
  'plugin.failed': {
    readonly provider: string;
    readonly label: string;
    readonly description?: string;
  };
  /** It wanted an address opened that is neither https nor on this machine. */
  'plugin.badLink': { readonly provider: string; readonly label: string };
  /** What it answered cannot be stored. */
  'plugin.badCredentials': {
    readonly provider: string;
    readonly label: string;
    readonly field: string;
    readonly why: BadCredentials;
  };

  // ---- keys and tokens that people paste (core/signin/secrets)
  /** What was pasted is not one whole key or token. */
  'secret.bad': { readonly why: BadSecret };
  'secret.badDuration': { readonly why: BadDuration };
  /** A value that the provider needs beside the key is missing, or is more than one plain word. */
  'secret.badField': { readonly field: 'accountId' | 'gatewayId' };
  /** What was typed cannot be a provider's id. It may have been a secret, so it is not in here. */
  'secret.badProvider': { readonly why: 'empty' | 'notAnId' };

  // ---- programs in a terminal (ui/terminal)
  /** What the setting for the `coderclaw` program names, as it was written. */
  'cli.notAProgram': { readonly path: string };
  /** VS Code opened no terminal for it, or not in time. `name`: of the terminal. */
  'program.notStarted': { readonly name: string };
}

export type BadAgentName =
  | 'empty'
  /** No letter or digit in it that an id can have. */
  | 'noId'
  /** CoderClaw would put a variable of its environment in its place. */
  | 'reference';

export type BadAgentFolder =
  | 'relative'
  | 'reference'
  /** It is another agent's: CoderClaw refuses a config in which two have one. */
  | 'taken';

export type BindingField =
  | 'channel'
  | 'accountId'
  | 'peerKind'
  | 'peerId'
  | 'guildId'
  | 'teamId'
  | 'roles';

/** Why there is no trash for a folder. */
export type TrashObstacle =
  /** We know of none on this system. */
  | 'platform'
  /** The trash is on another device, so moving would be copying. */
  | 'otherDevice'
  /** The trash, or the folder's own place, may not be written to. */
  | 'refused';

export interface LockHolder {
  readonly pid?: number;
  /** ISO time, as the lock file says. */
  readonly createdAt?: string;
  /** The program, where the lock file says (ours do). */
  readonly app?: string;
}

/** Where a client id was looked for in vain. */
export type MissingClient =
  /** The environment and an installed Gemini CLI. */
  | 'geminiCli'
  /** CHUTES_CLIENT_ID. */
  | 'chutes';

/** Why a pasted text does not lead on. */
export type BadPaste =
  | 'empty'
  /** Neither an address nor `code#state`. */
  | 'notAnAddress'
  /** An address, but not the one that this sign-in ends on. */
  | 'otherAddress'
  /** The address of another attempt: its `state` is not ours. */
  | 'otherAttempt'
  /** No `code` in it. */
  | 'noCode'
  /** Only a code: goes on after a confirmation. */
  | 'bareCode';

/** Why a field of the credentials that a provider answered with cannot be stored. */
export type BadCredentials =
  /** Not there, empty, or not of its type. */
  | 'malformed'
  /** A number, but plainly not of milliseconds since the epoch. */
  | 'notMilliseconds'
  /** Cannot be written as JSON, or is nested too deep. */
  | 'notJson'
  | 'tooLarge';

/** Why a pasted text cannot be stored as a secret. */
export type BadSecret =
  | 'empty'
  | 'tooLong'
  /** More than one key or token, or more than one `X=…`. */
  | 'several'
  /** The address of a page. */
  | 'address'
  /** With dots or asterisks in place of a part of it. */
  | 'masked'
  /** The name of a variable (`$X`), not its value. */
  | 'reference'
  /** Spaces, quotes or letters in it that no key has: words, or something cut off. */
  | 'characters'
  /** Asked for a setup-token, this is none. */
  | 'notSetupToken'
  | 'shortSetupToken';

export type BadDuration = 'notADuration' | 'overAtOnce' | 'tooLong';

export type ErrorCode = keyof ErrorFacts;

/** A failure with a stable code. Log `message` and `code`; show the words made from `facts`. */
export class KnownError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'KnownError';
  readonly code: C;
  readonly facts: ErrorFacts[C];

  constructor(code: C, facts: ErrorFacts[C], options?: { readonly cause?: unknown }) {
    super(`${code} ${JSON.stringify(facts)}`, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Narrows an unknown failure to one with the given code. */
export function isKnown<C extends ErrorCode>(error: unknown, code: C): error is KnownError<C> {
  return error instanceof KnownError && error.code === code;
}
