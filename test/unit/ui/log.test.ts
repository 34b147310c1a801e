import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogOutputChannel } from 'vscode';
import { Log } from '../../../src/ui/log.ts';

describe('the log', () => {
  let lines: string[];
  let log: Log;

  beforeEach(() => {
    lines = [];
    let isClosed = false;
    // As VS Code's own: closed, it throws.
    const write = (line: string): void => {
      if (isClosed) throw new Error('Channel has been closed');
      lines.push(line);
    };
    log = new Log({
      info: write,
      error: write,
      dispose: () => {
        isClosed = true;
      },
    } as unknown as LogOutputChannel);
  });
  /** Its first lines come once its redaction is loaded, all at once. */
  const loaded = async (): Promise<void> => {
    for (let n = 0; n < 500 && lines.length === 0; n++) await delay(10);
  };

  it('has its lines in their order, also those that came before its redaction was loaded', async () => {
    log.info('one');
    log.failure('two', new Error('why'));
    await loaded();
    log.info('three');
    assert.deepEqual(
      lines.map((line) => line.slice(0, 3)),
      ['one', 'two', 'thr'],
    );
  });

  it('takes what comes after its end, and says nothing of it', async () => {
    log.info('one');
    await loaded();
    log.dispose();
    log.info('two');
    log.failure('three', new Error('why'));
    assert.deepEqual(lines, ['one']);
  });

  it('ends in the middle of loading its redaction', async () => {
    log.info('one');
    log.dispose();
    log.info('two');
    await delay(50);
    assert.deepEqual(lines, []);
  });
});
