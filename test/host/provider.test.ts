import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CoderClawAuthApi, OAuthProviderInterface } from '../../src/api.ts';
import { commands } from '../../src/commandIds.ts';
import { extensionId } from '../../src/contributions.ts';

/** The extensions of docs/example-provider and of the tests, which the runner installs beside ours. */
const EXAMPLE = 'example.coderclaw-example-provider';
const PRACTICE = 'example.coderclaw-practice-providers';

async function api(): Promise<CoderClawAuthApi> {
  const found = await vscode.extensions.getExtension<CoderClawAuthApi>(extensionId)?.activate();
  assert.ok(found);
  return found;
}

const stateDir = (): string => process.env['CODERCLAW_STATE_DIR'] ?? '';

async function stored(profileId: string): Promise<Record<string, unknown> | undefined> {
  const path = join(stateDir(), 'agents', 'main', 'agent', 'auth-profiles.json');
  return JSON.parse(await readFile(path, 'utf8')).profiles[profileId];
}

const target = (provider: string) => ({ stateDir: stateDir(), agentId: 'main', provider });

describe('providers of other extensions', () => {
  it('version 1 has both ways to add one', async () => {
    const { apiVersion, registerProvider, registerSignIn } = await api();
    assert.equal(apiVersion, 1);
    assert.deepEqual([typeof registerProvider, typeof registerSignIn], ['function', 'function']);
  });

  for (const [id, extension, what] of [
    ['example', EXAMPLE, 'the example extension of the documentation, by a code'],
    ['loopback', PRACTICE, 'one that the browser comes back to'],
  ] as const) {
    it(`${what}: signs in and is renewed`, () => signsInAndRenews(id, extension));
  }

  async function signsInAndRenews(id: string, extension: string): Promise<void> {
    const example = vscode.extensions.getExtension(extension);
    assert.ok(example, 'it is not installed in this host');
    await example.activate();
    await vscode.commands.executeCommand(commands.profileSignIn, target(id));
    const first = await stored(`${id}:default`);
    assert.deepEqual(Object.keys(first ?? {}).sort(), [
      'access',
      'expires',
      'provider',
      'refresh',
      'type',
    ]);
    assert.equal(first?.['type'], 'oauth');
    assert.equal(first['provider'], id);
    assert.match(String(first['access']), /^CANARY/);
    assert.ok(Math.abs(Number(first['expires']) - Date.now() - 3_600_000) < 60_000);

    const profile = { ...target(id), profileId: `${id}:default` };
    await vscode.commands.executeCommand(commands.profileRefreshNow, profile);
    const second = await stored(`${id}:default`);
    assert.notEqual(second?.['refresh'], first['refresh'], 'it rotated');
    assert.deepEqual(
      { ...second, access: 0, refresh: 0, expires: 0 },
      {
        ...first,
        access: 0,
        refresh: 0,
        expires: 0,
      },
    );
  }

  it('its id is taken while it is there, in any spelling', async () => {
    const { registerProvider, registerSignIn } = await api();
    assert.throws(() => registerProvider(provider({ id: ' Example' })), /taken/);
    assert.throws(
      () => registerSignIn({ provider: 'EXAMPLE', label: 'Example' } as never),
      /taken/,
    );
  });

  it('one that is disposed of is gone', async () => {
    const { registerProvider } = await api();
    const registration = registerProvider(provider({}));
    await vscode.commands.executeCommand(commands.profileSignIn, target('acme'));
    assert.deepEqual(await stored('acme:ann@example.com'), {
      type: 'oauth',
      provider: 'acme',
      access: 'CANARY-acme-access',
      refresh: 'CANARY-acme-refresh',
      expires: EXPIRES,
      email: 'ann@example.com',
    });
    registration.dispose();
    registerProvider(provider({ name: 'Another Acme' })).dispose();
    await vscode.commands.executeCommand(commands.profileSignIn, target('acme'));
    assert.equal(logins, 1, 'nobody is asked any more');
  });
});

const EXPIRES = Date.UTC(2040, 0, 1);
let logins = 0;

function provider(parts: Partial<OAuthProviderInterface>): OAuthProviderInterface {
  return {
    id: 'acme',
    name: 'Acme',
    login: async () => {
      logins += 1;
      return {
        access: 'CANARY-acme-access',
        refresh: 'CANARY-acme-refresh',
        expires: EXPIRES,
        email: 'ann@example.com',
      };
    },
    refreshToken: () => Promise.reject(new Error('not now')),
    getApiKey: ({ access }) => access,
    ...parts,
  };
}
