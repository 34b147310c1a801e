import { type FSWatcher, type Stats, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface DirectoryWatcherOptions {
  /** Something may have changed in `directory`: read again. Nothing more is promised. */
  readonly onHint: (directory: string) => void;
  /** Whether a change of this name in a directory may be one to hint at. Unless given, any is. */
  readonly concerns?: (directory: string, name: string) => boolean;
  /** Hints of one directory within this time become one. */
  readonly debounceMs?: number;
  /** How often a directory is looked at that the system cannot watch. At least 5 s. */
  readonly pollMs?: number;
}

const DEBOUNCE_MS = 50;
const POLL_MS = 5_000;

/**
 * Watches directories, because the files in them are replaced by renames. A directory need not exist
 * and may come and go: while it is away, its nearest existing ancestor is watched instead. Not
 * noticed: an ancestor that is renamed with the directory in it.
 */
export class DirectoryWatcher {
  readonly #options: Required<DirectoryWatcherOptions>;
  readonly #watched = new Map<string, WatchedDirectory>();

  constructor(options: DirectoryWatcherOptions) {
    const defaults = { concerns: () => true, debounceMs: DEBOUNCE_MS, pollMs: POLL_MS };
    this.#options = { ...defaults, ...options };
  }

  /**
   * Watches exactly these directories (absolute paths) from now on. When it resolves they are being
   * watched, so whoever reads afterwards misses nothing.
   */
  async watch(directories: readonly string[]): Promise<void> {
    const wanted = new Set(directories);
    for (const [directory, watched] of this.#watched) {
      if (wanted.has(directory)) continue;
      watched.dispose();
      this.#watched.delete(directory);
    }
    const added = [...wanted].filter((directory) => !this.#watched.has(directory));
    await Promise.all(
      added.map((directory) => {
        const watched = new WatchedDirectory(directory, this.#options);
        this.#watched.set(directory, watched);
        return watched.attach();
      }),
    );
  }

  dispose(): void {
    for (const watched of this.#watched.values()) watched.dispose();
    this.#watched.clear();
  }
}

class WatchedDirectory {
  readonly #directory: string;
  readonly #options: Required<DirectoryWatcherOptions>;
  #watcher: FSWatcher | undefined;
  /** What `#watcher` is on: the directory or an ancestor, and which one that was. */
  #on: { readonly path: string; readonly stats: Stats } | undefined;
  #hint: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #polled: string | undefined;
  #disposed = false;

  constructor(directory: string, options: Required<DirectoryWatcherOptions>) {
    this.#directory = directory;
    this.#options = options;
  }

  dispose(): void {
    this.#disposed = true;
    this.#detach();
    clearTimeout(this.#hint);
    clearTimeout(this.#poll);
  }

  /** Watches the directory or its nearest existing ancestor; where that fails, looks now and then. */
  async attach(): Promise<void> {
    for (;;) {
      const nearest = await nearestExisting(this.#directory);
      if (this.#disposed) return;
      this.#detach();
      if (!this.#open(nearest.path)) {
        await this.#startPolling();
        return;
      }
      this.#on = nearest;
      // It may have been made, or replaced, between the look and the watching.
      if (isSame(await nearestExisting(this.#directory), nearest) || this.#disposed) return;
    }
  }

  #open(path: string): boolean {
    try {
      this.#watcher = watch(path, { persistent: false });
    } catch {
      // Too many watches (EMFILE, ENOSPC), or a file system that has none.
      return false;
    }
    this.#watcher.on('change', (_event, name) => {
      // Of an ancestor every name counts: it can be one on the way. Some systems tell none at all.
      const isPlain = path === this.#directory && typeof name === 'string';
      if (!isPlain || this.#options.concerns(path, name)) this.#scheduleHint();
    });
    // Windows reports the removal of the watched directory as an error.
    this.#watcher.on('error', () => this.#scheduleHint());
    return true;
  }

  #detach(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#on = undefined;
  }

  #scheduleHint(): void {
    if (this.#disposed) return;
    this.#hint ??= setTimeout(() => {
      this.#hint = undefined;
      void this.#giveHint();
    }, this.#options.debounceMs);
  }

  async #giveHint(): Promise<void> {
    const before = this.#on;
    const nearest = await nearestExisting(this.#directory);
    if (this.#disposed) return;
    const moved = before === undefined || !isSame(before, nearest);
    // Traffic beside a directory that is still away is none of ours.
    if (!moved && before.path !== this.#directory) return;
    if (moved) await this.attach();
    if (!this.#disposed) this.#options.onHint(this.#directory);
  }

  async #startPolling(): Promise<void> {
    this.#polled = await signatureOf(this.#directory);
    if (this.#disposed) return;
    this.#poll = setTimeout(() => void this.#lookOnce(), this.#options.pollMs);
    this.#poll.unref();
  }

  async #lookOnce(): Promise<void> {
    const before = this.#polled;
    // Watching may work again by now; if so, this was the last look.
    await this.attach();
    const now = this.#watcher === undefined ? this.#polled : await signatureOf(this.#directory);
    if (!this.#disposed && now !== before) this.#options.onHint(this.#directory);
  }
}

/** Watching works nearly everywhere: what looking needs is loaded when it is needed. */
async function signatureOf(directory: string): Promise<string> {
  const { directorySignature } = await import('./directorySignature.ts');
  return await directorySignature(directory);
}

async function nearestExisting(directory: string): Promise<{ path: string; stats: Stats }> {
  for (let path = directory; ; path = dirname(path)) {
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) return { path, stats };
    } catch (error) {
      if (path === dirname(path)) throw error;
    }
  }
}

function isSame(
  a: { readonly path: string; readonly stats: Stats },
  b: { readonly path: string; readonly stats: Stats },
): boolean {
  // The birth time tells a new directory from an old one whose inode number it got.
  return (
    a.path === b.path &&
    a.stats.dev === b.stats.dev &&
    a.stats.ino === b.stats.ino &&
    a.stats.birthtimeMs === b.stats.birthtimeMs
  );
}
