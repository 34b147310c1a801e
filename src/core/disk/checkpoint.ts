/**
 * Called at each named point of a lock or a commit, in the order below. It exists so that the tests
 * can stop or kill a process exactly there; the extension passes none.
 */
export type Checkpoint = (name: CheckpointName) => void | Promise<void>;

export type CheckpointName =
  /** A stale lock has been renamed aside and not been looked at yet. */
  | 'lock.aside'
  /** The lock's temporary file is written, the lock not yet published. */
  | 'lock.written'
  /** The lock is published; its temporary name is still there. */
  | 'lock.linked'
  | 'lock.held'
  | 'swept'
  | 'read'
  | 'temp.created'
  | 'temp.written'
  | 'temp.synced'
  | 'proven'
  | 'compared'
  | 'renamed'
  /** Where the lock does not wait for it, also after it was released. */
  | 'folder.synced'
  /** The lock file is renamed aside for release and not yet deleted. */
  | 'lock.releasing'
  | 'lock.released'
  /** A journal entry is written and durable, under a temporary name. */
  | 'journal.written'
  | 'journal.opened'
  | 'journal.answered';
