import type { Clock } from '../clock.ts';
import { pinSession, unpinSessions } from '../documents/sessionEdits.ts';
import { sessionsIn } from '../documents/sessions.ts';
import { KnownError } from '../errors.ts';
import type { PinnedSession } from '../model/snapshot.ts';
import type { Vault } from './vault.ts';

export interface SessionServiceParts {
  readonly vault: Pick<Vault, 'commitSessions'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
}

export interface PinRequest extends PinnedSession {
  /** The list that the session stands in. Absolute path. */
  readonly sessionsPath: string;
}

/**
 * Which profile a session uses, written into CoderClaw's list of sessions under its lock. What is decided
 * is decided on the list as it is then; all else in it stays as it is, to the byte.
 */
export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  /**
   * Pins a profile to a session, as a person does in a chat by `/model X@profile`.
   * @throws {KnownError} `session.gone`, `sessions.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async pin({ sessionsPath: path, sessionKey, profileId }: PinRequest): Promise<void> {
    const { vault, clock, log } = this.#parts;
    await vault.commitSessions(path, (text) => {
      const sessions = text === undefined ? [] : sessionsIn(text, path);
      if (text === undefined || !sessions.some(({ key }) => key === sessionKey)) {
        throw new KnownError('session.gone', { path, sessionKey });
      }
      return pinSession(text, sessionKey, profileId, clock.now(), path);
    });
    log(`${sessionKey}: pinned to ${profileId}`);
  }

  /**
   * Takes pins off sessions: those that still are what the person saw.
   * @returns the ones that were taken off.
   * @throws {KnownError} `sessions.*`, `lock.*`, `disk.*`: nothing changed.
   */
  async unpin(path: string, pins: readonly PinnedSession[]): Promise<readonly PinnedSession[]> {
    const { vault, clock, log } = this.#parts;
    let found: readonly PinnedSession[] = [];
    const { changed } = await vault.commitSessions(path, (text) => {
      if (text === undefined) return undefined;
      const pinned = new Map(
        sessionsIn(text, path).map(({ key, pin }) => [key, pin.profileId] as const),
      );
      found = pins.filter(({ sessionKey, profileId }) => pinned.get(sessionKey) === profileId);
      const keys = found.map(({ sessionKey }) => sessionKey);
      return unpinSessions(text, keys, clock.now(), path);
    });
    const taken = changed ? found : [];
    for (const { sessionKey, profileId } of taken) log(`${sessionKey}: unpinned ${profileId}`);
    return taken;
  }
}
