import {
  Journal,
  type JournalDraft,
  type JournalEntry,
  type JournalOptions,
  type JournalSlot,
} from '../../src/core/custody/journal/journal.ts';
import type { RefreshMemory } from '../../src/core/custody/refresh/refreshMemory.ts';
import type { TokenRecords } from '../../src/core/model/refreshLog.ts';
import type { EventLog } from './events.ts';

type OwnJournal = Pick<Journal, 'open' | 'entries' | 'drop' | 'made'>;
type OwnMemory = Pick<RefreshMemory, 'record' | 'read' | 'readEach' | 'readFor'>;

/** The journal, which logs when the answer to a refresh is safe in it. */
export class LoggedJournal extends Journal {
  readonly #log: EventLog;

  constructor(log: EventLog, options: JournalOptions) {
    super(options);
    this.#log = log;
  }

  override async open(stateDir: string, draft: JournalDraft): Promise<JournalSlot> {
    const slot = await super.open(stateDir, draft);
    if (draft.kind !== 'refresh') return slot;
    return {
      id: slot.id,
      path: slot.path,
      drop: () => slot.drop(),
      made: () => slot.made(),
      answer: async (body) => {
        await slot.answer(body);
        this.#log.write({ kind: 'journaled', token: draft.from });
      },
    };
  }
}

/** Promises everything and keeps nothing. */
export function forgetfulJournal(log: EventLog): OwnJournal {
  return {
    open: async (_, draft) => ({
      id: '0',
      path: '',
      answer: async () => {
        if (draft.kind === 'refresh') log.write({ kind: 'journaled', token: draft.from });
      },
      made: async () => {},
      drop: async () => {},
    }),
    made: async () => {},
    entries: async (): Promise<readonly JournalEntry[]> => [],
    drop: async () => {},
  };
}

export function forgetfulMemory(): OwnMemory {
  const records: TokenRecords = new Map();
  return {
    record: async () => {},
    read: async () => records,
    readFor: async () => records,
    readEach: async () => ({ records, unreadable: new Map() }),
  };
}
