import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { entryHash } from '../../../../src/core/custody/entryHash.ts';
import { Journal, type JournalEntry } from '../../../../src/core/custody/journal/journal.ts';
import type { AgentFiles } from '../../../../src/core/custody/profileService.ts';
import {
  SignInService,
  type SignInServiceParts,
} from '../../../../src/core/custody/signInService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { replaceFile } from '../../../../src/core/disk/atomicFile.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import type { SignedIn } from '../../../../src/core/signin/descriptor.ts';
import { apiKey } from '../../../../src/core/signin/secrets/secretCredential.ts';
import type { Target } from '../../../../src/ui/signIn/chooseTarget.ts';
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

  /** Whose account was shown before it was renewed: agreed to unless `refuses`. */
  readonly shown: string[] = [];
  refuses = false;

  async ask(message: string, detail: readonly string[]): Promise<string | undefined> {
    this.asked.push([message, ...detail].join(' '));
    await this.beforeAnswer();
    return this.answers.shift();
  }
  async show(message: string, detail: readonly string[]): Promise<boolean> {
    this.shown.push([message, ...detail].join(' '));
    await this.beforeAnswer();
    return !this.refuses;
  }
  failed(_doing: string, error: unknown, again: () => Promise<void>): void {
    this.faults.push(error);
    this.again = again;
  }
  undone(_identity: unknown, again: () => Promise<void>): void {
    this.again = again;
  }
  async stored({ profileId, agentId }: Target): Promise<void> {
    this.storedIds.push(agentId === 'main' ? profileId : `${agentId} ${profileId}`);
  }
}

