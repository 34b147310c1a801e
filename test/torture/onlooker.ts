import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownFolderOf } from '../../src/core/documents/ownFolder.ts';
import type { Evidence, Finding } from './oracle/evidence.ts';
import type { Random } from './random.ts';
import type { TortureWorld } from './tasks.ts';
import { machineTime } from './time.ts';

/** Looks at the files again and again, as anybody could. */
export class Onlooker {
  readonly tornLooks: Evidence['tornLooks'][number][] = [];
  /** Files and folders that others than their owner may use, by path. */
  readonly looseModes = new Map<string, Finding>();
  looks = 0;
  readonly #world: TortureWorld;
  readonly #random: Random;

  constructor(world: TortureWorld, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  async lookUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const place = this.#random.pick(this.#world.places);
      this.#lookAtStore(place.storePath);
      const own = ownFolderOf(place.stateDir);
      for (const folder of [dirname(place.storePath), own.path, own.journal]) {
        this.#lookAtModes(folder);
      }
      await sleep(this.#random.between(2, 20));
    }
  }

  #lookAtStore(path: string): void {
    this.looks += 1;
    const from = machineTime();
    try {
      JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      this.tornLooks.push({ path, from, to: machineTime() });
    }
  }

  #lookAtModes(folder: string): void {
    let names: readonly string[];
    try {
      names = readdirSync(folder);
    } catch {
      return; // Not made yet.
    }
    for (const name of ['', ...names]) {
      const path = join(folder, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      // A folder that was made read-only for a while is not looser for others to read.
      if (stats === undefined || (stats.mode & 0o077) === 0) continue;
      const what = `${path} has mode ${(stats.mode & 0o777).toString(8)}`;
      this.looseModes.set(path, { what, lines: [] });
    }
  }
}
