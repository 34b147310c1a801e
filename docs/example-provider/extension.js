const { setTimeout: wait } = require('node:timers/promises');
const { extensions } = require('vscode');

const server = process.env.EXAMPLE_SERVER ?? 'https://login.example.com';

async function ask(path, fields) {
  const body = new URLSearchParams({ client_id: 'example', ...fields });
  const answer = await (await fetch(server + path, { method: 'POST', body })).json();
  const isPending = ['authorization_pending', 'slow_down'].includes(answer.error);
  // After `invalid_grant` the login is over; whatever else fails is tried again.
  if (answer.error && !isPending) throw new Error(`${answer.error} ${answer.error_description}`);
  const { access_token: access, refresh_token: refresh, expires_in: seconds } = answer;
  return access ? { access, refresh, expires: Date.now() + seconds * 1000 } : answer;
}

const provider = {
  id: 'example',
  name: 'Example',
  async login({ onAuth, signal }) {
    const { device_code, user_code, verification_uri, interval } = await ask('/device', {});
    onAuth({ url: verification_uri, instructions: `Enter the code ${user_code} there.` });
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    for (;;) {
      await wait((interval ?? 5) * 1000, undefined, { signal });
      const answer = await ask('/token', { grant_type, device_code });
      if (answer.access) return answer;
    }
  },
  refreshToken: ({ refresh }) =>
    ask('/token', { grant_type: 'refresh_token', refresh_token: refresh }),
  getApiKey: ({ access }) => access,
};

exports.activate = async ({ subscriptions }) => {
  const coderclaw = await extensions.getExtension('coderclaw.coderclaw-auth').activate();
  subscriptions.push(coderclaw.registerProvider(provider));
};
