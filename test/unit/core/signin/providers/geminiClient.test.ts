import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isKnown } from '../../../../../src/core/errors.ts';
import { geminiClient } from '../../../../../src/core/signin/providers/geminiClient.ts';

const ID = '123456789012-abcdefghijklmnop.apps.googleusercontent.com';
// Looks like one, and is none.
const SECRET = ['GOCSPX', 'not-a-secret-0123456'].join('-');
const SOURCE = `const OAUTH_CLIENT_ID = '${ID}';\nconst OAUTH_CLIENT_SECRET = '${SECRET}';\n`;

describe('the client of the Gemini CLI', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gemini-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = async (path: string, text: string): Promise<string> => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  /** A package with these files, and the program linked on PATH as npm does it. */
  async function installed(
    files: Readonly<Record<string, string>>,
    name = '@google/gemini-cli',
  ): Promise<{ readonly PATH: string }> {
    const at = 'lib/node_modules/@google/gemini-cli';
    const program = await put(`${at}/dist/index.js`, '');
    await put(`${at}/package.json`, JSON.stringify({ name }));
    for (const [path, text] of Object.entries(files)) await put(`${at}/${path}`, text);
    await mkdir(join(root, 'bin'));
    await symlink(program, join(root, 'bin', 'gemini'));
    return { PATH: ['relative', join(root, 'nowhere'), join(root, 'bin')].join(':') };
  }
  const isMissing = (error: unknown): boolean =>
    isKnown(error, 'signin.noClient') && error.facts.missing === 'geminiCli';

  it('is that of the environment first, with or without a secret', async () => {
    const environment = {
      GEMINI_CLI_OAUTH_CLIENT_ID: 'b',
      GEMINI_CLI_OAUTH_CLIENT_SECRET: 'hush',
      PATH: '',
    };
    assert.deepEqual(await geminiClient(environment), { clientId: 'b', clientSecret: 'hush' });
    const both = { ...environment, CODERCLAW_GEMINI_OAUTH_CLIENT_ID: ' a ' };
    assert.deepEqual(await geminiClient(both), { clientId: 'a' });
  });

  for (const path of [
    'node_modules/@google/gemini-cli-core/dist/src/code_assist/oauth2.js',
    'node_modules/@google/gemini-cli-core/dist/code_assist/oauth2.js',
    '../gemini-cli-core/dist/src/code_assist/oauth2.js',
    'somewhere/else/oauth2.js',
    'bundle/chunk-ABC123.js',
  ]) {
    it(`stands in ${path}`, async () => {
      const environment = await installed({ [path]: SOURCE });
      assert.deepEqual(await geminiClient(environment), { clientId: ID, clientSecret: SECRET });
    });
  }

  it('is missing where nothing is installed, or the program is another one', async () => {
    await assert.rejects(geminiClient({ PATH: join(root, 'bin') }), isMissing);
    await assert.rejects(geminiClient({}), isMissing);
    const other = await installed({ 'oauth2.js': SOURCE }, 'gemini-of-somebody-else');
    await assert.rejects(geminiClient(other), isMissing);
  });

  it('is not looked for elsewhere: no other file, no link out of the package, half of it is none', async () => {
    await put('outside/oauth2.js', SOURCE);
    const environment = await installed({
      'readme.js': SOURCE,
      'a/oauth2.js': SOURCE.replace(SECRET, ''),
      'b/oauth2.js': SOURCE.replace(ID, ''),
    });
    await symlink(join(root, 'outside'), join(root, 'lib/node_modules/@google/gemini-cli/linked'));
    await assert.rejects(geminiClient(environment), isMissing);
  });

  it('leaves a file alone that is larger than any source', async () => {
    const environment = await installed({ 'oauth2.js': SOURCE + ' '.repeat(33 * 1024 * 1024) });
    await assert.rejects(geminiClient(environment), isMissing);
  });
});
