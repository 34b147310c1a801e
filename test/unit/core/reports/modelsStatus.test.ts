import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';
import { authOf, statusOf, storePath } from './scenes.ts';

const key = (provider: string, secret = 'sk-1', more: object = {}) => ({
  type: 'api_key',
  provider,
  key: secret,
  ...more,
});
const login = (provider: string, more: object = {}) => ({
  ...{ type: 'oauth', provider, access: 'a', refresh: '', expires: NOW + 30 * DAY },
  ...more,
});
const labelsOf = (...given: Parameters<typeof authOf>) =>
  authOf(...given).providers.flatMap(({ profiles }) => profiles.labels);

describe('the status of an agent in the words of CoderClaw', () => {
  it('masks keys and tokens, and says where there is none', () => {
    const long = `sk-ant-oat01-${'x'.repeat(40)}WXYZ`;
    const profiles = {
      'a:long': { type: 'token', provider: 'anthropic', token: ` ${long} ` },
      'a:short': key('anthropic', 'secret'),
      'a:blank': key('anthropic', '  '),
      'a:none': { type: 'token', provider: 'anthropic' },
      'a:ann': login('anthropic', { email: 'ann@example.com' }),
    };
    assert.deepEqual(labelsOf({ main: { profiles } }), [
      'a:long=token:…WXYZ',
      'a:short=…',
      'a:blank=missing',
      'a:none=token:missing',
      'a:ann=OAuth (ann@example.com)',
    ]);
  });

  it('has no secret in it, whatever is stored', () => {
    const secret = fc
      .stringMatching(/^[A-Za-z0-9_.-]{1,60}$/)
      .map((text) => `§${text.replace(/.{4}$/, '')}§${text.slice(-4)}`);
    const credential = fc.oneof(
      secret.map((text) => key('p', text)),
      secret.map((text) => ({ type: 'token', provider: 'p', token: text, extra: text })),
      fc
        .tuple(secret, secret)
        .map(([access, refresh]) => login('p', { access, refresh, idToken: access })),
    );
    const property = fc.property(
      fc.array(credential, { maxLength: 4 }),
      secret,
      (credentials, inVariable) => {
        const profiles = Object.fromEntries(credentials.map((one, n) => [`p:${n}`, one]));
        const status = statusOf({ main: { profiles }, env: { OPENAI_API_KEY: inVariable } });
        assert.ok(!JSON.stringify(status).includes('§'));
      },
    );
    return fc.assert(property);
  });

  it('counts what is inherited, and says where it stands', () => {
    const main = {
      profiles: { 'a:1': key('anthropic'), 'z:1': key('zai') },
      usageStats: { 'a:1': { cooldownUntil: NOW + HOUR } },
    };
    const work = { profiles: { 'z:2': key('zai') } };
    const auth = authOf({ main, work });
    assert.equal(auth.storePath, storePath('work'));
    assert.deepEqual(
      auth.providers.map(({ provider, effective, profiles }) => [
        ...[provider, effective.detail, profiles.count],
      ]),
      [
        ['anthropic', '~/agents/main/agent/auth-profiles.json', 1],
        ['zai', '~/agents/work/agent/auth-profiles.json', 2],
      ],
    );
    assert.deepEqual(labelsOf({ main, work }).slice(0, 1), ['a:1=… [cooldown 1h]']);
  });

  it('lists what pauses, the soonest back first, also what is not stored any more', () => {
    const usageStats = {
      'a:late': {
        cooldownUntil: NOW + 2 * HOUR,
        disabledUntil: NOW - 1,
        disabledReason: 'billing',
      },
      'a:gone': { disabledUntil: NOW + HOUR, cooldownUntil: NOW + 1 },
      'a:back': { cooldownUntil: NOW },
    };
    const { unusableProfiles } = authOf({
      main: { profiles: { 'a:late': key('anthropic') }, usageStats },
    });
    assert.deepEqual(unusableProfiles, [
      { profileId: 'a:gone', kind: 'disabled', until: NOW + HOUR, remainingMs: HOUR },
      {
        ...{ profileId: 'a:late', provider: 'anthropic', kind: 'cooldown', reason: 'billing' },
        ...{ until: NOW + 2 * HOUR, remainingMs: 2 * HOUR },
      },
    ]);
  });

  it('has a row for each spelling of a provider, each with all its profiles', () => {
    const profiles = { 'z:1': key('z.ai'), 'z:2': key('zai'), 'z:3': key(' zai ') };
    const { providers, oauth } = authOf({ main: { profiles } });
    assert.deepEqual(
      providers.map(({ provider, profiles: { count } }) => [provider, count]),
      [
        ['z.ai', 3],
        ['zai', 3],
      ],
    );
    assert.deepEqual(
      oauth.profiles.map(({ profileId }) => profileId),
      ['z:1', 'z:2'],
    );
  });

  it('finds keys in the environment by their variables', () => {
    const env = { ANTHROPIC_OAUTH_TOKEN: 'tok', OPENAI_API_KEY: ' sk-1 ', GROQ_API_KEY: ' ' };
    const { providers, providersWithOAuth, oauth } = authOf({
      main: { profiles: { 'o:1': key('openai') } },
      env,
    });
    assert.deepEqual(providersWithOAuth, ['anthropic (1)']);
    assert.deepEqual(
      providers.map(({ effective, env: found }) => [effective.kind, found]),
      [
        ['env', { value: 'OAuth (env)', source: 'env: ANTHROPIC_OAUTH_TOKEN' }],
        ['profiles', { value: '…', source: 'env: OPENAI_API_KEY' }],
      ],
    );
    assert.deepEqual(
      oauth.providers.map(({ provider, status }) => [provider, status]),
      [
        ['anthropic', 'missing'],
        ['coderclawllm', 'missing'],
        ['openai', 'static'],
      ],
    );
  });

  it('finds keys in the config, and does not tell them', () => {
    const providers = [
      { id: 'Mine', hasKey: true },
      { id: 'other', hasKey: false },
    ];
    const models = { providers, defaults: { primary: 'mine/large', fallbacks: ['other/small'] } };
    const auth = authOf({ models });
    const source = { value: '…', source: 'models.json: ~/agents/main/agent/models.json' };
    assert.deepEqual(
      auth.providers.map(({ provider, effective, modelsJson }) => [
        ...[provider, effective, modelsJson],
      ]),
      ['mine', 'Mine'].map((id) => [id, { kind: 'models.json', detail: '…' }, source]),
    );
    assert.deepEqual(auth.missingProvidersInUse, ['other']);
  });

  it('knows of no missing provider where the config cannot be read', () => {
    const configRead = { kind: 'unreadable', path: '/s/coderclaw.json', errno: 'EACCES' } as const;
    assert.deepEqual(authOf({ configRead }).missingProvidersInUse, []);
    assert.deepEqual(authOf({}).missingProvidersInUse, ['coderclawllm']);
  });

  it('says that a store could not be read, and nothing of what is in it', () => {
    const store = { kind: 'torn', path: storePath('work'), detail: 'it is empty' } as const;
    const status = statusOf({ main: { profiles: { 'a:1': key('anthropic') } }, work: {}, store });
    assert.equal(status.auth, undefined);
    assert.deepEqual(status.storeProblem, store);
    assert.equal(status.check.exitCode, 1);
  });
});

