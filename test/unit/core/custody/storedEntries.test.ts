import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { systemClock } from '../../../../src/core/clock.ts';
import { broughtBetween, storedEntries } from '../../../../src/core/custody/storedEntries.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

describe('what another program brought into a store', () => {
  const path = workFolder();
  const store = () => path('auth-profiles.json');
  async function entries(profiles: JsonObject) {
    await writeFile(store(), JSON.stringify({ version: 1, profiles }));
    return await storedEntries(store(), systemClock);
  }
  const key = (provider: string, secret: string) => ({ type: 'api_key', provider, key: secret });

  it('new before changed, of the provider before any other', async () => {
    const before = await entries({ 'a:x': key('a', '1'), 'b:x': key('B', '1') });
    const after = await entries({
      'a:x': key('a', '2'),
      'b:x': key('B', '2'),
      'a:y': key('a', '1'),
    });
    assert.deepEqual(broughtBetween(before, after), { profileId: 'a:y', provider: 'a' });
    assert.deepEqual(broughtBetween(before, after, 'b'), { profileId: 'b:x', provider: 'b' });
    assert.deepEqual(broughtBetween(before, after, 'a'), { profileId: 'a:y', provider: 'a' });
    assert.deepEqual(broughtBetween(before, after, 'c')?.profileId, 'a:y');
  });

  it('nothing where nothing is different, or something has gone', async () => {
    const before = await entries({ 'a:x': key('a', '1'), 'b:x': key('b', '1') });
    assert.equal(broughtBetween(before, await entries({ 'a:x': key('a', '1') })), undefined);
    assert.equal(broughtBetween(before, before), undefined);
  });

  it('knows no secret; no store is empty, and one that cannot be read is not', async () => {
    assert.equal((await storedEntries(path('none.json'), systemClock)).size, 0);
    const read = await entries({ 'a:x': key('a', 'hush-hush'), 'a:odd': 7 });
    assert.doesNotMatch(inspect([...read]), /hush/);
    assert.equal(read.get('a:odd')?.provider, '');
    await writeFile(store(), '{"version":2}');
    await assert.rejects(storedEntries(store(), systemClock), (error) =>
      isKnown(error, 'store.unknownVersion'),
    );
  });
});
