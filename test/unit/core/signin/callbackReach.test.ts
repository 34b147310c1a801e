import assert from 'node:assert/strict';
import { type CallbackReach, callbackReach } from '../../../../src/core/signin/callbackReach.ts';

const REDIRECT = 'http://localhost:1455/auth/callback';
const elsewhere = (
  reason: Extract<CallbackReach, { kind: 'elsewhere' }>['reason'],
): CallbackReach => ({
  kind: 'elsewhere',
  reason,
});

const CASES: readonly [string, string | undefined, string | undefined, CallbackReach][] = [
  ['local window', undefined, REDIRECT, { kind: 'direct' }],
  ['local window that says nothing', undefined, undefined, { kind: 'direct' }],
  ['ssh, same port', 'ssh-remote', REDIRECT, { kind: 'tunnel' }],
  [
    'ssh, same port by number',
    'ssh-remote',
    'http://127.0.0.1:1455/auth/callback',
    { kind: 'tunnel' },
  ],
  [
    'ssh, other port',
    'ssh-remote',
    'http://localhost:35231/auth/callback',
    elsewhere({ kind: 'otherPort', port: 35231 }),
  ],
  ['wsl', 'wsl', 'http://localhost:1455/auth/callback', { kind: 'tunnel' }],
  ['container', 'dev-container', 'http://[::1]:1455/auth/callback', { kind: 'tunnel' }],
  [
    'code-server on this machine',
    'server-distro',
    'http://127.0.0.1:8080/proxy/1455/auth/callback',
    elsewhere({ kind: 'otherPath' }),
  ],
  [
    'code-server elsewhere',
    'code-server',
    'https://code.example.com/proxy/1455/auth/callback',
    elsewhere({ kind: 'otherHost', host: 'code.example.com' }),
  ],
  [
    'codespaces',
    'codespaces',
    'https://fluffy-train-1455.app.github.dev/auth/callback',
    elsewhere({ kind: 'otherHost', host: 'fluffy-train-1455.app.github.dev' }),
  ],
  [
    'https on loopback is not the registered address',
    'tunnel',
    'https://localhost:1455/auth/callback',
    elsewhere({ kind: 'otherHost', host: 'localhost:1455' }),
  ],
  ['remote that says nothing', 'ssh-remote', undefined, elsewhere({ kind: 'unknown' })],
  ['remote that says nonsense', 'ssh-remote', '::', elsewhere({ kind: 'unknown' })],
];

describe('reach of the callback', () => {
  for (const [title, remoteName, externalUri, expected] of CASES) {
    it(`${title}: ${expected.kind}`, () => {
      assert.deepEqual(callbackReach({ remoteName, redirectUri: REDIRECT, externalUri }), expected);
    });
  }
});
