import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { callsIn } from '../../disk/callsIn.ts';
import { errnoOf } from '../../disk/diskError.ts';
import { ownerLiveness, type ThisProcess } from '../../disk/lockOwner.ts';
import { unlinkIfThere } from '../../disk/temporaryFiles.ts';

/** The file of an entry. `id` is 16 hex digits. */
export function entryName(id: string): string {
  return `${id}.entry`;
}

export function isEntryName(name: string): boolean {
  return /^[\da-f]{16}\.entry$/.test(name);
}

export function entryIdOf(path: string): string {
  return basename(path).slice(0, 16);
}

/** An entry that is being made takes milliseconds. */
const ABANDONED_MS = 60_000;

/** Entries that are being made: their names say by whom, so that those of the dead can go at once. */
export class JournalTemporaries {
  readonly #self: ThisProcess;

  constructor(self: ThisProcess) {
    this.#self = self;
  }

  nameOf(id: string): string {
    return `.${id}.${this.#self.pid}-${placeOf(this.#self.namespace)}.tmp`;
  }

  /**
   * Deletes those of `names` in `folder` whose makers are dead, or old and of who knows whom. Never one
   * of a maker that lives: it may have been stopped for as long as it likes, and the file only looks
   * old where a clock was set.
   *
   * @param now milliseconds since the epoch.
   */
  async sweep(folder: string, names: readonly string[], now: number): Promise<void> {
    const calls = await callsIn(folder);
    for (const name of names) {
      const [, pid, place] = /^\.[\da-f]{16}\.(\d{1,10})-([\da-f]{8})\.tmp$/.exec(name) ?? [];
      if (pid === undefined) continue;
      const path = join(folder, name);
      try {
        const mtimeMs = Number((await calls.lstat(path)).mtimeMs);
        const namespace = place === placeOf(this.#self.namespace) ? this.#self.namespace : '';
        const payload = { createdAt: mtimeMs, owner: { pid: Number(pid), namespace } };
        const owner = ownerLiveness(payload, this.#self, NOWHERE);
        const isForgotten = owner === 'unknown' && now - mtimeMs > ABANDONED_MS;
        if (owner === 'dead' || isForgotten) await unlinkIfThere(path);
      } catch (error) {
        // Finished meanwhile; or it cannot be deleted, and nothing reads it.
        if (errnoOf(error) === undefined) throw error;
      }
    }
  }
}

const NOWHERE = { sameNamespace: false, sameUser: false };

function placeOf(namespace: string): string {
  return createHash('sha256').update(namespace).digest('hex').slice(0, 8);
}
