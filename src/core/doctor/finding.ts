import type { ConfigFlaw } from '../documents/configFlaws.ts';
import type { BrokenReason, DeathReason } from '../model/profileState.ts';
import type { PinnedSession } from '../model/snapshot.ts';

/**
 * Everything that the doctor can find, as one closed union of codes with the facts of each. What a person
 * reads is made of them in `ui/words/findings.ts`. Facts never hold a secret: a login is named by its
 * fingerprint (`loginFingerprint`), which is evidence and gives nothing away.
 */
export interface FindingFacts {
  // ---- stores
  'store.unreadable': { readonly errno: string };
  'store.torn': { readonly detail: string };
  'store.unknownVersion': { readonly version: string };
  /** Whole, but writing it again would lose a part of it, so nothing is written. */
  'store.unwritable': { readonly why: string };
  /** The config names its folder by a variable that is not set here. */
  'store.unplaced': { readonly variable: string };
  /** No store yet, and older files that wait for their import. Absolute paths. */
  'legacy.pending': { readonly legacyPaths: readonly string[] };

  // ---- files
  /** Others than the owner may do something with it. Modes are permission bits, e.g. 0o644. */
  'file.loose': {
    readonly isFolder: boolean;
    readonly mode: number;
    readonly wanted: number;
    readonly others: 'read' | 'write';
  };
  /** It belongs to another user of this machine (`uid`) than the one who runs this. */
  'file.wrongOwner': { readonly isFolder: boolean; readonly uid: number; readonly ourUid: number };
  /** A folder, link or pipe stands where a lock would: nobody can write `target`. */
  'lock.foreign': { readonly target: string };
  /**
   * A lock of `target` that was left behind. `ownerDead`: certainly, as the process is gone. `old`: it has
   * not moved for longer than a living holder leaves it; its process may run or not.
   */
  'lock.stale': {
    readonly target: string;
    readonly verdict: 'ownerDead' | 'old';
    readonly ageMs: number;
    readonly pid?: number;
    readonly program?: string;
  };

  // ---- orders and sessions
  /** Entries of an order (`key`: the provider as written) that name nothing that is stored for it. */
  'order.ghosts': {
    readonly writtenIn: 'store' | 'config';
    readonly key: string;
    readonly ids: readonly string[];
  };
  /** Pins of sessions in the list at `where.path` that count for nothing. */
  'sessions.stalePins': { readonly pins: readonly PinnedSession[] };

  // ---- the config
  'config.unreadable': { readonly errno: string };
  /** Not JSON5, or an include does not come together. `line` and `column` count from 1. */
  'config.invalid': { readonly detail: string; readonly line?: number; readonly column?: number };
  /** CoderClaw refuses the whole file for these. */
  'config.refused': { readonly flaws: readonly ConfigFlaw[] };
  /** Stored, but the config does not name it, so nothing uses it. `agents`: by whom it is seen so. */
  'profile.hidden': {
    readonly provider: string;
    readonly why: 'notInOrder' | 'notInConfig';
    readonly agents: readonly string[];
  };
  /** The config says something else of it than what is stored, so nothing uses it. */
  'profile.configDisagrees': {
    readonly provider: string;
    readonly stored: { readonly provider: string; readonly mode: string };
    readonly config: { readonly provider: string; readonly mode: string };
    readonly agents: readonly string[];
  };

  // ---- ends. Times are milliseconds since the epoch.
  /** `isExpected`: the token does not say it itself. */
  'profile.ending': { readonly provider: string; readonly at: number; readonly isExpected?: true };
  'profile.expired': { readonly provider: string; readonly since: number };
  /** `end`: of the access token, as stored; absent where it has none. */
  'profile.dead': {
    readonly provider: string;
    readonly why?: DeathReason;
    readonly end?: number;
  };
  'profile.broken': { readonly provider: string; readonly why: BrokenReason };
  /** `expires`: as stored; `meant`: the same in milliseconds. */
  'expiry.inSeconds': {
    readonly provider: string;
    readonly expires: number;
    readonly meant: number;
  };

