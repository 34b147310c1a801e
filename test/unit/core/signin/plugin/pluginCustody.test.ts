import assert from 'node:assert/strict';
import type { OAuthCredentials, ProviderOptions } from '../../../../../src/api.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
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
});
