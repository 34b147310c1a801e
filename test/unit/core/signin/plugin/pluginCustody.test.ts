import assert from 'node:assert/strict';
import type { OAuthCredentials, ProviderOptions } from '../../../../../src/api.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import { identityOfStored } from '../../../../../src/core/signin/identity.ts';
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
});
