const { createHash, randomBytes } = require('node:crypto');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { extensions } = require('vscode');

const client_id = 'example';
const authorizeUrl = process.env['LOOPBACK_AUTHORIZE_URL'];
const tokenUrl = `${process.env['EXAMPLE_SERVER']}/token`;

/** @param {Record<string, string>} fields */
async function tokens(fields) {
  const body = new URLSearchParams({ client_id, ...fields });
  const response = await fetch(tokenUrl, { method: 'POST', body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error}: ${answer.error_description}`);
  const expires = Date.now() + answer.expires_in * 1000;
  return { access: answer.access_token, refresh: answer.refresh_token, expires };
}

/**
 * Signs in by a browser that comes back, or by pasting: what `docs/example-provider` has not.
 * @type {import('../../../src/api.ts').OAuthProviderInterface}
 */
const loopback = {
  id: 'loopback',
  name: 'Loopback',
  usesCallbackServer: true,
  async login({ onAuth, onManualCodeInput, onProgress, signal }) {
    const state = randomBytes(32).toString('base64url');
    const code_verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    onProgress('Opening a port…');
    const server = createServer().listen(0, '127.0.0.1');
    try {
      await once(server, 'listening', { signal });
      const redirect_uri = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/callback`;
      const proof = { state, code_challenge, code_challenge_method: 'S256' };
      const query = { response_type: 'code', client_id, redirect_uri, ...proof };
      onAuth({ url: `${authorizeUrl}?${new URLSearchParams(query)}` });
      const arrived = once(server, 'request', { signal }).then(([request, response]) => {
        response.end('Signed in. You can close this page.');
        return request.url;
      });
      const address = await Promise.race([arrived, onManualCodeInput()]);
      const { searchParams } = new URL(address, redirect_uri);
      if (searchParams.get('state') !== state) throw new Error('This is of another sign-in.');
      onProgress('Fetching the tokens…');
      const code = searchParams.get('code') ?? '';
      return await tokens({ grant_type: 'authorization_code', code, redirect_uri, code_verifier });
    } finally {
      server.close();
    }
  },
  refreshToken: ({ refresh }) => tokens({ grant_type: 'refresh_token', refresh_token: refresh }),
  getApiKey: ({ access }) => access,
};

/**
 * Asks the person for everything, and nobody else for anything.
 * @type {import('../../../src/api.ts').OAuthProviderInterface}
 */
const asking = {
  id: 'asking',
  name: 'Asking',
  async login({ onPrompt, onSelect }) {
    const options = ['Home', 'Work'].map((label) => ({ id: label.toLowerCase(), label }));
    const plan = await onSelect({ message: 'Which plan?', options });
    if (plan === undefined) throw new Error('Login cancelled');
    const domain = await onPrompt({ message: 'Your domain', placeholder: 'example.com' });
    const password = await onPrompt({ message: 'Your password' });
    if (password !== 'right-CANARY') throw new Error(`${password} is wrong`);
    return { access: 'access', refresh: 'refresh', expires: Date.UTC(2040), plan, domain };
  },
  refreshToken: () => Promise.reject(new Error('not now')),
  getApiKey: ({ access }) => access,
};

/** @param {import('vscode').ExtensionContext} context */
exports.activate = async ({ subscriptions }) => {
  const coderclaw = await extensions.getExtension('coderclaw.coderclaw-auth')?.activate();
  for (const provider of [loopback, asking]) {
    subscriptions.push(coderclaw.registerProvider(provider));
  }
};
