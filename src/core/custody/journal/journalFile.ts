import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';

/**
 * The layout of a journal entry, one file:
 *
 * - the first {@link HEADER_BYTES}: a mark, one line of JSON, filled up with spaces, and a line end. What
 *   is promised and by whom, without a secret. Nothing of it is written again but the mark, its first
 *   byte: a space until what is promised has been in its store, then {@link MADE}.
 * - from there: the answer as `<bytes> <sha256> <json>` once it has come, and blanks until then. The
 *   first {@link RESERVED_BYTES} of it are written when the entry is made, so that an answer finds its
 *   room even if the disk has filled up meanwhile. None for what takes no answer. (A copy-on-write file system, as btrfs or APFS, may
 *   not keep that promise.)
 */
export const HEADER_BYTES = 4096;
export const RESERVED_BYTES = 32 * 1024;
export const MADE = '+';

/** What is being done, by hashes and ids. Paths absolute. */
export type JournalDraft = v.InferOutput<typeof DRAFT>;

export interface JournalHeader {
  readonly draft: JournalDraft;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly owner: { readonly pid: number; readonly namespace: string };
}

const FORMAT = 'coderclaw-auth journal 1';

const path = v.pipe(v.string(), v.nonEmpty());
const sha256 = v.pipe(v.string(), v.regex(/^[\da-f]{64}$/));
const fingerprint = v.pipe(v.string(), v.regex(/^[\da-f]{12,64}$/));

const DRAFT = v.variant('kind', [
  /** A refresh token that is being sent, by its hash. */
  v.strictObject({
    kind: v.literal('refresh'),
    provider: v.string(),
    from: sha256,
    profileId: v.string(),
    storePath: path,
  }),
  /**
   * A finished sign-in on its way into a store; `seen` is the SHA-256 of the JSON that stood there, and
   * `was` the hash of its login. `agreed`: it may be replaced, whoever it belongs to. The config is to
   * list it. Entries of earlier versions lack these three.
   */
  v.strictObject({
    kind: v.literal('store'),
    provider: v.string(),
    storePath: path,
    profileId: v.string(),
    seen: v.nullable(sha256),
    was: v.optional(v.nullable(fingerprint)),
    agreed: v.optional(v.boolean()),
    configPath: v.optional(path),
  }),
  /**
   * A profile that a person removes; `login` is the hash of the login, or the beginning of it, and
   * `seen` the SHA-256 of all that stood there. The config need not list it any more. Entries of earlier
   * versions lack these two.
   */
  v.strictObject({
    kind: v.literal('removal'),
    storePath: path,
    profileId: v.string(),
    login: v.nullable(fingerprint),
    seen: v.optional(v.nullable(sha256)),
    configPath: v.optional(path),
  }),
  /**
   * A store's own order of a provider (the key as stored) as a person wants it; null: none. `profileId`
   * is its first; `seen` as of a sign-in.
   */
  v.strictObject({
    kind: v.literal('order'),
    storePath: path,
    provider: v.string(),
    profileId: v.string(),
    list: v.nullable(v.array(v.string())),
    seen: v.nullable(sha256),
  }),
]);

const HEADER = v.object({
  format: v.literal(FORMAT),
  draft: DRAFT,
  at: v.pipe(v.number(), v.finite()),
  owner: v.object({
    pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0x7fffffff)),
    namespace: v.string(),
  }),
});

/** Whether something is received that belongs into the entry: no removal and no order brings tokens. */
export function takesAnswer({ kind }: JournalDraft): boolean {
  return kind === 'refresh' || kind === 'store';
}

/**
 * A whole entry without an answer.
 * @throws {KnownError} `disk.failed` (ENAMETOOLONG) if names and paths are too long for the header.
 * @throws for hashes that are none: they could be the token itself.
 */
export function formatEntry({ draft, at, owner }: JournalHeader): Buffer {
  if (!v.is(DRAFT, draft)) throw new Error('a journal entry names logins by their hash');
  const line = Buffer.from(JSON.stringify({ format: FORMAT, draft, at, owner }));
  if (line.length > HEADER_BYTES - 2) {
    const { storePath } = draft;
    throw new KnownError('disk.failed', {
      path: storePath,
      syscall: 'write',
      errno: 'ENAMETOOLONG',
    });
  }
  const entry = Buffer.alloc(HEADER_BYTES + (takesAnswer(draft) ? RESERVED_BYTES : 0), ' ');
  line.copy(entry, 1);
  entry.write('\n', HEADER_BYTES - 1);
  return entry;
}

/** What belongs at {@link HEADER_BYTES}: a prefix of it, or it with any part not yet there, is no answer. */
export function formatAnswer(body: JsonObject): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  return Buffer.concat([Buffer.from(`${json.length} ${sha256Of(json)} `), json]);
}

/** Undefined for what is no whole entry of this format. Never throws. */
export function parseHeader(entry: Buffer): JournalHeader | undefined {
  if (entry.length < HEADER_BYTES) return undefined;
  try {
    const parsed = v.safeParse(HEADER, JSON.parse(entry.toString('utf8', 1, HEADER_BYTES)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what an entry promises has been in its store. */
export function parseMade(entry: Buffer): boolean {
  return entry[0] === MADE.charCodeAt(0);
}

/** Undefined where there is none, or not all of it. Never throws. */
export function parseAnswer(entry: Buffer): JsonObject | undefined {
  const area = entry.subarray(HEADER_BYTES);
  const [prefix, length = '', sum = ''] =
    /^(\d{1,9}) ([\da-f]{64}) /.exec(area.toString('latin1', 0, 80)) ?? [];
  if (prefix === undefined) return undefined;
  const json = area.subarray(prefix.length, prefix.length + Number(length));
  if (json.length !== Number(length) || sha256Of(json) !== sum) return undefined;
  const body: unknown = JSON.parse(json.toString());
  return isJsonObject(body) ? body : undefined;
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
