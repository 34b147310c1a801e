import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { MAX_FILE_BYTES, strictRead } from '../../../../src/core/disk/strictRead.ts';
import { workFolder } from './workFolder.ts';

describe('strict read', () => {
  const path = workFolder();

  it('I8: tells absent from empty from unreadable', async () => {
    assert.deepEqual(await strictRead(path('none')), { kind: 'absent' });
    await writeFile(path('empty'), '');
    const empty = await strictRead(path('empty'));
    assert.equal(empty.kind === 'bytes' && empty.bytes.length, 0);
    await mkdir(path('folder'));
    assert.deepEqual(await strictRead(path('folder')), { kind: 'unreadable', errno: 'EFTYPE' });
    assert.deepEqual(await strictRead(path('empty', 'x')), {
      kind: 'unreadable',
      errno: 'ENOTDIR',
    });
  });

  it('gives the bytes, the mode and the owner, through a link too', async () => {
    await writeFile(path('file'), 'hello', { mode: 0o640 });
    await symlink(path('file'), path('link'));
    const read = await strictRead(path('link'));
    assert(read.kind === 'bytes');
    assert.equal(read.bytes.toString(), 'hello');
    assert.equal(read.mode & 0o600, 0o600);
    assert.equal(read.uid, process.getuid?.() ?? 0);
  });

  it('does not read what is too large', async () => {
    await writeFile(path('file'), '');
    await truncate(path('file'), MAX_FILE_BYTES + 1);
    assert.deepEqual(await strictRead(path('file')), { kind: 'unreadable', errno: 'EFBIG' });
    await truncate(path('file'), MAX_FILE_BYTES);
    assert.equal((await strictRead(path('file'))).kind, 'bytes');
  });

  it('does not hang on a pipe, nor on a ring of links', async function () {
    if (process.platform === 'win32') return this.skip();
    execFileSync('mkfifo', [path('pipe')]);
    assert.deepEqual(await strictRead(path('pipe')), { kind: 'unreadable', errno: 'EFTYPE' });
    await symlink(path('b'), path('a'));
    await symlink(path('a'), path('b'));
    assert.deepEqual(await strictRead(path('a')), { kind: 'unreadable', errno: 'ELOOP' });
  });

  it('gives one moment of a file that is being written in place', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await writeFile(path('file'), versions[0] ?? '');
    let done = false;
    const writer = (async () => {
      for (let n = 0; n < 40; n++) await writeFile(path('file'), versions[n % 2] ?? '');
      done = true;
    })();
    while (!done) {
      const read = await strictRead(path('file'));
      // Torn is possible (cut off), a mixture of two versions is not.
      if (read.kind === 'bytes') assert.match(read.bytes.toString(), /^(a*|b*)$/);
    }
    await writer;
  });
});
