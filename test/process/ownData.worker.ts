// A process that appends to a log or answers journal entries, and can be told to be careless or to
// die. It gets an OwnDataTask as JSON in its argument, and reports by lines.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { systemClock } from '../../src/core/clock.ts';
import { Journal } from '../../src/core/custody/journal/journal.ts';
import { AppendLog } from '../../src/core/disk/appendLog.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';

export type OwnDataTask =
  | {
      readonly kind: 'append';
      readonly path: string;
      readonly name: string;
      readonly lines: number;
      readonly maxBytes: number;
      /** Reads it all and writes it all. */
      readonly careless?: boolean;
    }
  /** Adds pieces of lines, until it is killed. */
  | { readonly kind: 'tear'; readonly path: string }
  /** Opens and answers entries, until it is killed. */
  | {
      readonly kind: 'answer';
      readonly stateDir: string;
      readonly killAt?: CheckpointName;
      readonly bytes: number;
    };

const task = JSON.parse(process.argv[2] ?? '') as OwnDataTask;
const tell = (line: string) => writeSync(1, `${line}\n`);

switch (task.kind) {
  case 'append': {
    const locks = new FileLocks({ app: 'test', clock: systemClock });
    const log = new AppendLog({ path: task.path, locks, maxBytes: task.maxBytes });
    for (let n = 0; n < task.lines; n++) {
      const line = `<${task.name} ${String(n).padStart(5, '0')} ${'.'.repeat(20)}>`;
      if (task.careless === true) writeFileSync(task.path, `${readOr(task.path)}${line}\n`);
      else await appendOrTell(log, line);
      tell(`acked ${line}`);
    }
    break;
  }
  case 'tear':
    for (;;) {
      await appendFile(task.path, '{"torn":');
      await systemClock.sleep(1);
    }
  case 'answer': {
    const checkpoint = (name: CheckpointName): void => {
      if (name === task.killAt) process.kill(process.pid, 'SIGKILL');
    };
    const journal = new Journal({ clock: systemClock, checkpoint });
    for (let n = 0; ; n++) {
      const slot = await journal.open(task.stateDir, {
        kind: 'removal',
        storePath: '/s',
        profileId: `${n}`,
        login: null,
      });
      tell(`opened ${slot.id}`);
      await slot.answer({ profileId: `${n}`, filler: 'x'.repeat(task.bytes) });
      tell(`answered ${slot.id}`);
    }
  }
}

/** What a worker dies of is to be seen in the test that waits for its lines. */
async function appendOrTell(log: AppendLog, line: string): Promise<void> {
  try {
    await log.append([line]);
  } catch (error) {
    tell(`failed ${String(error)}`);
    process.exit(1);
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