describe('storing a finished sign-in', () => {
  let root: string;
  let files: AgentFiles;
  let parts: SignInServiceParts;
  let service: SignInService;
  let person: NotingPerson;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'store-sign-in-'));
    files = {
      stateDir: root,
      storePath: join(root, 'agents', 'main', 'agent', 'auth-profiles.json'),
      configPath: join(root, 'coderclaw.json'),
      legacyPaths: [],
    };
    const locks = new FileLocks({ app: 'test', clock: systemClock });
    const vault = new Vault({ locks, clock: systemClock, log: () => {} });
    parts = {
      vault,
      clock: systemClock,
      log: () => {},
      journal: new Journal({ clock: systemClock }),
    };
    service = new SignInService(parts);
    person = new NotingPerson();
  });
  afterEach(() => rm(root, { recursive: true }));

  const place = (more: Partial<SignInPlace> = {}): SignInPlace => ({
    provider,
    agentId: 'main',
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

  /** The vault with another way to commit. */
  function withCommit(commitStore: SignInServiceParts['vault']['commitStore']) {
    const { vault } = parts;
    const other: SignInServiceParts['vault'] = {
      commitStore,
      commitConfig: (...commit) => vault.commitConfig(...commit),
      withStores: (paths, options, task) => vault.withStores(paths, options, task),
      importLegacy: (...more) => vault.importLegacy(...more),
    };
    return other;
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

  describe('a key or token', () => {
    const groq = (more: Partial<SignInPlace> = {}) => place({ provider: 'groq', ...more });
    const stored = (key: string): JsonObject => ({ type: 'api_key', provider: 'groq', key });
    const profiles = async () => JSON.parse(await readFile(files.storePath, 'utf8')).profiles;

    it('is stored under its name, as CoderClaw does', async () => {
      await storeSignIn(service, person, groq({ name: 'My Work' }), apiKey('groq', 'k'));
      assert.deepEqual(person.storedIds, ['groq:my-work']);
      assert.deepEqual(await profiles(), { 'groq:my-work': stored('k') });
    });

    it('asks before it replaces another, since nobody can tell whose either is', async () => {
      await put({ 'groq:default': stored('old') });
      person.answers = ['Keep Both'];
      await storeSignIn(service, person, groq(), apiKey('groq', 'new'));
      assert.match(person.asked[0] ?? '', /another key or token under the name groq:default/);
      assert.doesNotMatch(person.asked.join(), /account|signed in/i);
      assert.deepEqual(await profiles(), {
        'groq:default': stored('old'),
        'groq:default-2': stored('new'),
      });
    });

    it('that is stored already is not stored twice', async () => {
      await put({ 'groq:work': stored('k') });
      await storeSignIn(service, person, groq(), apiKey('groq', 'k'));
      assert.deepEqual(person.asked, []);
      assert.deepEqual(await profiles(), { 'groq:work': stored('k') });
    });

    it('replaces the one that it is meant to replace, unasked and in its place', async () => {
      await put({ 'groq:work': stored('old'), 'groq:home': stored('other') });
      await storeSignIn(service, person, groq({ profileId: 'groq:work' }), apiKey('groq', 'new'));
      assert.deepEqual(person.asked, []);
      assert.deepEqual(await profiles(), {
        'groq:work': stored('new'),
        'groq:home': stored('other'),
      });
    });
  });

  const odd: readonly [string, JsonObject][] = [
    ['spelling', credential('ann', 'old', { provider: 'OpenAI-Codex' })],
    ['shape', { type: 'oauth', refresh: 'old' }],
  ];
  for (const [what, entry] of odd) {
    it(`S26: an entry of another ${what} under the id counts, and keeps the typed name`, async () => {
      await put({ 'openai-codex:mine': entry });
      person.answers = ['Keep Both'];
      await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
      assert.equal(await refreshOf('openai-codex:mine'), 'old');
      assert.equal(await refreshOf('openai-codex:mine-2'), 'new');
    });
  }

  it('"Store Again" lists what was brought to the store meanwhile by somebody else', async () => {
    const id = 'openai-codex:ann@example.com';
    const failing = new SignInService({
      ...parts,
      vault: withCommit((path) => Promise.reject(new KnownError('disk.full', { path }))),
    });
    await storeSignIn(failing, person, place(), signedIn('ann', 'new'));
    await put({ [id]: credential('ann', 'new') });
    await person.again?.();
    assert.deepEqual(person.storedIds, [id]);
    const { auth } = JSON.parse(await readFile(files.configPath, 'utf8'));
    assert.deepEqual(Object.keys(auth.profiles), [id]);
  });

  it('I10: "Store Again" never puts its token over a newer one of the same person', async () => {
    const id = 'openai-codex:ann@example.com';
    await put({ [id]: credential('ann', 'old') });
    let broken = true;
    const failing = new SignInService({
      ...parts,
      vault: new Vault({
        locks: new FileLocks({ app: 'test', clock: systemClock }),
        clock: systemClock,
        log: () => {},
        replace: (...args) => (broken ? Promise.reject(new Error('no')) : replaceFile(...args)),
      }),
    });
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

  describe('S26: whose it is', () => {
    const here = 'openai-codex:work';
    const again = () => place({ profileId: here });
    const atWork = () => join(root, 'agents', 'work', 'agent', 'auth-profiles.json');

    it('is shown before the same account is renewed, which can be refused', async () => {
      await put({ [here]: credential('ann', 'old') });
      person.refuses = true;
      person.beforeAnswer = async () => assert.equal(await refreshOf(here), 'old');
      await storeSignIn(service, person, again(), signedIn('ann', 'new'));
      assert.match(person.shown.join(), /^You signed in as ann@example\.com\. .*acct-ann/);
      assert.deepEqual([await refreshOf(here), person.storedIds], ['old', []]);
      assert.deepEqual(await new Journal({ clock: systemClock }).entries([root]), []);
      person.refuses = false;
      await storeSignIn(service, person, again(), signedIn('ann', 'new'));
      assert.equal(await refreshOf(here), 'new');
    });

    it('names the workspaces where the same person is in two', async () => {
      const email = 'ann@example.com';
      await put({ [here]: credential('ann', 'old', { accountId: 'other', email }) });
      await storeSignIn(service, person, again(), signedIn('ann', 'new'));
      assert.match(person.asked[0] ?? '', /ann@example\.com in workspace acct-ann, but/);
      assert.match(person.asked[0] ?? '', /belongs to ann@example\.com in workspace other\./);
      assert.equal(await refreshOf(here), 'old');
    });

    it('is not made up where the provider does not say it', async () => {
      await put({ [here]: credential('ann', 'old') });
      person.answers = ['Renew'];
      const untold = { ...signedIn('ann', 'new'), identity: { provider } };
      await storeSignIn(service, person, again(), untold);
      assert.match(person.asked[0] ?? '', /does not say which account you signed in to/);
      assert.equal(await refreshOf(here), 'new');
    });

    it('where it is not known of the profile that is meant: that one, or both', async () => {
      await put({ [here]: { type: 'oauth', provider, access: 'a', refresh: 'old', expires: 1 } });
      person.answers = ['Keep Both', 'Keep Both', 'Renew'];
      await storeSignIn(service, person, again(), signedIn('ann', 'new'));
      assert.match(person.asked[0] ?? '', /signed in as ann@example\.com\. Whether .*work is of/);
      assert.match(person.asked[0] ?? '', /the new one is stored as openai-codex:ann@example/);
      assert.equal(await refreshOf('openai-codex:ann@example.com'), 'new');
      await storeSignIn(service, person, again(), signedIn('ann', 'newest'));
      assert.match(person.asked[1] ?? '', /ann@example\.com, which has this account already, gets/);
      await storeSignIn(service, person, again(), signedIn('bob', 'newer'));
      assert.equal(await refreshOf(here), 'newer');
    });

    it('under another name: it is used there, or kept separate on purpose', async () => {
      await put({ [here]: credential('ann', 'old') });
      person.answers = ['Use There', 'Keep Separate'];
      await storeSignIn(service, person, place(), signedIn('ann', 'new'));
      assert.match(
        person.asked[0] ?? '',
        /ann@example\.com is signed in already, as openai-codex:work/,
      );
      assert.equal(await refreshOf(here), 'new');
      await storeSignIn(service, person, place(), signedIn('ann', 'newer'));
      assert.equal(await refreshOf(here), 'new');
      assert.equal(await refreshOf('openai-codex:ann@example.com'), 'newer');
    });

    describe('for another agent', () => {
      const main = () => files.storePath;
      beforeEach(async () => {
        await put({ [here]: credential('ann', 'old') });
        await mkdir(dirname(atWork()), { recursive: true });
        const places = [
          { stateDir: root, agentId: 'work', storePath: atWork() },
          { stateDir: root, agentId: 'main', storePath: main() },
          { stateDir: '/elsewhere', agentId: 'x', storePath: '/elsewhere/auth-profiles.json' },
        ];
        service = new SignInService({ ...parts, places: async () => places });
      });
      const forWork = () => place({ agentId: 'work', files: { ...files, storePath: atWork() } });
      const work = async () => JSON.parse(await readFile(atWork(), 'utf8')).profiles;

      it('it is used there: the agent sees it from main', async () => {
        person.answers = ['Use There'];
        await storeSignIn(service, person, forWork(), signedIn('ann', 'new'));
        assert.match(person.asked[0] ?? '', /as openai-codex:work \(agent main\)/);
        assert.match(person.asked[0] ?? '', /Agent work uses it from main\./);
        assert.deepEqual([await refreshOf(here), person.storedIds], ['new', [here]]);
        await assert.rejects(readFile(atWork()));
        const entries = await new Journal({ clock: systemClock }).entries([root]);
        const places = entries.map(({ draft }) => draft.storePath);
        assert.deepEqual(places, [main()], 'promised there alone');
      });

      it('it is kept separate on purpose', async () => {
        person.answers = ['Keep Separate'];
        await storeSignIn(service, person, forWork(), signedIn('ann', 'new'));
        assert.equal(await refreshOf(here), 'old');
        const id = 'openai-codex:ann@example.com';
        assert.deepEqual(person.storedIds, [`work ${id}`]);
        assert.deepEqual(await work(), { [id]: credential('ann', 'new') });
      });

      it('one whose store cannot be read is not known of', async () => {
        await writeFile(main(), '{"version":2}');
        await storeSignIn(service, person, forWork(), signedIn('ann', 'new'));
        assert.deepEqual(person.asked, []);
        assert.deepEqual(person.storedIds, ['work openai-codex:ann@example.com']);
      });

      it('only the same account counts, and only in the same state folder', async () => {
        const apart = { ...parts, places: async () => [{ ...other, storePath: main() }] };
        const other = { stateDir: '/elsewhere', agentId: 'x' };
        await storeSignIn(new SignInService(apart), person, forWork(), signedIn('ann', 'new'));
        await storeSignIn(service, person, forWork(), signedIn('bob', 'new'));
        assert.deepEqual(person.asked, []);
        assert.deepEqual(Object.keys(await work()), [
          'openai-codex:ann@example.com',
          'openai-codex:bob@example.com',
        ]);
      });

      it('what was there is asked about anew when it changes during the question', async () => {
        person.answers = ['Use There', 'Use There'];
        person.beforeAnswer = async () => {
          if (person.asked.length === 1) await put({ [here]: credential('ann', 'rotated') });
        };
        await storeSignIn(service, person, forWork(), signedIn('ann', 'new'));
        assert.deepEqual([person.asked.length, await refreshOf(here)], [2, 'new']);
      });
    });
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

  describe('older sign-ins that wait for their import', () => {
    const auth = () => join(dirname(files.storePath), 'auth.json');
    async function putOld(content: JsonObject): Promise<void> {
      await mkdir(dirname(files.storePath), { recursive: true });
      await writeFile(auth(), JSON.stringify(content), { mode: 0o600 });
    }

    it('are imported before the new one is stored, and not by asking', async () => {
      await putOld({ anthropic: { type: 'api_key', key: 'k' } });
      assert.deepEqual(await service.stored(files, provider), []);
      await assert.rejects(readFile(files.storePath));
      await storeSignIn(service, person, place(), signedIn('ann', 'new'));
      const { profiles } = JSON.parse(await readFile(files.storePath, 'utf8'));
      assert.deepEqual(Object.keys(profiles), [
        'anthropic:default',
        'openai-codex:ann@example.com',
      ]);
      await assert.rejects(readFile(auth()));
    });

    it('count as stored: the same account is renewed in place, another one is asked about', async () => {
      await putOld({ [provider]: credential('ann', 'old') });
      const id = 'openai-codex:default';
      assert.deepEqual(
        (await service.stored(files, provider)).map((stored) => stored.id),
        [id],
      );
      await storeSignIn(service, person, place({ profileId: id }), signedIn('bob', 'new'));
      assert.equal(person.asked.length, 1);
      await storeSignIn(service, person, place({ profileId: id }), signedIn('ann', 'new'));
      assert.equal(await refreshOf(id), 'new');
    });

    it('that cannot be read stop a sign-in before a browser opens', async () => {
      await putOld({});
      await writeFile(auth(), '{"p":');
      await assert.rejects(service.stored(files, provider), (error) =>
        isKnown(error, 'legacy.unreadable'),
      );
    });
  });

  describe('I11: the journal', () => {
    const entries = (): Promise<readonly JournalEntry[]> =>
      new Journal({ clock: systemClock }).entries([root]);
    const id = 'openai-codex:ann@example.com';

    it('has the sign-in before the store has it, and keeps it until it is seen to last', async () => {
      await put({ [id]: credential('ann', 'old') });
      let atCommit: readonly JournalEntry[] = [];
      const { vault } = parts;
      const watched = new SignInService({
        ...parts,
        vault: withCommit(async (...commit) => {
          atCommit = await entries();
          return vault.commitStore(...commit);
        }),
      });
      await storeSignIn(watched, person, place(), signedIn('ann', 'new'));
      const [only, ...more] = atCommit;
      assert.deepEqual(more, []);
      assert.deepEqual(only?.answer, credential('ann', 'new'));
      assert.deepEqual(only?.draft, {
        ...{ kind: 'store', provider, storePath: files.storePath, profileId: id },
        seen: entryHash(credential('ann', 'old')),
        was: tokenHash('old'),
        ...{ agreed: true, configPath: files.configPath },
      });
      assert.deepEqual(
        (await entries()).map((entry) => entry.id),
        [only?.id],
      );
    });

    it('keeps it while the store is torn, says so, and goes with it when it is stored', async () => {
      await put({});
      await writeFile(files.storePath, '{"version":1,"prof');
      await storeSignIn(service, person, place(), signedIn('ann', 'new'));
      const [kept] = await entries();
      assert.deepEqual(kept?.answer, credential('ann', 'new'));
      assert.ok(kept?.draft.kind === 'store');
      assert.deepEqual([kept.draft.profileId, kept.draft.seen], [id, null]);
      await put({});
      await person.again?.();
      assert.equal(await refreshOf(id), 'new');
      assert.equal((await entries()).length, 1, 'one entry for one sign-in');
    });

    it('has it as undecided, by what stands there now, whenever something is asked', async () => {
      await put({ [id]: credential('ann', 'old') });
      const drafts: unknown[] = [];
      person.beforeAnswer = async () => {
        const [entry] = await entries();
        assert.ok(entry?.draft.kind === 'store');
        const { profileId, agreed, seen } = entry.draft;
        drafts.push([profileId, agreed, seen]);
        if (drafts.length === 1) await put({ [id]: credential('ann', 'rotated') });
      };
      // A sign-in by a code has not looked at the store before.
      await storeSignIn(service, person, place({ profileId: id }), signedIn('ann', 'new'));
      assert.deepEqual(drafts, [
        [id, false, entryHash(credential('ann', 'old'))],
        [id, false, entryHash(credential('ann', 'rotated'))],
      ]);
      assert.equal(await refreshOf(id), 'new');
      assert.equal((await entries()).length, 1, 'one entry for one sign-in');
    });

    it('remembers what a renewed profile held when the browser opened', async () => {
      await put({ [id]: credential('ann', 'old') });
      await service.stored(files, provider);
      await writeFile(files.storePath, '{"version":2}');
      await storeSignIn(service, person, place({ profileId: id }), signedIn('ann', 'new'));
      const [kept] = await entries();
      assert.ok(kept?.draft.kind === 'store');
      assert.equal(kept.draft.seen, entryHash(credential('ann', 'old')));
    });

    it('a commit that fails tells why, and that the sign-in is kept', async () => {
      const full = new SignInService({
        ...parts,
        vault: new Vault({
          clock: systemClock,
          log: () => {},
          replace: (file) => Promise.reject(new KnownError('disk.full', { path: file })),
        }),
      });
      await put({});
      await storeSignIn(full, person, place(), signedIn('ann', 'SECRET'));
      const [fault] = person.faults;
      assert.ok(isKnown(fault, 'signin.kept') && fault.facts.why.code === 'disk.full');
      assert.doesNotMatch(JSON.stringify(fault) + String(fault), /SECRET/);
      assert.equal((await entries()).length, 1);
    });

    it('that cannot be written does not stop a sign-in, nor promise anything', async () => {
      const none: SignInServiceParts['journal'] = {
        open: () => Promise.reject(new KnownError('disk.full', { path: '/journal' })),
      };
      const full = new SignInService({ ...parts, journal: none });
      await storeSignIn(full, person, place(), signedIn('ann', 'new'));
      assert.equal(await refreshOf(id), 'new');
      const failing = new SignInService({
        ...parts,
        journal: none,
        vault: withCommit((path) => Promise.reject(new KnownError('disk.full', { path }))),
      });
      await storeSignIn(failing, person, place(), signedIn('ann', 'newer'));
      assert.ok(isKnown(person.faults[0], 'disk.full'));
    });

    it('has it after the store where there was no room before', async () => {
      const { vault, journal } = parts;
      let isFull = true;
      const filling = new SignInService({
        ...parts,
        journal: {
          open: async (...draft) => {
            if (isFull || !journal) throw new KnownError('disk.full', { path: '/journal' });
            return journal.open(...draft);
          },
        },
        vault: withCommit((...commit) => {
          isFull = false;
          return vault.commitStore(...commit);
        }),
      });
      await storeSignIn(filling, person, place(), signedIn('ann', 'new'));
      assert.deepEqual((await entries())[0]?.answer, credential('ann', 'new'));
    });

    it('goes on naming the place that the person chose, whatever fails later', async () => {
      const full = new SignInService({
        ...parts,
        vault: withCommit((path) => Promise.reject(new KnownError('disk.full', { path }))),
      });
      await put({ 'openai-codex:mine': credential('ann', 'old') });
      person.answers = ['Keep Both'];
      await storeSignIn(full, person, place({ name: 'mine' }), signedIn('bob', 'new'));
      await writeFile(files.storePath, '{"version":2}');
      await person.again?.();
      assert.equal(person.faults.length, 2);
      const drafts = (await entries()).map(({ draft }) => draft);
      assert.deepEqual(
        drafts.map((draft) => draft.kind === 'store' && draft.profileId),
        ['openai-codex:mine-2'],
      );
    });

    it('promises nothing for an entry that may be gone since the sign-in was stored once', async () => {
      let isFirst = true;
      const { vault, journal } = parts;
      const undone = new SignInService({
        ...parts,
        vault: withCommit(async (...commit) => {
          if (!isFirst) throw new KnownError('disk.full', { path: commit[0] });
          const done = await vault.commitStore(...commit);
          isFirst = false;
          return { ...done, aftermath: Promise.resolve('undone') };
        }),
        journal: {
          open: async (...draft) => {
            if (!isFirst || !journal) throw new KnownError('disk.full', { path: '/journal' });
            return journal.open(...draft);
          },
        },
      });
      await storeSignIn(undone, person, place(), signedIn('ann', 'new'));
      await put({});
      await person.again?.();
      assert.ok(isKnown(person.faults[0], 'disk.full'));
    });

    it('forgets a sign-in that the person does not want stored', async () => {
      await put({ 'openai-codex:mine': credential('ann', 'old') });
      await storeSignIn(service, person, place({ name: 'mine' }), signedIn('bob', 'new'));
      assert.deepEqual(await entries(), []);
    });

    it('forgets one that was overtaken by a newer one of the same person', async () => {
      await put({ [id]: credential('ann', 'old') });
      const failing = new SignInService({
        ...parts,
        vault: withCommit((path) => Promise.reject(new KnownError('disk.full', { path }))),
      });
      await storeSignIn(failing, person, place(), signedIn('ann', 'in hand'));
      assert.equal((await entries()).length, 1);
      await put({ [id]: credential('ann', 'rotated by the gateway') });
      await person.again?.();
      assert.deepEqual(await entries(), []);
    });
  });

  it('the runtime cache follows a sign-in that replaced one', async () => {
    const id = 'openai-codex:ann@example.com';
    await put({ [id]: credential('ann', 'old') });
    const cache = join(dirname(files.storePath), 'auth.json');
    const entry = { type: 'oauth', access: 'a0', refresh: 'old', expires: 1 };
    await writeFile(cache, JSON.stringify({ [provider]: entry }), { mode: 0o600 });
    await storeSignIn(service, person, place(), signedIn('ann', 'new'));
    assert.deepEqual(JSON.parse(await readFile(cache, 'utf8')), {
      [provider]: { type: 'oauth', access: 'a', refresh: 'new', expires: 1 },
    });
  });
});
