import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type BadSecret, isKnown } from '../../../../../src/core/errors.ts';
import {
  readSecret,
  withoutLineBreaks,
} from '../../../../../src/core/signin/secrets/pastedSecret.ts';
import { vectorCases } from '../../model/vectorCases.ts';

const KEY = 'sk-proj-Abc_123-def456';

function whyNot(text: string): BadSecret | undefined {
  try {
    readSecret(text);
    return undefined;
  } catch (error) {
    assert.ok(isKnown(error, 'secret.bad'));
    return error.facts.why;
  }
}

describe('a pasted secret', () => {
  for (const { input, value } of vectorCases<{ input: string; value: string }>('secret-input')) {
    it(`loses line breaks as with CoderClaw: ${JSON.stringify(input)}`, () => {
      assert.equal(withoutLineBreaks(input), value);
    });
  }

  const wrapped: readonly (readonly [what: string, text: string])[] = [
    ['alone', KEY],
    ['with white space around it', `\t ${KEY} \r\n`],
    ['wrapped over lines', 'sk-proj-Abc_\r\n123-\n\ndef456\n'],
    ['wrapped and indented', '  sk-proj-Abc_\n    123-def456'],
    ['with invisible characters', `\ufeffsk-proj-\u200bAbc_123-def456\u200e`],
    ['in double quotes', `"${KEY}"`],
    ['in quotes, with a comma', `'${KEY}',`],
    ['in the quotes of a text program', `“${KEY}”`],
    ['in angle brackets', `<${KEY}>`],
    ['in backquotes', `\`${KEY}\``],
    ['exported', `export OPENAI_API_KEY=${KEY}`],
    ['exported in quotes', `export OPENAI_API_KEY="${KEY}"`],
    ['of a file of variables', `OPENAI_API_KEY = '${KEY}'`],
    ['set in PowerShell', `$env:OPENAI_API_KEY = "${KEY}"`],
    ['set in cmd', `set key=${KEY}`],
    ['assigned in a program', `const key = "${KEY}";`],
    ['with Bearer', `Bearer ${KEY}`],
    ['as a header', `Authorization: Bearer ${KEY}`],
    ['as a quoted header of Anthropic', `"x-api-key: ${KEY}"`],
  ];
  for (const [what, text] of wrapped) {
    it(`is read ${what}`, () => assert.equal(readSecret(text), KEY));
  }

  for (const secret of ['QUJD_REVG==', 'YWJj_ZGVm+/8=', 'bce-v3/ALTAK-x/y', 'a=b', 'AB=c', 'KEY']) {
    it(`keeps what only looks like a name: ${secret}`, () => {
      assert.equal(readSecret(secret), secret);
    });
  }

  const refused: readonly (readonly [BadSecret, text: string])[] = [
    ['empty', ''],
    ['empty', ' \r\n\u2028 '],
    ['empty', '""'],
    ['tooLong', 'a'.repeat(17 * 1024)],
    ['several', `export OPENAI_API_KEY=${KEY}\nexport XAI_API_KEY=xai-1`],
    ['several', `${KEY}\nXAI_API_KEY=abc`],
    ['several', `${KEY}\nexport key=abc`],
    ['several', `${KEY}\n"gsk_other"`],
    ['address', 'https://platform.openai.com/api-keys'],
    ['masked', 'sk-proj-…f456'],
    ['masked', 'sk-proj-****f456'],
    ['masked', 'sk-proj-...'],
    ['reference', '$OPENAI_API_KEY'],
    ['reference', 'export X=$(pass show openai)'],
    ['reference', `OPENAI_API_KEY="\${KEY}"`],
    ['reference', '%OPENAI_API_KEY%'],
    ['reference', '$env:OPENAI_API_KEY'],
    ['reference', '{{ secrets.KEY }}'],
    ['characters', `my key is ${KEY}`],
    ['characters', `"${KEY}`],
    ['characters', `{"key": "${KEY}"}`],
    ['characters', `${KEY}\u00e9`],
  ];
  for (const [why, text] of refused) {
    it(`${why}: ${JSON.stringify(text.slice(0, 50))}`, () => assert.equal(whyNot(text), why));
  }

  it('stands in no error, not even a part of it', () => {
    for (const [, text] of refused) {
      try {
        readSecret(text);
      } catch (error) {
        const told = inspect(error, { depth: 9 });
        for (const part of ['Abc_', 'def456', 'f456', 'gsk_', 'xai-1']) {
          assert.ok(!told.includes(part), part);
        }
      }
    }
  });
});
