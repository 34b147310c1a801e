import assert from 'node:assert/strict';
import { openUriCallback, receivedAddress } from '../../../../src/core/signin/uriCallback.ts';

const CODE = 'a+b/c=d+==';

describe('an address that the UriHandler was given', () => {
  const parameters = async (query: string, path = '/signed-in'): Promise<URLSearchParams> => {
    const { queryOf } = await openUriCallback(
      { kind: 'uriHandler', path: '/signed-in' },
      async () => 'vscode://coderclaw.coderclaw-auth/signed-in',
    );
    const authority = 'coderclaw.coderclaw-auth';
    const found = queryOf(receivedAddress({ scheme: 'vscode', authority, path, query }));
    assert.ok(found, 'the path is recognized');
    return found;
  };

  it('keeps every sign of a code whose query VS Code has decoded (desktop)', async () => {
    const query = await parameters(`windowId=1&code=${CODE}&state=s-_t`);
    assert.deepEqual(Object.fromEntries(query), { windowId: '1', code: CODE, state: 's-_t' });
  });

  it('and of one whose query comes as it was written (VS Code in a browser)', async () => {
    const sent = new URLSearchParams({ code: CODE, state: 's-_t', error_description: 'no + way' });
    const query = await parameters(sent.toString());
    assert.deepEqual(Object.fromEntries(query), Object.fromEntries(sent));
  });

  it('reads the + of a description as a space', async () => {
    const query = await parameters('error=access_denied&error_description=not+by+you');
    assert.equal(query.get('error_description'), 'not by you');
  });

  it('keeps a parameter that comes twice twice, and stray signs where they are', async () => {
    const query = await parameters('&state=a&state=b&x&=y&bad=%zz%&hash=#?&&');
    assert.deepEqual(
      [...query],
      [
        ['state', 'a'],
        ['state', 'b'],
        ['x', ''],
        ['', 'y'],
        ['bad', '%zz%'],
        ['hash', '#?'],
      ],
    );
  });

  it('cannot recover an encoded & that VS Code has decoded', async () => {
    const query = await parameters('code=a&b');
    assert.equal(query.get('code'), 'a');
  });

  it('is for another path if the path only begins like ours', async () => {
    await assert.rejects(parameters('code=a', '/signed-in?code=b'), /recognized/);
    await assert.rejects(parameters('code=a', '/signed-in#'), /recognized/);
  });
});
