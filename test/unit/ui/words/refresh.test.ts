import assert from 'node:assert/strict';
import type { RefreshResult } from '../../../../src/core/custody/refresh/refresher.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import { messageText } from '../../../../src/ui/words/plainText.ts';
import {
  homelessWords,
  refreshAllWords,
  refreshWords,
  repairWords,
  undoneWords,
} from '../../../../src/ui/words/refresh.ts';
import { HOUR, MINUTE, NOW } from '../../../support/snapshots.ts';

const ID = 'openai-codex:work';
const host = 'auth.openai.com';
const network = new KnownError('signin.network', { host, timedOut: false });

const refused = (status: number, more: object = {}) =>
  new KnownError('signin.tokenRefused', { host, status, ...more });

function said(result: RefreshResult, triesAgain = true): readonly [string, string] {
  const { tone, text } = refreshWords(ID, result, NOW, triesAgain);
  assert.doesNotMatch(text, /\{\d\}|undefined|\.\.|\.\s*\./);
  assert.equal(messageText(text), text);
  return [tone, text];
}

describe('the words for a refresh', () => {
  it('all is well: until when', () => {
    assert.deepEqual(said({ kind: 'refreshed', expires: NOW + 5 * HOUR }), [
      'quiet',
      'Renewed openai-codex:work; its access token now ends in 5 h.',
    ]);
  });

  it('nothing had to be sent: why not', () => {
    assert.deepEqual(said({ kind: 'adopted', expires: NOW + 5 * HOUR }), [
      'told',
      'openai-codex:work had been renewed already; its access token ends in 5 h.',
    ]);
    assert.deepEqual(
      said({ kind: 'adopted', expires: NOW - HOUR })[1],
      `${ID} had been renewed already.`,
    );
  });

  it('received but not stored yet: that it is safe', () => {
    const fault = new KnownError('disk.full', { path: '/s.json' });
    assert.deepEqual(said({ kind: 'refreshed', expires: NOW + HOUR, fault }), [
      'warned',
      'Renewed openai-codex:work, but it is not stored yet: The disk is full: /s.json could not be written. It is kept safe, and stored as soon as that is possible.',
    ]);
  });

  it('received, and kept in memory only: until when', () => {
    const fault = new KnownError('disk.full', { path: '/s.json' });
    assert.match(
      said({ kind: 'refreshed', expires: NOW + HOUR, fault, kept: 'memory' })[1],
      /It is kept only as long as this window is open, and stored as soon as/,
    );
  });

  it('a passing fault: why, and when it is tried again', () => {
    const retryAt = NOW + 4 * MINUTE;
    assert.deepEqual(said({ kind: 'transient', retryAt, error: network }), [
      'warned',
      'Refreshing openai-codex:work failed: auth.openai.com could not be reached. The stored sign-in is unchanged; trying again in 4 min.',
    ]);
    assert.match(
      said({ kind: 'transient', retryAt })[1],
      /could not be asked\. The stored sign-in/,
    );
    assert.match(
      said({ kind: 'transient', retryAt, error: refused(503) })[1],
      /: auth\.openai\.com has a fault of its own \(status 503\)\. The stored/,
    );
    assert.match(said({ kind: 'transient', retryAt, error: refused(429) })[1], /asks to wait/);
  });

  it('promises no other try where none is scheduled', () => {
    const retryAt = NOW + 4 * MINUTE;
    for (const kind of ['transient', 'unsure'] as const) {
      const [, text] = said({ kind, retryAt, error: network }, false);
      assert.match(text, /unchanged; CoderClaw renews it when it uses it\.$/);
    }
  });

  it('a lost answer: that it is not known, and when it is tried once more', () => {
    assert.deepEqual(said({ kind: 'unsure', retryAt: NOW + HOUR }), [
      'warned',
      'Refreshing openai-codex:work failed: the answer of the provider was lost. The stored sign-in is unchanged; trying once more in 1 h.',
    ]);
  });

  it('a dead login: in the provider’s own words', () => {
    const error = refused(400, { error: 'invalid_grant', description: 'Token was revoked.' });
    assert.deepEqual(said({ kind: 'dead', why: 'refused', error }), [
      'warned',
      'Refreshing openai-codex:work failed: auth.openai.com refused it: Token was revoked. The provider no longer accepts this sign-in.',
    ]);
    assert.match(
      said({ kind: 'dead', why: 'refused', error: refused(401) })[1],
      /refused it \(status 401\)\./,
    );
    assert.match(
      said({ kind: 'dead', why: 'refused' })[1],
      /^openai-codex:work was not refreshed\. The provider/,
    );
    const other = new KnownError('refresh.otherIdentity', { profileId: ID, provider: 'p' });
    assert.match(
      said({ kind: 'dead', why: 'otherIdentity', error: other })[1],
      /^Renewing .* another account\. They were/,
    );
  });

  it('a dead login: what is known of it, and no more', () => {
    const what = (why: 'unanswered' | 'spent' | 'otherIdentity') => said({ kind: 'dead', why })[1];
    assert.equal(
      what('unanswered'),
      `${ID} was not refreshed. Its last renewals got no answer, so it may no longer work: try Refresh Now once more, or sign in again.`,
    );
    assert.equal(
      what('spent'),
      `${ID} was not refreshed. An older copy of this sign-in is stored, and the newer one is nowhere to be found. Sign in again.`,
    );
    assert.match(what('otherIdentity'), /another account\. Sign in again\.$/);
    assert.match(
      said({ kind: 'dead', why: 'unanswered', error: network })[1],
      /could not be reached\. Its last renewals got no answer/,
    );
  });

  it('of several: how many, and the first that failed', () => {
    const well = { profileId: 'p:a', result: { kind: 'adopted', expires: NOW } } as const;
    const bad = {
      profileId: 'p:b',
      result: { kind: 'dead', why: 'refused', error: refused(400) },
    } as const;
    const busy = new KnownError('lock.busy', { path: '/s.json', waitedMs: 35_000 });
    const all = (...outcomes: Parameters<typeof refreshAllWords>[1]) => {
      const { tone, text } = refreshAllWords('main', outcomes, NOW, true);
      return `${tone}: ${text}`;
    };
    assert.equal(all(well), 'quiet: Renewed the sign-in of main.');
    assert.equal(all(well, well), 'quiet: Renewed 2 sign-ins of main.');
    assert.match(all(bad), /^warned: Refreshing p:b failed: /);
    assert.match(
      all(well, bad, { profileId: 'p:c', fault: busy }),
      /^warned: Renewed 1 of 3 sign-ins of main\. Refreshing p:b failed: /,
    );
    assert.match(
      all({ profileId: 'p:c', fault: busy }, well),
      /1 of 2 .* Refreshing p:c failed: \/s/,
    );
  });

  it('what was put back, in one sentence for any number', () => {
    assert.match(repairWords('/s.json', 1), /older copy of \/s\.json .* put back\.$/);
    assert.match(repairWords('/s.json', 3), /\/s\.json over 3 changes .* put back\.$/);
    assert.match(undoneWords('/s.json'), /keeps writing .* \/s\.json/);
  });

  it('a sign-in that only a person can store: whose, where, and how', () => {
    const kept = homelessWords('p:a', 'bob@example.com', false);
    assert.match(kept, /bob@example\.com is not stored: p:a .* Sign in again/);
    assert.match(
      homelessWords('p:a', undefined, true),
      /unknown account for p:a .* no longer kept/,
    );
  });
});
