import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import type { AgentFiles } from '../../../../src/core/custody/profileService.ts';
import { SignInService } from '../../../../src/core/custody/signInService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { replaceFile } from '../../../../src/core/disk/atomicFile.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import type { SignedIn } from '../../../../src/core/signin/descriptor.ts';
import {
  type SignInPlace,
  type StoringPerson,
  storeSignIn,
} from '../../../../src/ui/signIn/storeSignIn.ts';

const provider = 'openai-codex';

function credential(person: string, refresh: string, more: JsonObject = {}): JsonObject {
  const email = `${person}@example.com`;
  const accountId = `acct-${person}`;
  return { type: 'oauth', provider, access: 'a', refresh, expires: 1, accountId, email, ...more };
}

function signedIn(person: string, refresh: string): SignedIn {
  return {
    credential: credential(person, refresh),
    identity: { provider, accountId: `acct-${person}`, email: `${person}@example.com` },
  };
}

/** Notes what it is told, answers with the prepared buttons, and can act before it answers. */
class NotingPerson implements StoringPerson {
  readonly asked: string[] = [];
  readonly storedIds: string[] = [];
  readonly faults: unknown[] = [];
  again: (() => Promise<void>) | undefined;
  answers: string[] = [];
  beforeAnswer: () => Promise<void> = async () => {};

  async ask(message: string, detail: string): Promise<string | undefined> {
    this.asked.push(`${message} ${detail}`);
    await this.beforeAnswer();
    return this.answers.shift();
  }
  failed(_doing: string, error: unknown, again: () => Promise<void>): void {
    this.faults.push(error);
    this.again = again;
  }
  undone(_identity: unknown, again: () => Promise<void>): void {
    this.again = again;
  }
  async stored(profileId: string): Promise<void> {
    this.storedIds.push(profileId);
  }
}

