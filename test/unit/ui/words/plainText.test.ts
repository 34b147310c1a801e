import assert from 'node:assert/strict';
import { markdownText, messageText, plainText } from '../../../../src/ui/words/plainText.ts';
import { providerName } from '../../../../src/ui/words/providers.ts';

describe('words of others', () => {
  it('become one line without invisible or direction-changing signs', () => {
    assert.equal(plainText(' a\r\nb\u0000\u001b[2J\u202ec\u2066\u200bd\u2028e '), 'a b[2Jcd e');
  });

  it('are not endless', () => {
    assert.equal(plainText('x'.repeat(100_000)).length, 1000);
  });

  it('leave our own sentences as they are', () => {
    const text = 'Signed in as Ann (ann@example.com) for main. See /home/ann/[x]/auth.json “now”.';
    assert.equal(messageText(text), text);
  });

  it('cannot be a link in a notification', () => {
    // What VS Code takes for one.
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;
    for (const text of [
      '[Fix it](command:workbench.action.terminal.new)',
      '[a](https://evil.example)',
      '[a]\u200b(command:x)',
      '[a]\u202e\u0000(command:x)',
      '[[a]](command:x) [b](file:///etc/passwd)',
      '[a](https://e](command:x)',
    ]) {
      assert.doesNotMatch(messageText(text), link);
    }
  });

  it('cannot be markup, an icon or a row in Markdown', () => {
    const text = markdownText('a|b\n| $(zap) [x](command:y) <b> **c**');
    assert.doesNotMatch(text, /[\n|$()[\]<>*:]/);
    assert.match(text, /^a&#124;b &#124; &#36;&#40;zap/);
  });
});

describe('providerName', () => {
  it('knows proper names, and shows any other id plainly', () => {
    assert.equal(providerName('openai-codex'), 'OpenAI Codex');
    assert.equal(providerName('my-own'), 'my-own');
    assert.equal(providerName('toString'), 'toString');
    assert.equal(providerName('a\nb\u202ec'), 'abc');
    assert.equal(providerName('x'.repeat(5000)).length, 80);
  });
});
