import { dirname } from 'node:path';
import { callsIn } from '../../disk/callsIn.ts';
import { resolveTarget } from '../../disk/fileTarget.ts';
import type { JournalEntry } from '../journal/journal.ts';

/** A store can be a link to another: then one file has two names, and a promise is about the file. */
export class StoreNames {
  readonly #names: ReadonlyMap<string, string>;

  private constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /** @param storePaths Absolute; those whose folder is away are files of their own. */
  static async of(storePaths: Iterable<string>): Promise<StoreNames> {
    const byFile = new Map<string, string>();
    const names = new Map<string, string>();
    for (const path of [...new Set(storePaths)].sort()) {
      const file = await fileOf(path);
      const name = byFile.get(file) ?? path;
      byFile.set(file, name);
      if (name !== path) names.set(path, name);
    }
    return new StoreNames(names);
  }

  /** The name, among those that were given, by which a store is known. */
  nameOf(storePath: string): string {
    return this.#names.get(storePath) ?? storePath;
  }

  /** Entries of a journal, those about one file under one name. */
  renamed(entries: readonly JournalEntry[]): readonly JournalEntry[] {
    if (this.#names.size === 0) return entries;
    return entries.map((entry) => {
      const storePath = this.nameOf(entry.draft.storePath);
      if (storePath === entry.draft.storePath) return entry;
      const draft = { ...entry.draft, storePath };
      // Not by spreading: who owns it is found out only when it is asked for.
      return Object.create(Object.getPrototypeOf(entry), {
        ...Object.getOwnPropertyDescriptors(entry),
        draft: { value: draft, enumerable: true },
      });
    });
  }
}

async function fileOf(storePath: string): Promise<string> {
  try {
    return (await resolveTarget(storePath, await callsIn(dirname(storePath)))).file;
  } catch {
    return storePath;
  }
}
