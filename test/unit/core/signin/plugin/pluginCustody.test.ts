import assert from 'node:assert/strict';
import type { OAuthCredentials, ProviderOptions } from '../../../../../src/api.ts';
import { type Clock, systemClock } from '../../../../../src/core/clock.ts';
import { fromAnswer } from '../../../../../src/core/custody/refresh/refreshAnswer.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import { identityOfStored } from '../../../../../src/core/signin/identity.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../../src/core/signin/limitedRequest.ts';
import { signedInWith } from '../../../../../src/core/signin/plugin/pluginCredentials.ts';
import { pluginGrant } from '../../../../../src/core/signin/plugin/pluginGrant.ts';
import { RefreshFolder } from '../../custody/refreshFolder.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { practice, TOKENS } from './practiceProvider.ts';

const ID = 'practice:ann';
const HOUR = 60 * 60_000;
const stored = () => ({
  type: 'oauth',
  provider: 'practice',
  access: 'at_old_CANARY',
  refresh: 'rt_old_CANARY',
  expires: Date.now() - HOUR,
  accountId: 'acct-1',
  note: 'kept',
});

describe('a login of another extension in custody', function () {
  this.timeout(20_000);
  const path = workFolder();
  let folder: RefreshFolder | undefined;
  let place: StorePlace;
  let clone: StorePlace;
  let answer: (credentials: OAuthCredentials) => Promise<OAuthCredentials>;
  let sent: number;

  async function begin(options: ProviderOptions = {}): Promise<RefreshFolder> {
    sent = 0;
    const refreshToken = (credentials: OAuthCredentials): Promise<OAuthCredentials> => {
      sent += 1;
      return answer(credentials);
    };
    const grant = pluginGrant(practice({ refreshToken }, options));
    folder = new RefreshFolder(path(), { grant: async () => grant });
    const login = stored();
    place = await folder.agent('main', { [ID]: login });
    clone = await folder.agent('work', { [ID]: login });
    return folder;
  }
  const refresh = (force = true) => folder?.refresher.refresh({ place, profileId: ID, force });

  afterEach(() => {
    assert.doesNotMatch(folder?.lines.join('\n') ?? '', /CANARY/, 'no secret in the log');
    folder?.dispose();
  });

  it('every copy moves on with one request', async () => {
    const made = await begin();
    answer = async (credentials) => ({ ...credentials, ...TOKENS, expires: Date.now() + HOUR });
    assert.equal((await refresh(false))?.kind, 'refreshed');
    for (const at of [place, clone]) {
      const { access, refresh: token, type, provider, note } = await made.profile(at, ID);
      assert.deepEqual(
        [access, token, type, provider, note],
        [TOKENS.access, TOKENS.refresh, 'oauth', 'practice', 'kept'],
      );
    }
    assert.equal(sent, 1);
  });

  it('errors that say nothing never end it, however many there are', async () => {
    const made = await begin();
    answer = () => Promise.reject(new Error('fetch failed for rt_old_CANARY'));
    for (let time = 0; time < 6; time += 1) {
      const result = await refresh();
      assert.equal(result?.kind, 'transient');
    }
    assert.equal(sent, 6);
    assert.deepEqual(
      [...(await made.records()).values()].map(({ kind }) => kind),
      ['transient'],
    );
    answer = async () => ({ ...TOKENS, expires: Date.now() + HOUR });
    assert.equal((await refresh())?.kind, 'refreshed');
  });

  it('invalid_grant ends it, and it is not sent again', async () => {
    await begin();
    answer = () => Promise.reject(new Error('invalid_grant'));
    const first = await refresh();
    assert.ok(first?.kind === 'dead' && first.why === 'refused');
    const second = await refresh(false);
    assert.ok(second?.kind === 'dead' && second.why === 'refused');
    assert.equal(sent, 1);
  });

  it('an answer that cannot be used may have spent the token, unless it does not rotate', async () => {
    answer = async () => ({ ...TOKENS, access: '' });
    await begin();
    assert.equal((await refresh())?.kind, 'unsure');
    folder?.dispose();
    await begin({ rotatesRefreshTokens: false });
    assert.notEqual((await refresh())?.kind, 'dead');
  });

  it('the tokens of another account are stored nowhere', async () => {
    const made = await begin();
    answer = async () => ({ ...TOKENS, accountId: 'acct-2' });
    const result = await refresh();
    assert.ok(result?.kind === 'dead' && result.why === 'otherIdentity');
    assert.equal((await made.profile(place, ID))['access'], 'at_old_CANARY');
  });

  describe('told whose it is by a function', () => {
    const identity = ({ accountId }: OAuthCredentials) => ({ accountId: `acme:${accountId}` });
    const written = { access: 'at_old_CANARY', refresh: 'rt_old_CANARY', accountId: '42' };

    /** Signs in, and answers refreshes in turn: what was given, and how each ended. */
    async function refreshed(style: (given: OAuthCredentials, time: number) => object) {
      const given: OAuthCredentials[] = [];
      const refreshToken = async (credentials: OAuthCredentials): Promise<OAuthCredentials> => {
        const time = given.push({ ...credentials });
        const [access, token] = [`at_${time}_CANARY`, `rt_${time}_CANARY`];
        const tokens = { access, refresh: token, expires: Date.now() + HOUR };
        return { ...style(credentials, time), ...tokens };
      };
      const added = practice({ refreshToken }, { identity });
      folder = new RefreshFolder(path(), { grant: async () => pluginGrant(added) });
      const { credential } = signedInWith(added, { ...written, expires: Date.now() + HOUR });
      place = await folder.agent('main', { [ID]: credential });
      const results = [await refresh(), await refresh(), await refresh()];
      const profile = await folder.profile(place, ID);
      return { given, ended: results.map((result) => result?.kind), profile };
    }

    for (const [name, style] of [
      ['that answers with all it was given', (given: OAuthCredentials) => given],
      ['that answers with what it knows', () => ({ accountId: '42' })],
      ['that answers with tokens alone', () => ({})],
    ] as const) {
      it(`it outlives the refreshes of a provider ${name}`, async () => {
        const { given, ended, profile } = await refreshed(style);
        assert.deepEqual(ended, ['refreshed', 'refreshed', 'refreshed']);
        for (const one of given) {
          const names = ['access', 'accountId', 'expires', 'refresh'];
          assert.deepEqual(Object.keys(one).sort(), names, 'nothing of ours');
          assert.equal(one['accountId'], '42');
        }
        assert.equal(profile['access'], 'at_3_CANARY');
        assert.equal(identityOfStored(profile).accountId, 'acme:42');
      });
    }

    it('and still ends with the tokens of another account', async () => {
      const { ended, profile } = await refreshed((_, time) => ({
        accountId: time < 2 ? '42' : '43',
      }));
      assert.deepEqual(ended, ['refreshed', 'dead', 'dead']);
      assert.equal(profile['access'], 'at_1_CANARY');
    });
  });

  describe('an answer that comes too late', () => {
    let calls: ((credentials: OAuthCredentials) => void)[];
    /** Given up soon, and then nobody asks again. */
    async function givenUp(): Promise<RefreshFolder> {
      calls = [];
      sent = 0;
      const refreshToken = (): Promise<OAuthCredentials> => {
        sent += 1;
        return new Promise((resolve) => void calls.push(resolve));
      };
      const grant = pluginGrant(practice({ refreshToken }));
      const clock: Clock = {
        now: () => systemClock.now(),
        sleep: (ms, signal) => systemClock.sleep(ms === TOKEN_REQUEST_LIMIT_MS ? 50 : ms, signal),
      };
      folder = new RefreshFolder(path(), { grant: async () => grant, clock });
      place = await folder.agent('main', { [ID]: stored() });
      clone = await folder.agent('work', { [ID]: stored() });
      assert.equal((await refresh())?.kind, 'unsure');
      return folder;
    }
    const tokens = (parts: object = {}): OAuthCredentials => ({
      ...TOKENS,
      expires: Date.now() + HOUR,
      ...parts,
    });
    async function until(isSo: () => Promise<boolean>): Promise<void> {
      for (let left = 200; !(await isSo()); left -= 1) {
        assert.ok(left > 0, 'it did not happen');
        await systemClock.sleep(20);
      }
    }

    it('is in the journal and with every holder without anybody asking', async () => {
      const made = await givenUp();
      calls[0]?.(tokens());
      const has = async (at: StorePlace): Promise<boolean> =>
        (await made.profile(at, ID))['refresh'] === TOKENS.refresh;
      await until(async () => (await has(place)) && (await has(clone)));
      await made.refresher.dispose();
      const [entry, ...more] = await made.entries();
      assert.deepEqual([more.length, fromAnswer(entry?.answer)?.fields.access], [0, TOKENS.access]);
      const kinds = [...(await made.records()).values()].map(({ kind }) => kind);
      assert.deepEqual(kinds, ['spent']);
      assert.equal(sent, 1);
    });

    it('is in the journal where the window closes at once', async () => {
      const made = await givenUp();
      calls[0]?.(tokens());
      await systemClock.sleep(1);
      await made.refresher.dispose();
      const [entry] = await made.entries();
      assert.equal(fromAnswer(entry?.answer)?.fields.refresh, TOKENS.refresh);
    });

    it('is nothing for a login that has moved on', async () => {
      const made = await givenUp();
      const moved = { ...stored(), refresh: 'rt_else_CANARY' };
      for (const at of [place, clone]) await made.put(at, ID, moved);
      calls[0]?.(tokens());
      await systemClock.sleep(200);
      await made.refresher.dispose();
      for (const at of [place, clone]) assert.deepEqual(await made.profile(at, ID), moved);
      assert.deepEqual(await made.entries(), []);
    });

    it("is left to the next try if it is somebody else's", async () => {
      const made = await givenUp();
      calls[0]?.(tokens({ accountId: 'acct-2' }));
      await systemClock.sleep(200);
      assert.equal((await made.profile(place, ID))['access'], 'at_old_CANARY');
      const result = await refresh();
      assert.ok(result?.kind === 'dead' && result.why === 'otherIdentity');
      assert.equal(sent, 1);
    });
  });
});
