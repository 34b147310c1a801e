import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskEmails } from '../../../src/core/maskEmails.ts';

const masked = (text: string): string => maskEmails(text, 'salt');

describe('masking e-mail addresses', () => {
  it('within ids and sentences, with the first letters and a tag', () => {
    assert.match(masked('ann@example.com'), /^a…@e…#[0-9a-f]{4}$/);
    assert.match(
      masked("Renewed openai-codex:ann@example.com ('bob.b+x@mail.example.org')."),
      /^Renewed openai-codex:a…@e…#[0-9a-f]{4} \('b…@m…#[0-9a-f]{4}'\)\.$/,
    );
    assert.match(masked('Ünal@bücher.example'), /^Ü…@b…#/);
  });

  it('tells people and accounts of one person apart, by case no one, and from afar nobody', () => {
    const tags = ['ann@example.com', 'andrew@example.com', 'ann@example.org', 'ann+2@example.com'];
    assert.equal(new Set(tags.map(masked)).size, tags.length);
    assert.equal(
      masked('ann@example.com').slice(1),
      masked('Ann@Example.com').slice(1).replace('E', 'e'),
    );
    assert.notEqual(masked('ann@example.com'), maskEmails('ann@example.com', 'pepper'));
  });

  it('one that a text cut off, too', () => {
    assert.match(masked('openai-codex:ann@exam…'), /^openai-codex:a…@e…#[0-9a-f]{4}$/);
  });

  it('leaves everything else', () => {
    for (const text of [
      'a @ b, @ann, ann@',
      '/model gpt-5@openai-codex:default',
      '/node_modules/@scope/package',
      'package@1.2.3',
      '',
    ]) {
      assert.equal(masked(text), text);
    }
  });

  it('no address gets through whatever stands around it, and a second time changes nothing', () => {
    const around = fc.string({
      unit: fc.constantFrom('x', ' ', '@', ':', '"', '(', '.', '…', '#'),
    });
    // Such signs are taken for ones that stand around it.
    const addresses = fc.emailAddress().filter((address) => !/^'|\/@/.test(address));
    fc.assert(
      fc.property(addresses, around, around, (address, before, after) => {
        const text = `${before} ${address} ${after}`;
        const once = masked(text);
        assert.ok(!once.includes(address), once);
        assert.equal(masked(once), once);
      }),
    );
  });
});