  // ---- logins that stand in several places: whichever is renewed first ends the others
  /** In several profiles of one state folder. `heirs`: those that could inherit it from main instead. */
  'login.twins': {
    readonly provider: string;
    readonly fingerprint: string;
    readonly holders: readonly LoginHolder[];
    readonly heirs: readonly LoginHolder[];
  };
  /** In several state folders, of which none inherits from another. */
  'login.severalStateDirs': {
    readonly provider: string;
    readonly fingerprint: string;
    readonly holders: readonly LoginHolder[];
  };
  /** Also in the file of another program (`where.path`), which renews it by itself. */
  'login.otherProgram': {
    readonly program: OtherProgram;
    readonly provider: string;
    readonly fingerprint: string;
    readonly holders: readonly LoginHolder[];
  };

  // ---- what is around it
  /** This machine's clock, by a server that answered. Milliseconds; negative: it is behind. */
  'clock.off': { readonly host: string; readonly aheadMs: number };
  /** Beside the store lies a database (`where.path`) in which a CoderClaw of another format keeps logins. */
  'cli.database': { readonly storePath: string };
  /** The program on this machine (package at `where.path`) is of another month than what is `known` here. */
  'cli.otherRelease': { readonly version: string; readonly known: string };

  // ---- where it lies
  /** A program copies the folder to other machines, logins and locks included. */
  'folder.synced': { readonly service: SyncService };
  /** On a file system that other machines or containers may use too. */
  'folder.shared': { readonly fileSystem: string };

  // ---- signing in
  /** A sign-in of `provider` in the browser has to end on this port of this machine, and cannot now. */
  'port.held': {
    readonly provider: string;
    readonly port: number;
    /** Others on which it can end too. */
    readonly otherPorts: readonly number[];
    readonly pid?: number;
    readonly program?: string;
  };
}

/** A profile that holds a login. Absolute paths. */
export interface LoginHolder {
  readonly stateDir: string;
  readonly stateDirLabel: string;
  readonly agentId: string;
  readonly storePath: string;
  readonly profileId: string;
}

export type OtherProgram = 'codex' | 'claude' | 'qwen' | 'minimax' | 'pi';
export type SyncService = 'dropbox' | 'oneDrive' | 'iCloud' | 'googleDrive';

export type FindingCode = keyof FindingFacts;

/**
 * `error`: something does not work, or secrets lie open. `warning`: it will not, or is not what the person
 * means. `info`: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'info';

/** What a finding is about. Absolute paths; absent parts: about more than one, or none. */
export interface FindingPlace {
  readonly stateDir?: string;
  /** Short, for people. */
  readonly stateDirLabel?: string;
  readonly agentId?: string;
  readonly profileId?: string;
  /** The file or folder that shows it. */
  readonly path?: string;
}

export interface FindingOf<C extends FindingCode> {
  readonly code: C;
  readonly severity: Severity;
  readonly where: FindingPlace;
  readonly facts: FindingFacts[C];
  /** `Repairs` knows what to do about it. */
  readonly isRepairable: boolean;
}

export type Finding = { [C in FindingCode]: FindingOf<C> }[FindingCode];

/** A finding that nothing here can mend, unless `isRepairable`. */
export function finding<C extends FindingCode>(
  code: C,
  severity: Severity,
  where: FindingPlace,
  facts: FindingFacts[C],
  isRepairable = false,
): FindingOf<C> {
  return { code, severity, where, facts, isRepairable };
}

/** What tells a credential from the one that replaces it in the same profile: another one, another finding. */
const ENDS = ['at', 'since', 'end'] as const;

/**
 * Names what was found: the same at the next look, however the facts around it have moved on. No secret in
 * it; made for being compared, not shown.
 */
export function findingKey({ code, where, facts }: Finding): string {
  const { stateDir, agentId, profileId, path } = where;
  const more = ['fingerprint', 'key', 'port', 'service', 'version', ...ENDS]
    .filter((name) => name in facts)
    .map((name) => String((facts as Readonly<Record<string, unknown>>)[name]));
  return JSON.stringify([code, stateDir, agentId, profileId, path, ...more]);
}
