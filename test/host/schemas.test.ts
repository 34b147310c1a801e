import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';

const SECRET = 'sk-test-never-to-be-offered';

describe('the files of CoderClaw, opened in the editor', function () {
  this.timeout(60_000);
  let root: string;
  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'coderclaw-schemas-')));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(root, { recursive: true, force: true });
  });

  async function opened(path: string, text: string): Promise<vscode.TextDocument> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    // A preview would be closed by the next one, and what is closed has no squiggles.
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }

  /** What `read` gives once it is `enough`, or at the last: VS Code's JSON server answers in its own time. */
  async function polled<T>(read: () => T | Promise<T>, enough: (value: T) => boolean): Promise<T> {
    const until = Date.now() + 20_000;
    let value = await read();
    while (!enough(value) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      value = await read();
    }
    return value;
  }

  /** Each squiggle: the text below it, and what it says. */
  const squiggles = (document: vscode.TextDocument): readonly string[] =>
    vscode.languages
      .getDiagnostics(document.uri)
      .map(({ range, message }) => `${document.getText(range)}: ${message}`);

  async function squigglesOf(
    document: vscode.TextDocument,
    count: number,
  ): Promise<readonly string[]> {
    return polled(
      () => squiggles(document),
      (found) => found.length >= count,
    );
  }

  /** The place right behind the first `text`, or `back` characters before that. */
  function behind(document: vscode.TextDocument, text: string, back = 0): vscode.Position {
    const at = document.getText().indexOf(text);
    assert.ok(at >= 0, text);
    return document.positionAt(at + text.length - back);
  }

  const hoverAt = (document: vscode.TextDocument, text: string): Promise<string> =>
    polled(
      async () => {
        const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          behind(document, text, 2),
        );
        return hovers
          .flatMap(({ contents }) => contents)
          .map((content) => (typeof content === 'string' ? content : content.value))
          .join('\n');
      },
      (said) => said !== '',
    );

  const completionsAt = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<readonly string[]> => {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      position,
    );
    return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
  };

  const store = (profiles: unknown): string =>
    JSON.stringify({ version: 1, profiles, later: true }, undefined, 2);

  it('a store: squiggles where CoderClaw drops or cannot use something, and nowhere else', async () => {
    const document = await opened(
      'state/agents/main/agent/auth-profiles.json',
      store({
        'anthropic:good': { type: 'api_key', provider: 'anthropic', key: SECRET, ownField: [1] },
        'anthropic:odd': { type: 'apikey', provider: 'anthropic', key: SECRET },
        'zai:seconds': { type: 'token', provider: 'zai', token: SECRET, expires: 1_795_000_000 },
        nameless: { type: 'api_key', provider: 'zai', key: SECRET },
        'zai:none': { type: 'oauth', provider: 'zai', access: '', expires: 1_795_000_000_000 },
        'zai:bare': { type: 'token', provider: 'zai' },
      }),
    );
    const found = await squigglesOf(document, 5);
    const expected = [
      /^"apikey": CoderClaw knows "oauth", "token" and "api_key"/,
      /^1795000000: This looks like seconds, but CoderClaw reads milliseconds/,
      /^"nameless": The id of a profile is the provider, a colon, and a name/,
      /^"": Not used: it has neither an access token nor a refresh token\.$/,
      /"zai"\s+\}: Missing property "token"\.$/,
    ];
    for (const one of expected)
      assert.ok(
        found.some((text) => one.test(text)),
        `${one}: ${found}`,
      );
    assert.equal(found.length, expected.length, found.join('\n'));
    assert.ok(!found.some((text) => text.includes(SECRET)));
    assert.deepEqual(
      vscode.languages.getDiagnostics(document.uri).map(({ severity }) => severity),
      expected.map(() => vscode.DiagnosticSeverity.Warning),
    );
  });

  it('a store: hovers teach, completion offers kinds and never a secret', async () => {
    const document = await opened(
      'elsewhere/agents/work/agent/auth-profiles.json',
      store({
        'zai:a': { type: 'api_key', provider: 'zai', key: SECRET },
        'zai:b': { type: 'api_key', provider: 'zai', key: '' },
        'zai:c': { type: 'token', provider: 'zai', token: SECRET, expires: 1_795_000_000_000 },
      }),
    );
    assert.match(await hoverAt(document, '"expires"'), /\*\*milliseconds\*\* since 1970/);
    assert.match(await hoverAt(document, '"key"'), /The API key: \*\*a secret\*\*/);
    assert.match(await hoverAt(document, '"type": "api_key"'), /drops/);
    const kinds = await polled(
      () => completionsAt(document, behind(document, '"type": "', 1)),
      (items) => items.length >= 3,
    );
    assert.deepEqual([...kinds].sort(), ['"api_key"', '"oauth"', '"token"']);
    // Within the empty key.
    const values = await completionsAt(document, behind(document, '"key": ""', 1));
    assert.deepEqual(
      values.filter((item) => item.includes(SECRET)),
      [],
    );
    const fields = await completionsAt(document, behind(document, '"zai:b": {'));
    assert.ok(fields.includes('email'), fields.join());
    for (const secret of ['key', 'token', 'access', 'refresh']) {
      assert.ok(!fields.includes(secret), secret);
    }
  });

  it('a config: comments and trailing commas are fine, references too, and only its own parts are checked', async () => {
    const document = await opened(
      'state/coderclaw.json',
      `{
  // People write comments.
  "gateway": { "port": "any" },
  "auth": {
    "profiles": {
      "anthropic:work": { "provider": "anthropic", "mode": "\${MODE}" },
      "anthropic:odd": { "provider": "anthropic", "mode": "apikey" },
      "anthropic:more": { "$include": "./more.json5" },
    },
    "orders": {},
  },
  "agents": { "list": [{ "id": "\${AGENT}", "default": true }, { "name": "No id" }] },
  "bindings": { "$include": "./chats.json5" },
}
`,
    );
    assert.equal(document.languageId, 'jsonc');
    const found = await squigglesOf(document, 3);
    assert.deepEqual([...found].sort(), [
      '"apikey": Value is not accepted. Valid values: "oauth", "token", "api_key".',
      '"orders": Property orders is not allowed.',
      '{ "name": "No id" }: Missing property "id".',
    ]);
    assert.match(await hoverAt(document, '"auth"'), /\*\*refuses the whole config\*\*/);
    const modes = await completionsAt(document, behind(document, '"mode": "apikey', 6));
    assert.deepEqual([...modes].sort(), ['"api_key"', '"oauth"', '"token"']);
  });

  it('files of the same name that are not of CoderClaw are left alone', async () => {
    const flawed = store({ odd: {} });
    const foreign = [
      await opened('project/auth-profiles.json', flawed),
      await opened('home/.openclaw/agents/main/agent/auth-profiles.json', flawed),
    ];
    // Checked after them, so they have been checked by then.
    const ours = await opened('last/agents/main/agent/auth-profiles.json', flawed);
    assert.notDeepEqual(await squigglesOf(ours, 1), []);
    for (const document of foreign) assert.deepEqual(squiggles(document), [], document.fileName);
  });
});
