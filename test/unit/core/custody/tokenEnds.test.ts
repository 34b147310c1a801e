import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { TokenEndFiles } from '../../../../src/core/custody/tokenEnds.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { ownFolderOf } from '../../../../src/core/documents/ownFolder.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { workFolder } from '../disk/workFolder.ts';

const NOW = 1_795_000_000_000;
const YEAR = 365 * 24 * 60 * 60 * 1000;
const TOKEN = `sk-ant-oat01-${'x'.repeat(80)}`;
const CREDENTIAL: JsonObject = { type: 'token', provider: 'anthropic', token: TOKEN };

describe('the files of the ends of tokens', () => {
  const path = workFolder();
  const file = (dir = path()) => ownFolderOf(dir).tokenEnds;
  let now: number;
  let lines: string[];
  let ends: TokenEndFiles;
  const open = () =>
    new TokenEndFiles({
      locks: new FileLocks({ app: 't', clock: systemClock }),
      clock: { now: () => now },
      log: (line) => void lines.push(line),
    });

  beforeEach(() => {
    now = NOW;
    lines = [];
    ends = open();
  });

  it('know a setup-token by its hash, about a year from when it was pasted', async () => {
    await ends.stored(path(), CREDENTIAL);
    const known = new Map([[tokenHash(TOKEN), { at: NOW, end: NOW + YEAR }]]);
    assert.deepEqual(await ends.read([path()]), known);
    assert.deepEqual(await open().read([path(), path('other')]), known);
    const text = await readFile(file(), 'utf8');
    assert.ok(!text.includes('xxxx') && !text.includes('sk-ant'));
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(file()))).mode & 0o777, 0o700);
  });

  it('know it once, as old as it was, whoever notes it and wherever', async () => {
    await ends.stored(path(), CREDENTIAL);
    now += 5;
    await ends.stored(path(), CREDENTIAL);
    await open().stored(path(), CREDENTIAL);
    assert.equal((await readFile(file(), 'utf8')).trim().split('\n').length, 1);
    await mkdir(path('other'));
    await ends.stored(path('other'), CREDENTIAL);
    for (const dirs of [
      [path(), path('other')],
      [path('other'), path()],
    ]) {
      assert.deepEqual([...(await ends.read(dirs)).values()], [{ at: NOW, end: NOW + YEAR }]);
    }
  });

  it('are read on where a line was torn off, and by another process', async () => {
    await ends.stored(path(), CREDENTIAL);
    await appendFile(file(), '{"token":"');
    const other = { ...CREDENTIAL, token: `${TOKEN}y` };
    await open().stored(path(), other);
    assert.deepEqual([...(await ends.read([path()])).keys()], [TOKEN, `${TOKEN}y`].map(tokenHash));
  });

  const others: readonly (readonly [string, JsonObject])[] = [
    ['with an end of its own', { ...CREDENTIAL, expires: NOW + 1 }],
    ['of another provider', { ...CREDENTIAL, provider: 'openai' }],
    ['of another kind', { ...CREDENTIAL, token: 'sk-ant-api03-x' }],
    ['that only has such a field', { ...CREDENTIAL, type: 'oauth', refresh: 'r' }],
    ['that is a key', { type: 'api_key', provider: 'anthropic', key: TOKEN }],
    ['that is a sign-in', { type: 'oauth', provider: 'anthropic', access: TOKEN, refresh: 'r' }],
  ];
  for (const [what, credential] of others) {
    it(`say nothing of a credential ${what}`, async () => {
      await ends.stored(path(), credential);
      await assert.rejects(stat(file()));
    });
  }

  it('an end that CoderClaw does not respect is none', async () => {
    await ends.stored(path(), { ...CREDENTIAL, provider: 'Anthropic', expires: 0 });
    assert.equal((await ends.read([path()])).size, 1);
  });

  it('that cannot be written are a line in the log, and stop nothing', async () => {
    await mkdir(file(), { recursive: true });
    await ends.stored(path(), CREDENTIAL);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /when a token ends was not noted: disk\.failed$/);
    await assert.rejects(ends.read([path()]), { code: 'disk.failed' });
  });
});
