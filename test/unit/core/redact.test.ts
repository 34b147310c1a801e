import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { maskTyped, redact } from '../../../src/core/redact.ts';
import { jwt } from './signin/support/strictServer.ts';

const secret = (): string => `q7${randomBytes(24).toString('base64url')}`;

const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  'an address': (s) => `GET http://localhost:1455/auth/callback?code=${s}&scope=openid`,
  'a state': (s) => `?state=${s}#x`,
  'a form': (s) => `grant_type=x&refresh_token=${s}&client_id=app`,
  'a verifier': (s) => `code_verifier=${s}`,
  'a header': (s) => `Authorization: Bearer ${s}`,
  'a store': (s) => `{"type": "oauth", "access" : "${s}", "expires": 1}`,
  'a store, refresh': (s) => `{"refresh":"${s}"}`,
  'a key': (s) => `{"type":"api_key","key":"${s}"}`,
  'JSON in a string': (s) => JSON.stringify({ body: JSON.stringify({ access_token: s }) }),
  'an answer': (s) => `{"id_token":"${s}","device_code":"${s}"}`,
  'a setup token': (s) => `pasted sk-ant-oat01-${s} here`,
  'a key of OpenAI': (s) => `sk-proj-${s}`,
  'a key of Groq': (s) => `gsk_${s}`,
  'a GitHub token': (s) => `gho_${s}`,
  'an environment': (s) => `OPENAI api_key=${s}`,
};

describe('redaction', () => {
  for (const [title, place] of Object.entries(PLACES)) {
    it(`S17 masks a secret in ${title}`, () => {
      for (let round = 0; round < 50; round += 1) {
        const value = secret();
        const masked = redact(place(value));
        assert.ok(!masked.includes(value), masked);
        // S25: four trailing characters at most.
        assert.ok(!masked.includes(value.slice(-5)), masked);
      }
    });
  }

  it('S17 masks a JWT and a verifier wherever they stand', () => {
    const token = jwt({ email: 'ann@example.com' });
    const verifier = 'Zk3-Qw8_nV5bT2xY7cM0aL9dR4fG6hJ1sP-uEoIiKvB';
    const masked = redact(`failed with ${token}, ${verifier}.`);
    assert.match(masked, /^failed with ….{4}, ….{4}\.$/);
  });

  it('S17 masks what the caller knows, as it is and in an address', () => {
    const masked = redact('a b+c/d=e and a%20b%2Bc%2Fd%3De', ['a b+c/d=e']);
    assert.equal(masked, '… and …');
    assert.equal(redact('word', ['wor', '']), 'word');
  });

  it('masks what was typed in secret at any length, where it stands by itself', () => {
    for (const [text, typed, expected] of [
      ['PIN 48215 is wrong', '48215', 'PIN … is wrong'],
      ['PIN48215: pin=48215&x, "48215"', '48215', 'PIN…: pin=…&x, "…"'],
      ['148215 and 482150', '48215', '148215 and 482150'],
      ['a bad cat', 'a', '… bad cat'],
      ['ab_ab äab', 'ab', '…_… äab'],
      ['not p$1 nor p%241', 'p$1', 'not … nor …'],
      ['wrong: a+b (.*) [x]-{1}', '(.*)', 'wrong: a+b … [x]-{1}'],
      ['wrong: [x]-{1}', '[x]-{1}', 'wrong: …'],
      ['48215 48', '48215', '… 48'],
      ['bad \ud800', '\ud800', 'bad …'],
    ] as const) {
      assert.equal(maskTyped(text, [typed, '']), expected);
    }
    assert.equal(maskTyped('wrong: 48 215', ['48', '48 215', '215']), 'wrong: …');
    assert.equal(maskTyped('PIN 48215', []), 'PIN 48215');
  });

  it('leaves what people need to read', () => {
    for (const text of [
      'sign-in openai-codex: waiting, on loopback port 1457, 1455 is held by node (4711)',
      '/home/ann/.coderclaw/e4dde339/agents/main/agent/auth-profiles.json.lock',
      'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'openai-codex:ann@example.com renews itself in 5 h',
      'signin.tokenRefused {"host":"auth.openai.com","status":400,"error":"invalid_grant"}',
      '2026-11-22T17:00:00.000Z accountId 123e4567-e89b-12d3-a456-426614174000',
      'statecode=x',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('is quick on hostile texts', () => {
    const started = performance.now();
    for (const piece of [
      'eyJ',
      '"token":"\\',
      'code=',
      'aA1',
      '"key"',
      'Bearer ',
      '\\"',
      'sk-',
      ' ',
    ]) {
      redact(piece.repeat(30_000));
    }
    assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
  });
});
