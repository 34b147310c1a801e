import assert from 'node:assert/strict';
import { pageHtml } from '../../../../src/ui/dashboard/pageHtml.ts';

describe('the page before it is drawn', () => {
  const html = pageHtml({
    ...{ script: 'https://host/dashboard.js?a&b', style: 'https://host/dashboard.css' },
    ...{ cspSource: 'https://host', nonce: 'n0nce', language: 'en"><script>', title: 'A <b>' },
  });

  it('lets in its own script and style, and nothing else', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    assert.equal(policy, "default-src 'none'; style-src https://host; script-src 'nonce-n0nce'");
    assert.equal(html.match(/<script /g)?.length, 1);
    assert.doesNotMatch(html, / style=|<style|unsafe| on\w+=/);
  });

  it('takes nothing for markup', () => {
    assert.doesNotMatch(html, /en">|<b>/);
    assert.match(html, /dashboard\.js\?a&#38;b/);
  });
});
