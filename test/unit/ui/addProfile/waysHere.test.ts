import assert from 'node:assert/strict';
import { type Way, type WindowPlace, waysHere } from '../../../../src/ui/addProfile/waysHere.ts';

const CHATGPT: readonly Way[] = ['browser', 'deviceCode', 'token'];

describe('which ways to sign in work where the window runs', () => {
  const LOCAL = { remoteName: undefined, isWeb: false };
  const table: readonly [what: string, WindowPlace, readonly Way[], string][] = [
    ['on the desktop', LOCAL, CHATGPT, 'browser works, deviceCode works, token works'],
    ...['ssh-remote', 'wsl', 'dev-container', 'attached-container', 'tunnel', 'codespaces'].map(
      (remoteName) =>
        [
          `a desktop window on ${remoteName}`,
          { remoteName, isWeb: false },
          CHATGPT,
          'browser worksByTunnel, deviceCode works, token works',
        ] as [string, WindowPlace, readonly Way[], string],
    ),
    ...['codespaces', 'code-server', 'tunnel', undefined].map(
      (remoteName) =>
        [
          `${remoteName ?? 'no remote'} in a browser`,
          { remoteName, isWeb: true },
          CHATGPT,
          'deviceCode works, token works, browser needsPaste',
        ] as [string, WindowPlace, readonly Way[], string],
    ),
    [
      'a key needs no browser',
      { remoteName: 'codespaces', isWeb: true },
      ['setupToken', 'apiKey'],
      'setupToken works, apiKey works',
    ],
    ['no way at all', LOCAL, [], ''],
  ];
  for (const [what, place, ways, expected] of table) {
    it(what, () => {
      const said = waysHere(ways, place).map(({ way, verdict }) => `${way} ${verdict}`);
      assert.equal(said.join(', '), expected);
    });
  }
});
