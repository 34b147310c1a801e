import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import type { StoreAction, StorePart } from '../documents/storeIntents.ts';
import { FINGERPRINT_DIGITS, tokenHash } from './loginFingerprint.ts';
import { isBlank } from './order.ts';

/** Who changed something: a process of this extension, or another program as far as it was seen. */
export type AuditActor =
  | { readonly kind: 'us'; readonly pid: number; readonly app: string }
  | { readonly kind: 'other'; readonly pid?: number; readonly program?: string };

/**
 * What happened. The last three, and `refreshed` by others, are what was seen of other programs;
 * `changed` is also a change of ours that says no more about itself.
 */
export type AuditAction = StoreAction | 'changed' | 'appeared' | 'disappeared';

/** One line of the audit trail: who changed which credential, and when. Holds no secret. */
export interface AuditEntry {
  /** Milliseconds since the epoch: when it was committed, or seen. */
  readonly at: number;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly agentId: string;
  /** Absolute path. */
  readonly storePath: string;
  /** Of an order: the provider it is for, as it stands in the store. */
  readonly provider?: string;
  readonly profileId?: string;
  /** Fingerprint ({@link fingerprintOf}) before; absent where there was nothing. */
  readonly from?: string;
  /** ... and after; absent where nothing is left. */
  readonly to?: string;
  /** `to` had been replaced before: an older generation came back. */
  readonly older?: true;
  /** It happened at some time after this (milliseconds since the epoch), while nobody watched. */
  readonly since?: number;
}

/** The secret that stands for a credential, by its `type`; the first that is there. */
const SECRET_FIELDS: Readonly<Record<string, readonly string[]>> = {
  oauth: ['refresh', 'access'],
  token: ['token'],
  api_key: ['key'],
};

/**
 * Names the secret of a stored credential without telling it: the first 12 hex digits of its SHA-256,
 * for a login the same as `loginFingerprint`. A credential without a secret has that of the empty
 * text; undefined only where nothing is stored.
 */
export function fingerprintOf(stored: JsonValue | undefined): string | undefined {
  return stored === undefined
    ? undefined
    : tokenHash(secretOf(stored)).slice(0, FINGERPRINT_DIGITS);
}

function secretOf(stored: JsonValue): string {
  if (!isJsonObject(stored)) return '';
  const { type } = stored;
  const fields =
    typeof type === 'string' && Object.hasOwn(SECRET_FIELDS, type) && SECRET_FIELDS[type];
  for (const field of fields || []) {
    const secret = stored[field];
    if (typeof secret === 'string' && !isBlank(secret)) return secret;
  }
  return '';
}

/** One change of ours, as the vault tells of it. */
export interface OwnChange {
  readonly intent: {
    readonly action?: StoreAction;
    readonly entry: readonly [part: StorePart, key: string];
  };
  readonly written: {
    readonly before: JsonValue | undefined;
    readonly after: JsonValue | undefined;
  };
}

/** What the trail says of a change of ours. */
export function ownChange(
  { intent, written }: OwnChange,
  where: Pick<AuditEntry, 'at' | 'actor' | 'agentId' | 'storePath'>,
): AuditEntry {
  const [part, key] = intent.entry;
  if (part === 'order') return { ...where, action: intent.action ?? 'ordered', provider: key };
  // Also where an old copy had brought the pause back: there is no credential in it.
  if (part === 'usageStats') return { ...where, action: 'resumed', profileId: key };
  const { before, after } = written;
  const from = fingerprintOf(before);
  const to = fingerprintOf(after);
  return {
    ...where,
    action:
      intent.action ?? (to === undefined ? 'removed' : from === undefined ? 'signedIn' : 'changed'),
    profileId: key,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

export function formatAuditEntry(entry: AuditEntry): string {
  return JSON.stringify(entry);
}

/** The entries of a trail, as they were written; skips what is none. */
export function readAuditTrail(text: string): readonly AuditEntry[] {
  return text.split('\n').flatMap((line) => entryOf(line) ?? []);
}

const ACTIONS: Readonly<Record<AuditAction, true>> = {
  signedIn: true,
  refreshed: true,
  adopted: true,
  repaired: true,
  removed: true,
  imported: true,
  ordered: true,
  resumed: true,
  changed: true,
  appeared: true,
  disappeared: true,
};

function entryOf(line: string): AuditEntry | undefined {
  if (line === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { at, action, agentId, storePath, provider, profileId, from, to, older, since } = value;
  const actor = actorOf(value['actor']);
  if (typeof at !== 'number' || actor === undefined || !isAction(action)) return undefined;
  if (typeof agentId !== 'string' || typeof storePath !== 'string') return undefined;
  return {
    at,
    actor,
    action,
    agentId,
    storePath,
    ...(typeof provider === 'string' && { provider }),
    ...(typeof profileId === 'string' && { profileId }),
    ...(isFingerprint(from) && { from }),
    ...(isFingerprint(to) && { to }),
    ...(older === true && { older }),
    ...(typeof since === 'number' && { since }),
  };
}

function actorOf(value: JsonValue | undefined): AuditActor | undefined {
  if (!isJsonObject(value)) return undefined;
  const { kind, pid, app, program }: JsonObject = value;
  if (kind === 'us') {
    return typeof pid === 'number' && typeof app === 'string' ? { kind, pid, app } : undefined;
  }
  if (kind !== 'other') return undefined;
  return {
    kind,
    ...(typeof pid === 'number' && { pid }),
    ...(typeof program === 'string' && { program }),
  };
}

function isAction(value: JsonValue | undefined): value is AuditAction {
  return typeof value === 'string' && Object.hasOwn(ACTIONS, value);
}

function isFingerprint(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[\da-f]{12}$/.test(value);
}
