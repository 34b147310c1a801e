import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Cancelled } from '../../../src/core/clock.ts';
import { KnownError } from '../../../src/core/errors.ts';
import { Notifications } from '../../../src/ui/notifications.ts';

const HOSTILE = 'a\u202e\n[Fix it](command:x)';
const PLAIN = 'a [Fix it] (command:x)';

describe('notifications', () => {
  let shown: string[];
  let logged: string[];
  let notifications: Notifications;

  beforeEach(() => {
    shown = [];
    logged = [];
    const show = async (message: string): Promise<undefined> => void shown.push(message);
    notifications = new Notifications(
      {
        info: (line) => void logged.push(line),
        failure: (doing) => void logged.push(doing),
        show: () => {},
      },
      { showErrorMessage: show, showWarningMessage: show, showInformationMessage: show },
    );
  });

  it('every message is plain, and so is its line in the log', async () => {
    notifications.told(HOSTILE);
    notifications.warned(HOSTILE);
    notifications.failed(HOSTILE, new Error('x'));
    notifications.failed(
      'Signing in',
      new KnownError('signin.refused', { provider: 'p', error: 'e', description: HOSTILE }),
    );
    while (shown.length < 4) await setImmediate();
    for (const message of shown) assert.doesNotMatch(message, /\]\(|\n|\u202e/);
    assert.deepEqual(shown.slice(0, 2), [PLAIN, PLAIN]);
    assert.ok(shown.slice(2).every((message) => message.includes('[Fix it] (command:x)')));
    for (const line of logged) assert.doesNotMatch(line, /\n|\u202e/);
  });

  it('cancelling is silent', async () => {
    notifications.failed('Signing in', new Cancelled());
    await setImmediate();
    assert.deepEqual([shown, logged], [[], []]);
  });
});
