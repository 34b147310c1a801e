import assert from 'node:assert/strict';
import { equalInConstantTime, judgeCallback } from '../../../../src/core/signin/callback.ts';

const STATE = 'the-state';
const judge = (query: string, issuer?: string): ReturnType<typeof judgeCallback> =>
  judgeCallback(new URLSearchParams(query), { state: STATE, issuer });

describe('callback', () => {
  it('gives the code of an answer with our state', () => {
    assert.deepEqual(judge(`code=a%2Bb&state=${STATE}`), { kind: 'code', code: 'a+b' });
  });

  it('S9 state is judged before code and error', () => {
    for (const query of [
      'code=abc',
      'error=access_denied',
      'code=abc&state=',
      'code=abc&state=the-stat',
      'code=abc&state=the-statee',
      'error=access_denied&state=THE-STATE',
      `code=abc&state=${STATE}&state=${STATE}`,
      'code=abc&code=abc&state=other',
    ]) {
      assert.deepEqual(judge(query), { kind: 'otherAttempt' }, query);
    }
  });

  it('S9 the comparison takes any two texts', () => {
    assert.equal(equalInConstantTime('', ''), true);
    assert.equal(equalInConstantTime('é', 'é'), true);
    assert.equal(equalInConstantTime('short', 'much longer than that'), false);
  });

  it('S10 gives the error in the words of the provider, also beside a code', () => {
    assert.deepEqual(judge(`error=access_denied&error_description=Not+now&state=${STATE}`), {
      kind: 'error',
      error: 'access_denied',
      description: 'Not now',
    });
    assert.deepEqual(judge(`error=access_denied&code=abc&state=${STATE}`), {
      kind: 'error',
      error: 'access_denied',
    });
  });

  it('takes no parameter twice, and no answer without code and error', () => {
    for (const query of [
      'code=a&code=b',
      'error=a&error=b',
      'code=a&error_description=x&error_description=y',
      'code=a&iss=x&iss=x',
      '',
      'code=',
      'code=caf%C3%A9',
      'code=a%00b',
    ]) {
      assert.deepEqual(judge(`${query}&state=${STATE}`), { kind: 'incomplete' }, query);
    }
  });

  it('compares an issuer where both are known (RFC 9207)', () => {
    const issuer = 'https://auth.example';
    assert.equal(judge(`code=a&iss=${issuer}&state=${STATE}`, issuer).kind, 'code');
    assert.equal(judge(`code=a&iss=${issuer}/&state=${STATE}`, issuer).kind, 'otherIssuer');
    assert.equal(judge(`code=a&iss=&state=${STATE}`, issuer).kind, 'otherIssuer');
    assert.equal(judge(`code=a&state=${STATE}`, issuer).kind, 'code');
    assert.equal(judge(`code=a&iss=anything&state=${STATE}`).kind, 'code');
  });
});
