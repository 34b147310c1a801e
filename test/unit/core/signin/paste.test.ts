import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BadPaste, isKnown } from '../../../../src/core/errors.ts';
import { judgePaste } from '../../../../src/core/signin/paste.ts';

const STATE = 'kM3Qx0pWq8uV1nTz-state-of-this-attempt';
const CODE = 'ac_9dKpX2mVtR4yLwQ7sZ.1a-b_c';
const REDIRECT = 'http://localhost:1455/auth/callback';
const ADDRESS = `${REDIRECT}?code=${CODE}&scope=openid+profile&state=${STATE}`;
const judge = (text: string, acceptBareCode = false): ReturnType<typeof judgePaste> =>
  judgePaste(text, { state: STATE, redirectUri: REDIRECT, acceptBareCode });

const GOOD: Readonly<Record<string, string>> = {
  'the address': ADDRESS,
  'the address by number': ADDRESS.replace('localhost', '127.0.0.1'),
  'the address by IPv6 literal': ADDRESS.replace('localhost', '[::1]'),
  'the address without its scheme': ADDRESS.replace('http://', ''),
  'the address behind code-server': ADDRESS.replace(
    'http://localhost:1455',
    'https://code.example.com/proxy/1455',
  ),
  'in double quotes': `"${ADDRESS}"`,
  'in typographic quotes': `“${ADDRESS}”`,
  'in angle brackets and spaces': `  <${ADDRESS}> \n`,
  'wrapped by a terminal': ADDRESS.replace(/.{20}/g, '$&\r\n    '),
  'as HTML source': ADDRESS.replaceAll('&', '&amp;'),
  'with invisible characters': `\uFEFF${ADDRESS}\u200B`,
  'the query alone': `code=${CODE}&state=${STATE}`,
  'the query with its question mark, state first': `?state=${STATE}&code=${CODE}`,
  'code#state': `${CODE}#${STATE}`,
  'code#state over two lines': `${CODE}#\n${STATE}`,
};

const BAD: Readonly<Record<string, readonly [string, BadPaste]>> = {
  nothing: ['', 'empty'],
  'white space': [' \r\n\t', 'empty'],
  'empty quotes': ['""', 'empty'],
  'a word': ['hello', 'notAnAddress'],
  'a sentence': ['the page did not open for me', 'notAnAddress'],
  'too much': [`${ADDRESS}&x=${'y'.repeat(20_000)}`, 'notAnAddress'],
  'a broken address': ['http://[::', 'notAnAddress'],
  'two hashes': [`${CODE}#${STATE}#x`, 'notAnAddress'],
  'the sign-in link itself': [
    `https://auth.openai.com/oauth/authorize?client_id=x&state=${STATE}`,
    'otherAddress',
  ],
  'another site with our state': [
    `https://evil.example/auth/callback?code=${CODE}&state=${STATE}`,
    'otherAddress',
  ],
  'another port': [ADDRESS.replace('1455', '1457'), 'otherAddress'],
  'another path': [ADDRESS.replace('/auth/callback', '/auth'), 'otherAddress'],
  'the address of another attempt': [ADDRESS.replace(STATE, 'another-state'), 'otherAttempt'],
  'the address without a state': [`${REDIRECT}?code=${CODE}`, 'otherAttempt'],
  'code#state of another attempt': [`${CODE}#another-state`, 'otherAttempt'],
  'code# with nothing behind it': [`${CODE}#`, 'otherAttempt'],
  'an error of another attempt': [`${REDIRECT}?error=access_denied&state=x`, 'otherAttempt'],
  'the address without a code': [`${REDIRECT}?state=${STATE}`, 'noCode'],
  'the bare redirect': [REDIRECT, 'noCode'],
  'the address with two codes': [`${ADDRESS}&code=x`, 'noCode'],
  'only the code': [CODE, 'bareCode'],
};

describe('paste', () => {
  for (const [title, text] of Object.entries(GOOD)) {
    it(`S13 takes ${title}`, () => assert.deepEqual(judge(text), { kind: 'code', code: CODE }));
  }

  for (const [title, [text, why]] of Object.entries(BAD)) {
    it(`S13 ${title}: ${why}`, () => {
      assert.throws(
        () => judge(text),
        (error) => isKnown(error, 'signin.badPaste') && error.facts.why === why,
      );
    });
  }

  it('S13 takes a bare code only where that is agreed', () => {
    assert.deepEqual(judge(` ${CODE.slice(0, 9)}\n${CODE.slice(9)} `, true), {
      kind: 'code',
      code: CODE,
    });
    for (const text of ['', 'hello', 'not a code at all', `${CODE}#other`]) {
      assert.throws(
        () => judge(text, true),
        (error) => isKnown(error, 'signin.badPaste'),
        text,
      );
    }
  });

  it('S10 an address with an error ends it like a callback with one', () => {
    const text = `${REDIRECT}?error=access_denied&error_description=Not+now&state=${STATE}`;
    assert.deepEqual(judge(text), {
      kind: 'error',
      error: 'access_denied',
      description: 'Not now',
    });
  });

  it('S13 never takes a text without our state, whatever it is', () => {
    const pieces = fc.constantFrom(
      REDIRECT,
      '?',
      '&',
      '#',
      'code=',
      'state=',
      CODE,
      'x',
      ' ',
      '%',
      '=',
      ':',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        assert.throws(
          () => judge(text),
          (error) => isKnown(error, 'signin.badPaste'),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
