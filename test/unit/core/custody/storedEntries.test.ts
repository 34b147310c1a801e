import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { systemClock } from '../../../../src/core/clock.ts';
import {
  broughtBetween,
  type OwnEntryChange,
  ownEntryChange,
  storedEntries,
} from '../../../../src/core/custody/storedEntries.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { removeProfile } from '../../../../src/core/documents/storeIntents.ts';
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

  const done = { succeeded: true, ours: [] };
  const idOf = (...run: Parameters<typeof broughtBetween>) => broughtBetween(...run)?.profileId;
  const ours = (id: string, before: JsonObject | undefined, after: JsonObject | undefined) => {
    const intent = removeProfile(id);
    return ownEntryChange({ intent, written: { before, after } }) ?? assert.fail('of no profile');
  };

  it('new before changed', async () => {
    const before = await entries({ 'a:x': key('a', '1'), 'b:x': key('B', '1') });
    const after = await entries({
      'a:x': key('a', '2'),
      'b:x': key('B', '2'),
      'a:y': key('a', '1'),
    });
    assert.deepEqual(broughtBetween(before, after, done), { profileId: 'a:y', provider: 'a' });
  });

  it('where a provider was named, of that provider alone', async () => {
    const before = await entries({ 'a:x': key('a', '1'), 'b:x': key('B', '1') });
    const after = await entries({
      'a:x': key('a', '2'),
      'b:x': key('B', '2'),
      'a:y': key('a', '1'),
    });
    const of = (provider: string) => broughtBetween(before, after, { ...done, provider });
    assert.deepEqual(of('b'), { profileId: 'b:x', provider: 'b' });
    assert.deepEqual(of('a'), { profileId: 'a:y', provider: 'a' });
    assert.equal(of('c'), undefined);
  });

  it('of a program that failed, only what is new', async () => {
    const before = await entries({ 'a:x': key('a', '1') });
    const changed = await entries({ 'a:x': key('a', '2') });
    const failed = { succeeded: false, ours: [] };
    assert.equal(idOf(before, changed, done), 'a:x');
    assert.equal(idOf(before, changed, failed), undefined);
    const added = await entries({ 'a:x': key('a', '2'), 'a:y': key('a', '1') });
    assert.equal(idOf(before, added, failed), 'a:y');
  });

  it('nothing that we wrote ourselves, however often, changed or new', async () => {
    const [one, two, three] = [key('a', '1'), key('a', '2'), key('a', '3')];
    const before = await entries({ 'a:x': one });
    const commits = [
      ours('a:x', one, two),
      ours('a:x', two, three),
      ours('a:y', undefined, one),
      ours('a:z', undefined, one),
      ours('a:z', one, undefined),
    ];
    const run = { succeeded: true, ours: commits };
    const read = { 'a:x': three, 'a:y': one };
    assert.equal(idOf(before, await entries(read), run), undefined);
    // Read before the last of ours was written.
    assert.equal(idOf(before, await entries({ ...read, 'a:x': two }), run), undefined);
    // Those of the same content under another name are not ours.
    assert.equal(idOf(before, await entries({ ...read, 'a:w': one }), run), 'a:w');
  });

  it('what another program wrote before or after us is its own', async () => {
    const [one, two, three] = [key('a', '1'), key('a', '2'), key('a', '3')];
    const before = await entries({ 'a:x': one });
    const after = await entries({ 'a:x': three });
    const run = (...commits: OwnEntryChange[]) => ({ succeeded: true, ours: commits });
    assert.equal(idOf(before, after, run(ours('a:x', one, two))), 'a:x');
    assert.equal(idOf(before, after, run(ours('a:x', two, three))), 'a:x');
    assert.equal(idOf(await entries({}), after, run(ours('a:x', two, three))), 'a:x');
  });

  it('of commits, only those to a profile are looked at', () => {
    const intent = { ...removeProfile('a'), entry: ['order', 'a'] } as const;
    assert.equal(ownEntryChange({ intent, written: { before: [], after: [] } }), undefined);
  });

  it('nothing where nothing is different, or something has gone', async () => {
    const before = await entries({ 'a:x': key('a', '1'), 'b:x': key('b', '1') });
    const gone = await entries({ 'a:x': key('a', '1') });
    assert.equal(broughtBetween(before, gone, done), undefined);
    assert.equal(broughtBetween(before, before, done), undefined);
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