describe('the check of an agent', () => {
  const inUse = { defaults: { primary: 'anthropic/opus' } };
  const checkOf = (profiles: object, models: object = inUse) =>
    statusOf({ main: { profiles }, models }).check;

  it('is 0 where nothing is amiss', () => {
    const profiles = { 'a:1': login('anthropic'), 'a:2': key('anthropic') };
    assert.equal(checkOf(profiles).exitCode, 0);
    // It renews itself.
    const past = { expires: NOW - HOUR, refresh: 'r' };
    assert.equal(checkOf({ 'a:1': login('anthropic', past) }).exitCode, 0);
  });

  it('is 2 where something ends within a day', () => {
    const check = checkOf({ 'a:1': login('anthropic', { expires: NOW + DAY }) });
    assert.deepEqual(check, {
      ...{ exitCode: 2, expired: [], expiring: ['a:1'], missingProviders: [] },
    });
  });

  it('is 1 where something has expired or has no end, or a provider in use has nothing', () => {
    const check = checkOf({
      'a:1': login('anthropic', { expires: NOW + HOUR }),
      'a:2': login('anthropic', { expires: NOW }),
      'a:3': login('anthropic', { expires: 0 }),
    });
    assert.equal(check.exitCode, 1);
    assert.deepEqual(check.expired, ['a:2', 'a:3']);
    const missing = checkOf({ 'a:1': login('anthropic') }, { defaults: { primary: 'zai/glm' } });
    assert.deepEqual([missing.exitCode, missing.missingProviders], [1, ['zai']]);
  });
});
