import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Cancelled } from '../../../src/core/clock.ts';
import { isKnown, KnownError } from '../../../src/core/errors.ts';
import { Notifications } from '../../../src/ui/notifications.ts';

const HOSTILE = 'a\u202e\n[Fix it](command:x)';
const PLAIN = 'a [Fix it] (command:x)';

describe('notifications', () => {
  let shown: string[];
  let logged: string[];
  let buttons: readonly string[];
  let picked: string | undefined;
  let opened: number;
  let notifications: Notifications;

  beforeEach(() => {
    shown = [];
    logged = [];
    [buttons, picked, opened] = [[], undefined, 0];
    const show = async (message: string, ...items: string[]): Promise<string | undefined> => {
      shown.push(message);
      buttons = items;
      return picked;
    };
    const open = { label: 'Open Config', run: () => ++opened };
    notifications = new Notifications(
      {
        info: (line) => void logged.push(line),
        failure: (doing) => void logged.push(doing),
        show: () => {},
      },
      { showErrorMessage: show, showWarningMessage: show, showInformationMessage: show },
      async (error) => (isKnown(error, 'config.invalid') ? [open] : []),
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

  it('a failure offers what can be done about it, before the log', async () => {
    picked = 'Open Config';
    const again = { label: 'Try Again', run: () => assert.fail('it was not picked') };
    const invalid = new KnownError('config.invalid', { path: '/c.json', detail: 'x', line: 3 });
    notifications.failed('Adding an agent', invalid, again);
    while (opened === 0) await setImmediate();
    assert.deepEqual(buttons, ['Try Again', 'Open Config', 'Show Log']);
    picked = undefined;
    notifications.failed('Adding an agent', new Error('x'));
    while (shown.length < 2) await setImmediate();
    assert.deepEqual(buttons, ['Show Log']);
  });

  it('cancelling is silent', async () => {
    notifications.failed('Signing in', new Cancelled());
    await setImmediate();
    assert.deepEqual([shown, logged], [[], []]);
  });
});
