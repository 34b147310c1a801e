import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  type CallbackPageKind,
  callbackPage,
  callbackPageWords,
} from '../../../../src/core/signin/callbackPage.ts';

const words = callbackPageWords('ChatGPT');
const kinds = Object.keys(words) as CallbackPageKind[];

describe('callback page', () => {
  for (const kind of kinds) {
    it(`S20 ${kind}: static, not stored, no referrer, and only its own style`, () => {
      const { html, headers } = callbackPage(kind, words[kind]);
      const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      assert.equal(
        headers['Content-Security-Policy'],
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      assert.equal(headers['Cache-Control'], 'no-store');
      assert.equal(headers['Referrer-Policy'], 'no-referrer');
      assert.equal(headers['X-Content-Type-Options'], 'nosniff');
      assert.doesNotMatch(html, /<script|\son\w+=|<link|<img|\shref=|\ssrc=|url\(|\sstyle=/i);
      assert.match(html, /prefers-color-scheme: dark/);
    });
  }

  it('S20 only one page says that it is done', () => {
    const done = kinds.filter((kind) => /signed in to/i.test(words[kind].title));
    assert.deepEqual(done, ['signedIn', 'refused']);
    assert.match(words.refused.title, /^Not /);
    const good = kinds.filter((kind) =>
      callbackPage(kind, words[kind]).html.includes('class="good"'),
    );
    assert.deepEqual(good, ['signedIn']);
  });

  it('S20 words are escaped', () => {
    const { html } = callbackPage('failed', {
      title: '</title><script>alert(1)</script>',
      text: '"a" & \'b\' <img src=x onerror=y>',
    });
    assert.doesNotMatch(html, /<script|<img/);
    assert.match(html, /&#34;a&#34; &#38; &#39;b&#39; &#60;img/);
  });
});
