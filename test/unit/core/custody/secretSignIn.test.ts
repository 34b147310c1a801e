import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { systemClock } from '../../../../src/core/clock.ts';
import { Journal } from '../../../../src/core/custody/journal/journal.ts';
import type { AgentFiles } from '../../../../src/core/custody/profileService.ts';
import { SignInService } from '../../../../src/core/custody/signInService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import type { NewConfigProfile } from '../../../../src/core/documents/configEdits.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import type { SignedIn } from '../../../../src/core/signin/descriptor.ts';
import { apiKey, pastedToken } from '../../../../src/core/signin/secrets/secretCredential.ts';
import { workFolder } from '../disk/workFolder.ts';
import { vectorCases } from '../model/vectorCases.ts';

const TOKEN = `sk-ant-oat01-${'x'.repeat(80)}`;
const NEWER = `sk-ant-oat01-${'y'.repeat(80)}`;

/** As CoderClaw writes its files. */
const asCli = (document: JsonValue): string => `${JSON.stringify(document, null, 2)}\n`;

interface ConfigCase {
  readonly before: JsonObject;
  readonly params: NewConfigProfile;
  readonly after: JsonObject;
}

describe('keys and pasted tokens, stored', () => {
  const path = workFolder();
  let files: AgentFiles;
  let vault: Vault;
  let service: SignInService;
  let lines: string[];

  beforeEach(() => {
    files = {
      stateDir: path(),
      storePath: path('agents', 'main', 'agent', 'auth-profiles.json'),
      configPath: path('coderclaw.json'),
      legacyPaths: [],
    };
    lines = [];
    const log = (line: string): void => void lines.push(line);
    vault = new Vault({ clock: systemClock, log });
    const journal = new Journal({ clock: systemClock });
    service = new SignInService({ vault, clock: systemClock, log, journal });
  });
  afterEach(() => vault.dispose());

  const text = (file: string): Promise<string> => readFile(file, 'utf8');
  const read = async (file: string): Promise<JsonObject> => JSON.parse(await text(file));
  async function write(file: string, document: JsonObject): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, asCli(document), { mode: 0o600 });
  }
  async function save(
    profileId: string,
    secret: SignedIn,
    seen?: JsonValue,
    siblings: readonly NewConfigProfile[] = [],
  ): Promise<void> {
    await service.keep(files, profileId, secret);
    assert.deepEqual(await service.save(files, profileId, secret, seen, siblings), {});
  }

  const fresh: readonly (readonly [string, SignedIn, stored: JsonObject, mode: string])[] = [
    [
      'anthropic:default',
      pastedToken('anthropic', TOKEN),
      { type: 'token', provider: 'anthropic', token: TOKEN },
      'token',
    ],
    [
      'xai:work',
      pastedToken('xai', 'some-token', 1_800_000_000_000),
      { type: 'token', provider: 'xai', token: 'some-token', expires: 1_800_000_000_000 },
      'token',
    ],
    [
      'openai:default',
      apiKey('openai', 'sk-proj-key'),
      { type: 'api_key', provider: 'openai', key: 'sk-proj-key' },
      'api_key',
    ],
    [
      'cloudflare-ai-gateway:default',
      apiKey('cloudflare-ai-gateway', 'key', { accountId: 'acc', gatewayId: 'gw' }),
      {
        type: 'api_key',
        provider: 'cloudflare-ai-gateway',
        key: 'key',
        metadata: { accountId: 'acc', gatewayId: 'gw' },
      },
      'api_key',
    ],
  ];
  for (const [profileId, secret, stored, mode] of fresh) {
    it(`${profileId} (${mode}): store and config are to the byte what CoderClaw writes`, async () => {
      await save(profileId, secret);
      const { provider = '' } = stored;
      assert.equal(
        await text(files.storePath),
        asCli({ version: 1, profiles: { [profileId]: stored } }),
      );
      assert.equal(
        await text(files.configPath),
        asCli({ auth: { profiles: { [profileId]: { provider, mode } } } }),
      );
      assert.equal((await stat(files.storePath)).mode & 0o777, 0o600);
    });
  }

  describe('where the models of a login are', () => {
    const qwen = { type: 'oauth', provider: 'qwen-portal', access: 'a', refresh: 'r', expires: 1 };
    const login: SignedIn = {
      credential: qwen,
      identity: { provider: 'qwen-portal' },
      modelProvider: {
        provider: 'qwen-portal',
        baseUrl: 'https://p.example/v1',
        whenNew: { api: 'x' },
      },
    };
    const auth = { profiles: { 'qwen-portal:a': { provider: 'qwen-portal', mode: 'oauth' } } };

    it('goes into the config with the profile', async () => {
      await save('qwen-portal:a', login);
      const providers = { 'qwen-portal': { baseUrl: 'https://p.example/v1', api: 'x' } };
      assert.deepEqual(await read(files.configPath), { auth, models: { providers } });
    });

    it('is told where it cannot, and the profile is listed all the same', async () => {
      const models = { $include: './models.json5' };
      await write(files.configPath, { models });
      const saved = await service.save(files, 'qwen-portal:a', login, undefined, []);
      assert.equal(saved.configFault?.code, 'config.notEditable');
      assert.deepEqual(await read(files.configPath), { models, auth });
    });
  });

  for (const [n, { before, params, after }] of vectorCases<ConfigCase>(
    'config-add-profile',
  ).entries()) {
    it(`the config comes to be as with CoderClaw: vector ${n}`, async () => {
      await write(files.configPath, before);
      await save(params.profileId, pastedToken(params.provider, TOKEN));
      assert.deepEqual(await read(files.configPath), after);
    });
  }

  it('replaced in place: the id, the orders and all else stay, in the config too', async () => {
    const id = 'anthropic:work';
    const old = { type: 'token', provider: 'anthropic', token: TOKEN };
    const store: JsonObject = {
      version: 1,
      profiles: { 'anthropic:a': { ...old, token: 'other' }, [id]: old },
      order: { anthropic: ['anthropic:a', id] },
      lastGood: { anthropic: id },
      usageStats: { [id]: { lastUsed: 5 } },
      unknown: [1],
    };
    const listing = { provider: 'anthropic', mode: 'token' };
    const config: JsonObject = {
      auth: {
        order: { anthropic: ['anthropic:a', id] },
        profiles: { 'anthropic:a': listing, [id]: listing },
      },
    };
    await write(files.storePath, store);
    await write(files.configPath, config);
    const [, there] = await service.stored(files, 'anthropic');
    assert.deepEqual(there, { id, entry: old, identity: { provider: 'anthropic' } });
    await save(id, pastedToken('anthropic', NEWER), there?.entry);
    const profiles = { ...(store['profiles'] as JsonObject), [id]: { ...old, token: NEWER } };
    assert.equal(await text(files.storePath), asCli({ ...store, profiles }));
    assert.equal(await text(files.configPath), asCli(config));
  });

  describe('a pause of the profile', () => {
    const id = 'anthropic:work';
    const old = { type: 'token', provider: 'anthropic', token: TOKEN };
    const paused = { cooldownUntil: 9e12, errorCount: 3, lastUsed: 5 };
    const ended = { lastUsed: 5, errorCount: 0 };

    it('ends with the same commit, and that of no other', async () => {
      const usageStats = { [id]: paused, 'anthropic:a': paused };
      await write(files.storePath, { version: 1, profiles: { [id]: old }, usageStats });
      await save(id, pastedToken('anthropic', NEWER), old);
      const { usageStats: now } = await read(files.storePath);
      assert.deepEqual(now, { ...usageStats, [id]: ended });
      assert.equal(lines.filter((line) => line.startsWith(files.storePath)).length, 1);
    });

    it('ends also for an agent that sees main’s, which stays as it is', async () => {
      const main = { version: 1, profiles: { [id]: old }, usageStats: { [id]: paused } };
      const { storePath: mainPath } = files;
      await write(mainPath, main);
      const work = path('agents', 'work', 'agent', 'auth-profiles.json');
      const places = async () =>
        [mainPath, work].map((storePath, n) => ({
          ...{ stateDir: path(), agentId: n === 0 ? 'main' : 'work', storePath },
        }));
      service = new SignInService({ vault, clock: systemClock, log: () => {}, places });
      files = { ...files, storePath: work };
      await save(id, pastedToken('anthropic', NEWER));
      assert.deepEqual((await read(work))['usageStats'], { [id]: ended });
      assert.deepEqual(await read(mainPath), main);
    });
  });

  it('a key in place of a sign-in: the config says so, or CoderClaw would leave it out', async () => {
    const id = 'anthropic:default';
    const old = { type: 'oauth', provider: 'anthropic', access: 'a', refresh: 'r', expires: 1 };
    await write(files.storePath, { version: 1, profiles: { [id]: old } });
    await write(files.configPath, {
      auth: { profiles: { [id]: { provider: 'anthropic', mode: 'oauth', email: 'a@b.c' } } },
    });
    await save(id, apiKey('anthropic', 'sk-ant-api03-key'), old);
    assert.deepEqual(await read(files.configPath), {
      auth: { profiles: { [id]: { provider: 'anthropic', mode: 'api_key' } } },
    });
  });

  it('the runtime cache comes in step with it', async () => {
    const id = 'anthropic:default';
    const old = { type: 'token', provider: 'anthropic', token: TOKEN };
    const cache = path('agents', 'main', 'agent', 'auth.json');
    await write(files.storePath, { version: 1, profiles: { [id]: old } });
    await write(cache, { anthropic: { type: 'api_key', key: TOKEN } });
    await save(id, pastedToken('anthropic', NEWER), old);
    assert.deepEqual(await read(cache), { anthropic: { type: 'api_key', key: NEWER } });
  });

  it('siblings that a first entry in the config would hide are listed along, as what they are', async () => {
    const siblings = [
      { profileId: 'openai:a', provider: 'openai', mode: 'api_key' },
      { profileId: 'openai:b', provider: 'openai', mode: 'token' },
    ] as const;
    await save('openai:new', apiKey('openai', 'k'), undefined, siblings);
    assert.deepEqual((await read(files.configPath))['auth'], {
      profiles: {
        'openai:a': { provider: 'openai', mode: 'api_key' },
        'openai:b': { provider: 'openai', mode: 'token' },
        'openai:new': { provider: 'openai', mode: 'api_key' },
      },
    });
  });

  it('S26: what was written there since is not replaced; no secret is in the error or the log', async () => {
    const id = 'openai:default';
    const there = { type: 'api_key', provider: 'openai', key: 'sk-proj-theirs' };
    await write(files.storePath, { version: 1, profiles: { [id]: there } });
    const secret = apiKey('openai', 'sk-proj-mine');
    await service.keep(files, id, secret);
    const saving = service.save(files, id, secret, undefined, []);
    await assert.rejects(saving, (error) => {
      assert.ok(error instanceof KnownError && error.code === 'profile.changed');
      assert.doesNotMatch(inspect(error, { depth: 9 }) + lines.join(), /mine|theirs/);
      return true;
    });
    assert.deepEqual((await read(files.storePath))['profiles'], { [id]: there });
  });
});