describe('storing a finished sign-in', () => {
  let root: string;
  let files: AgentFiles;
  let service: SignInService;
  let person: NotingPerson;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'store-sign-in-'));
    files = {
      storePath: join(root, 'agents', 'main', 'agent', 'auth-profiles.json'),
      configPath: join(root, 'coderclaw.json'),
      legacyPaths: [],
    };
    const locks = new FileLocks({ app: 'test', clock: systemClock });
    const vault = new Vault({ locks, clock: systemClock, log: () => {} });
    service = new SignInService(vault, systemClock);
    person = new NotingPerson();
  });
  afterEach(() => rm(root, { recursive: true }));

  const place = (more: Partial<SignInPlace> = {}): SignInPlace => ({
    provider,
    files,
    siblings: [],
    ...more,
  });
  async function put(profiles: JsonObject): Promise<void> {
    await mkdir(dirname(files.storePath), { recursive: true });
    await writeFile(files.storePath, JSON.stringify({ version: 1, profiles }), { mode: 0o600 });
  }
  async function refreshOf(id: string): Promise<unknown> {
    const { profiles } = JSON.parse(await readFile(files.storePath, 'utf8'));
    return profiles[id]?.refresh;
  }

  it('I11: a store that is torn for a moment does not cost the tokens', async () => {
    await put({});
    await writeFile(files.storePath, '{"version":1,"prof');
    setTimeout(() => void put({ 'x:y': { type: 'api_key', provider: 'x', key: 'k' } }), 100);
    await storeSignIn(service, person, place(), signedIn('ann', 'new'));
    assert.deepEqual(person.storedIds, ['openai-codex:ann@example.com']);
    assert.equal(await refreshOf('openai-codex:ann@example.com'), 'new');
  });

  it('I11: a store that stays torn keeps the tokens in hand until it is mended', async () => {
    await put({});
    await writeFile(files.storePath, '{"version":1,"prof');
    await storeSignIn(service, person, place(), signedIn('ann', 'new'));
    assert.ok(isKnown(person.faults[0], 'store.torn'));
    await put({});
    await person.again?.();
    assert.equal(await refreshOf('openai-codex:ann@example.com'), 'new');
  });

  it('S26: asks before it replaces another account, and can keep both', async () => {
    await put({ 'openai-codex:mine': credential('ann', 'old') });
    person.answers = ['Keep Both'];
    await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
    assert.equal(person.asked.length, 1);
    assert.equal(await refreshOf('openai-codex:mine'), 'old');
    assert.equal(await refreshOf('openai-codex:mine-2'), 'new');
  });

  it('S26: consent to replace is for what was shown: a third account is asked about anew', async () => {
    await put({ 'openai-codex:mine': credential('ann', 'old') });
    person.answers = ['Replace'];
    person.beforeAnswer = async () => {
      if (person.asked.length === 1)
        await put({ 'openai-codex:mine': credential('cleo', 'third') });
    };
    await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
    assert.equal(person.asked.length, 2, 'asked again, and not answered');
    assert.equal(await refreshOf('openai-codex:mine'), 'third');
  });

  it('S26: an entry of another spelling or shape under the id counts, and keeps the typed name', async () => {
    const odd = [
      credential('ann', 'old', { provider: 'OpenAI-Codex' }),
      { type: 'oauth', refresh: 'old' },
    ];
    for (const entry of odd) {
      await put({ 'openai-codex:mine': entry });
      person.answers = ['Keep Both'];
      await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
      assert.equal(await refreshOf('openai-codex:mine'), 'old');
      assert.equal(await refreshOf('openai-codex:mine-2'), 'new');
    }
  });

  it('I10: "Store Again" never puts its token over a newer one of the same person', async () => {
    const id = 'openai-codex:ann@example.com';
    await put({ [id]: credential('ann', 'old') });
    let broken = true;
    const failing = new SignInService(
      new Vault({
        locks: new FileLocks({ app: 'test', clock: systemClock }),
        clock: systemClock,
        log: () => {},
        replace: (...args) => (broken ? Promise.reject(new Error('no')) : replaceFile(...args)),
      }),
      systemClock,
    );
    await storeSignIn(failing, person, place(), signedIn('ann', 'in hand'));
    assert.equal(person.faults.length, 1);
    broken = false;
    await put({ [id]: credential('ann', 'rotated by the gateway') });
    await person.again?.();
    assert.equal(await refreshOf(id), 'rotated by the gateway');
  });

  it('signs in again in place, under the id that it had', async () => {
    await put({ 'openai-codex:old-name': credential('ann', 'old') });
    const again = place({ profileId: 'openai-codex:old-name' });
    await storeSignIn(service, person, again, signedIn('ann', 'new'));
    assert.equal(await refreshOf('openai-codex:old-name'), 'new');
    assert.deepEqual(person.asked, []);
  });

  it('a config that lists nothing of the provider goes on using what is stored', async () => {
    await put({ 'openai-codex:default': credential('ann', 'old') });
    const siblings = [{ profileId: 'openai-codex:default', provider, mode: 'oauth' as const }];
    await storeSignIn(service, person, place({ siblings }), signedIn('bob', 'new'));
    const { auth } = JSON.parse(await readFile(files.configPath, 'utf8'));
    assert.deepEqual(Object.keys(auth.profiles), [
      'openai-codex:default',
      'openai-codex:bob@example.com',
    ]);
  });

  it('a config that lists some is only added to: what it hides stays hidden', async () => {
    await put({ 'openai-codex:default': credential('ann', 'old') });
    const listed = { auth: { profiles: { 'openai-codex:x': { provider, mode: 'oauth' } } } };
    await writeFile(files.configPath, JSON.stringify(listed));
    const siblings = [{ profileId: 'openai-codex:default', provider, mode: 'oauth' as const }];
    await storeSignIn(service, person, place({ siblings }), signedIn('bob', 'new'));
    const { auth } = JSON.parse(await readFile(files.configPath, 'utf8'));
    assert.deepEqual(Object.keys(auth.profiles), [
      'openai-codex:x',
      'openai-codex:bob@example.com',
    ]);
  });

  it('the person who dismisses the question keeps everything as it is', async () => {
    await put({ 'openai-codex:mine': credential('ann', 'old') });
    await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
    assert.deepEqual([person.storedIds, person.faults], [[], []]);
    assert.equal(await refreshOf('openai-codex:mine'), 'old');
  });

  it('fails before a browser opens where an older file waits for its import', async () => {
    await mkdir(dirname(files.storePath), { recursive: true });
    const legacy = join(dirname(files.storePath), 'auth.json');
    await writeFile(legacy, JSON.stringify({ anthropic: { type: 'api_key', key: 'k' } }));
    await chmod(legacy, 0o600);
    await assert.rejects(service.stored(files, provider), (error) =>
      isKnown(error, 'store.legacyPending'),
    );
  });
});
