import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CoderClawAuthApi } from '../../src/api.ts';
import { commands } from '../../src/commandIds.ts';
import { extensionId } from '../../src/contributions.ts';
import type { SignInDescriptor } from '../../src/core/signin/descriptor.ts';

/** With every sign that an encoding on the way can spoil. */
const CODE = 'CANARY+code/with=signs+==';

/**
 * A provider that sends the browser back to VS Code's own address. Its authorization endpoint asks
 * nobody: what is tested is the way back, through the browser and VS Code to the `UriHandler`.
 */
describe('signing in by the URI handler', () => {
  let server: Server;
  const redirects: string[] = [];
  const redeemed: URLSearchParams[] = [];

  before(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      if (url.pathname === '/authorize') {
        const redirect = new URL(url.searchParams.get('redirect_uri') ?? '');
        redirects.push(redirect.href);
        redirect.searchParams.set('code', CODE);
        redirect.searchParams.set('state', url.searchParams.get('state') ?? '');
        response.writeHead(302, { location: redirect.href }).end();
        return;
      }
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        redeemed.push(new URLSearchParams(Buffer.concat(body).toString()));
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            access_token: 'CANARY-access',
            refresh_token: 'CANARY-refresh',
            token_type: 'Bearer',
            expires_in: 3600,
          }),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after(() => server.close());

  function descriptor(): SignInDescriptor {
    const { port } = server.address() as AddressInfo;
    return {
      provider: 'practice',
      label: 'Practice',
      clientId: 'practice-client',
      authorizationEndpoint: `http://login.localhost:${port}/authorize`,
      tokenEndpoint: `http://127.0.0.1:${port}/token`,
      scope: 'all',
      extraParameters: {},
      redirect: { kind: 'uriHandler', path: '/signed-in' },
      credentialFrom: ({ accessToken, refreshToken }, now) => ({
        credential: {
          type: 'oauth',
          provider: 'practice',
          access: accessToken,
          refresh: refreshToken ?? '',
          expires: now + 3_600_000,
          email: 'ann@example.com',
        },
        identity: { provider: 'practice', email: 'ann@example.com' },
      }),
    };
  }

  it('cannot stand for a built-in provider, in any spelling of its id', async () => {
    const extension = vscode.extensions.getExtension<CoderClawAuthApi>(extensionId);
    const api = await extension?.activate();
    assert.ok(api);
    for (const provider of ['openai-codex', 'OpenAI-Codex', ' openai-codex ']) {
      assert.throws(() => api.registerSignIn({ ...descriptor(), provider }), /built in/);
    }
  });

  it('comes back through the browser, redeems the code once, and stores the profile', async () => {
    const extension = vscode.extensions.getExtension<CoderClawAuthApi>(extensionId);
    const api = await extension?.activate();
    assert.ok(api);
    const registration = api.registerSignIn(descriptor());
    try {
      assert.throws(() => api.registerSignIn(descriptor()), /taken/);
      const stateDir = process.env['CODERCLAW_STATE_DIR'] ?? '';
      await vscode.commands.executeCommand(commands.profileSignIn, {
        stateDir,
        agentId: 'main',
        provider: 'practice',
      });
      const path = join(stateDir, 'agents', 'main', 'agent', 'auth-profiles.json');
      const { profiles } = JSON.parse(await readFile(path, 'utf8'));
      assert.equal(profiles['practice:ann@example.com']?.refresh, 'CANARY-refresh');
      assert.equal(redeemed.length, 1);
      assert.equal(redeemed[0]?.get('code'), CODE);
      assert.equal(
        redeemed[0]?.get('redirect_uri'),
        redirects[0],
        'RFC 6749 4.1.3: the same again',
      );
      assert.equal(redeemed[0]?.get('code_verifier')?.length, 43);
    } finally {
      registration.dispose();
    }
  });
});
