import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import { nameSlug } from '../../../../../src/core/signin/profileNaming.ts';
import {
  readSetupToken,
  setupTokenProblem,
} from '../../../../../src/core/signin/secrets/setupToken.ts';
import { vectorCases } from '../../model/vectorCases.ts';

/** What CoderClaw 2026.3.21 says for each of our answers. */
const SAID = {
  empty: 'Required',
  notSetupToken: 'Expected token starting with sk-ant-oat01-',
  shortSetupToken: 'Token looks too short; paste the full setup-token',
} as const;
const TOKEN = `sk-ant-oat01-${'x'.repeat(67)}`;

describe('a setup-token', () => {
  for (const { input, error } of vectorCases<{ input: string; error: string | null }>(
    'setup-tokens',
  )) {
    it(`is judged as by CoderClaw: ${error ?? 'good'} (${input.length} characters)`, () => {
      const problem = setupTokenProblem(input);
      assert.equal(problem === undefined ? null : SAID[problem], error);
    });
  }

  for (const { input, name } of vectorCases<{ input: string; name: string }>('token-names')) {
    it(`gets the name of CoderClaw: ${JSON.stringify(input)} is ${name}`, () => {
      assert.equal(nameSlug(input), name);
    });
  }

  it('gets no e-mail for a name: CoderClaw makes a slug of those too', () => {
    assert.equal(nameSlug('Ann@Example.com'), 'ann-example.com');
    assert.equal(nameSlug('x'.repeat(5000)).length, 120);
  });

  it('is read however a terminal wrapped it', () => {
    const wrapped = `export CLAUDE_CODE_OAUTH_TOKEN="${TOKEN.slice(0, 40)}\n  ${TOKEN.slice(40)}"`;
    assert.deepEqual(readSetupToken(wrapped), { kind: 'setupToken', token: TOKEN });
  });

  it('that is a key of the console is told apart, to be stored as what it is', () => {
    const key = 'sk-ant-api03-short';
    assert.deepEqual(readSetupToken(`"${key}"`), { kind: 'consoleKey', key });
  });

  for (const [why, text] of [
    ['notSetupToken', 'sk-proj-abc'],
    ['notSetupToken', `sk-ant-ort01-${'x'.repeat(80)}`],
    ['shortSetupToken', TOKEN.slice(0, 79)],
    ['masked', `${TOKEN.slice(0, 20)}…`],
  ] as const) {
    it(`is refused as ${why}`, () => {
      assert.throws(
        () => readSetupToken(text),
        (error) => isKnown(error, 'secret.bad') && error.facts.why === why,
      );
    });
  }
});
