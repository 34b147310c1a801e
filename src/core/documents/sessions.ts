import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** One session of an agent, as `sessions.json` has it: what we know of an entry. */
export interface SessionEntry {
  /** E.g. `agent:main:main`. */
  readonly key: string;
  /** Milliseconds since the epoch; 0 where it is not told. */
  readonly updatedAt: number;
  /** Normalized by nobody: as it was written. */
  readonly provider?: string;
  readonly model?: string;
  /** `compactionCount`; 0 where it is not told. */
  readonly compactions: number;
  /** Which profile it is to use, and who chose that. */
  readonly pin: SessionPin;
}

/** What an entry says about the profile of its session. */
export interface SessionPin {
  /** `authProfileOverride`, trimmed; never empty. */
  readonly profileId?: string;
  /** `authProfileOverrideSource`: who chose it. */
  readonly source?: 'user' | 'auto';
  /** `authProfileOverrideCompactionCount`: how often the session had been compacted by then. */
  readonly compactions?: number;
}

/**
 * The sessions of a `sessions.json`, as {@link readSessions}.
 * @returns undefined where the text is no JSON object.
 */
export function parseSessions(text: string): readonly SessionEntry[] | undefined {
  try {
    const document: JsonValue = JSON.parse(text);
    return isJsonObject(document) ? readSessions(document) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * {@link parseSessions}, for those who cannot go on without.
 * @param path For the error's facts.
 * @throws {KnownError} `sessions.invalid`
 */
export function sessionsIn(text: string, path: string): readonly SessionEntry[] {
  const sessions = parseSessions(text);
  if (sessions !== undefined) return sessions;
  throw new KnownError('sessions.invalid', { path, detail: 'it is not a JSON object' });
}

/**
 * The sessions of a parsed `sessions.json`, newest first. What is no session is left out; a field of a
 * wrong type counts as absent, and costs nothing else.
 */
export function readSessions(document: JsonValue): readonly SessionEntry[] {
  if (!isJsonObject(document)) return [];
  return Object.entries(document)
    .flatMap(([key, entry]) => (isJsonObject(entry) ? [sessionOf(key, entry)] : []))
    .sort((a, b) => b.updatedAt - a.updatedAt);
}

function sessionOf(key: string, entry: JsonObject): SessionEntry {
  const { updatedAt, providerOverride, modelOverride, compactionCount } = entry;
  const provider = text(providerOverride);
  const model = text(modelOverride);
  return {
    key,
    updatedAt: number(updatedAt) ?? 0,
    compactions: number(compactionCount) ?? 0,
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    pin: pinOf(entry),
  };
}

function pinOf(entry: JsonObject): SessionPin {
  const profileId = text(entry['authProfileOverride']);
  const source = entry['authProfileOverrideSource'];
  const compactions = number(entry['authProfileOverrideCompactionCount']);
  return {
    ...(profileId !== undefined && { profileId }),
    ...((source === 'user' || source === 'auto') && { source }),
    ...(compactions !== undefined && { compactions }),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function number(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
