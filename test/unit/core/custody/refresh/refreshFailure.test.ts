import assert from 'node:assert/strict';
import {
  failureOf,
  retryAfter,
  retryUnsure,
} from '../../../../../src/core/custody/refresh/refreshFailure.ts';
import { KnownError } from '../../../../../src/core/errors.ts';

const refused = (status: number, error?: string): KnownError =>
  new KnownError('signin.tokenRefused', { host: 'h', status, ...(error && { error }) });
const network = (facts: { timedOut: boolean; unsent?: true; errno?: string }): KnownError =>
  new KnownError('signin.network', { host: 'h', ...facts });

describe('failureOf', () => {
  for (const [title, error, rotating, lasting] of [
    ['never sent', network({ timedOut: false, unsent: true }), 'transient', 'transient'],
    ['broken off', network({ timedOut: false, errno: 'ECONNRESET' }), 'unsure', 'transient'],
    ['no answer in time', network({ timedOut: true }), 'unsure', 'transient'],
    ['HTML', new KnownError('signin.badAnswer', { host: 'h', what: 'x' }), 'unsure', 'transient'],
    [
      'a bad endpoint',
      new KnownError('signin.badEndpoint', { what: 'x' }),
      'transient',
      'transient',
    ],
    ['what nobody expected', new TypeError('x'), 'unsure', 'transient'],
    ['201', refused(201), 'unsure', 'transient'],
    ['307', refused(307), 'transient', 'transient'],
    ['429', refused(429, 'rate_limited'), 'transient', 'transient'],
    ['429 with a condemning word', refused(429, 'invalid_grant'), 'transient', 'transient'],
    ['500', refused(500), 'transient', 'transient'],
    ['503 with a condemning word', refused(503, 'invalid_grant'), 'transient', 'transient'],
    ['403 without a word', refused(403), 'transient', 'transient'],
    ['400 for another reason', refused(400, 'invalid_request'), 'transient', 'transient'],
    ['401 of the client', refused(401, 'invalid_client'), 'transient', 'transient'],
    ['invalid_grant', refused(400, 'invalid_grant'), 'dead', 'dead'],
    ['invalid_grant with 403', refused(403, 'invalid_grant'), 'dead', 'dead'],
    ['reused', refused(401, 'refresh_token_reused'), 'dead', 'dead'],
    ['expired', refused(401, 'refresh_token_expired'), 'dead', 'dead'],
    ['invalidated', refused(401, 'refresh_token_invalidated'), 'dead', 'dead'],
    ['a bearer that is not taken', refused(401, 'invalid_token'), 'dead', 'dead'],
    ['words around it', refused(400, 'not invalid_grant at all'), 'transient', 'transient'],
  ] as const) {
    it(`${title}: ${rotating}`, () => {
      assert.equal(failureOf(error, true), rotating);
      assert.equal(failureOf(error, false), lasting);
    });
  }
});

describe('when to try again', () => {
  it('waits twice as long each time, half an hour at most, and up to a quarter less', () => {
    const waits = [0, 1, 2, 5, 6, 7, 500].map((failures) => retryAfter(failures, 1000, 0) - 1000);
    assert.deepEqual(waits, [30e3, 60e3, 120e3, 960e3, 1800e3, 1800e3, 1800e3]);
    assert.equal(retryAfter(1, 1000, 1), 46_000);
  });

  it('a lost answer: at the end of the access token, and not within a minute', () => {
    assert.equal(retryUnsure(500_000, 1000), 500_000);
    assert.equal(retryUnsure(2000, 1000), 61_000);
    assert.equal(retryUnsure(undefined, 1000), 61_000);
  });
});
