import assert from 'node:assert/strict';
import { type ErrorCode, type ErrorFacts, KnownError } from '../../../../src/core/errors.ts';
import { errorWords } from '../../../../src/ui/words/errors.ts';

/** One example of every code; the type makes it total. */
const examples: { readonly [C in ErrorCode]: ErrorFacts[C] } = {
  'lock.busy': { path: '/s.json', waitedMs: 35_000, holder: { pid: 42 } },
  'lock.lost': { path: '/s.json' },
  'disk.contended': { path: '/s.json' },
  'disk.full': { path: '/s.json' },
  'disk.readOnly': { path: '/s.json' },
  'disk.failed': { path: '/s.json', syscall: 'rename', errno: 'EIO' },
  'store.unreadable': { path: '/s.json', errno: 'EACCES' },
  'store.torn': { path: '/s.json', detail: 'it ends in the middle' },
  'store.unknownVersion': { path: '/s.json', version: '7' },
  'store.duplicateKey': { path: '/s.json', key: 'profiles' },
  'store.legacyPending': { path: '/s.json', legacyPath: '/auth.json' },
  'legacy.unreadable': { path: '/auth.json', detail: 'not one whole JSON document' },
  'sessions.unreadable': { path: '/s.json', errno: 'EACCES' },
  'sessions.invalid': { path: '/s.json', detail: 'it is not a JSON object' },
  'session.gone': { path: '/s.json', sessionKey: 'agent:main:main' },
  'config.unreadable': { path: '/c.json', errno: 'EACCES' },
  'config.invalid': { path: '/c.json', detail: 'a comma is missing', line: 3, column: 7 },
  'config.notEditable': { path: '/c.json', key: 'auth' },
  'agent.reserved': { agentId: 'main' },
  'agent.exists': { agentId: 'work', path: '/c.json' },
  'agent.gone': { agentId: 'work', path: '/c.json' },
  'agent.notRemovable': { agentId: 'main' },
  'agent.badName': { why: 'noId' },
  'agent.badFolder': { path: 'work', why: 'relative' },
  'binding.taken': { agentId: 'work', path: '/c.json' },
  'binding.gone': { path: '/c.json' },
  'binding.bad': { field: 'peerId', why: 'empty' },
  'profile.notCopyable': { profileId: 'openai-codex:a', storePath: '/s.json' },
  'profile.taken': { profileId: 'openai:a', storePath: '/s.json' },
  'trash.unavailable': { path: '/agents/work', why: 'otherDevice', errno: 'EXDEV' },
  'profile.gone': { profileId: 'openai-codex:a', storePath: '/s.json' },
  'order.onlyKeys': { provider: 'openai-codex', storePath: '/s.json' },
  'profile.changed': { profileId: 'openai-codex:a', storePath: '/s.json' },
  'refresh.unsupported': { profileId: 'qwen-portal:a', provider: 'qwen-portal' },
  'refresh.otherIdentity': { profileId: 'openai-codex:a', provider: 'openai-codex' },
  'signin.refused': {
    provider: 'openai-codex',
    error: 'access_denied',
    description: 'No seat left.',
  },
  'signin.codeExpired': { provider: 'qwen-portal' },
  'signin.notOffered': { provider: 'openai-codex', host: 'auth.openai.com' },
  'signin.noClient': { provider: 'google-gemini-cli', missing: 'geminiCli' },
  'signin.needsProject': { provider: 'google-gemini-cli' },
  'signin.timeout': { provider: 'openai-codex', minutes: 10 },
  'signin.badPaste': { why: 'otherAttempt' },
  'signin.network': { host: 'auth.openai.com', timedOut: false },
  'signin.tokenRefused': { host: 'auth.openai.com', status: 400, error: 'invalid_grant' },
  'signin.badAnswer': { host: 'auth.openai.com', what: 'no account in the token' },
  'signin.kept': {
    profileId: 'openai-codex:a',
    why: new KnownError('disk.full', { path: '/s.json' }),
  },
  'signin.badEndpoint': { what: 'ftp://x' },
  'plugin.failed': { provider: 'acme', label: 'Acme', description: 'no seat left.' },
  'plugin.badLink': { provider: 'acme', label: 'Acme' },
  'plugin.badCredentials': {
    provider: 'acme',
    label: 'Acme',
    field: 'expires',
    why: 'notMilliseconds',
  },
  'secret.bad': { why: 'masked' },
  'secret.badDuration': { why: 'notADuration' },
  'secret.badField': { field: 'accountId' },
  'cli.notAProgram': { path: '~/nowhere' },
  'program.notStarted': { name: 'CoderClaw sign-in' },
  'secret.badProvider': { why: 'notAnId' },
};

describe('the words for a failure', () => {
  for (const [code, facts] of Object.entries(examples)) {
    it(`${code}: what happened and what to do, in whole sentences`, () => {
      const { what, todo } = errorWords(new KnownError(code as ErrorCode, facts));
      assert.match(what, /^.{10,}\.$/);
      assert.match(todo, /^.{10,}\.$/);
      assert.doesNotMatch(`${what}${todo}`, /\{\d\}|undefined|\.\./);
    });
  }

  it("gives the provider's own words", () => {
    const error = new KnownError('signin.refused', examples['signin.refused']);
    assert.match(errorWords(error).what, /No seat left\.$/);
  });

  it('says which client id is missing', () => {
    for (const [missing, name] of [
      ['geminiCli', /GEMINI_CLI_OAUTH_CLIENT_ID/],
      ['chutes', /CHUTES_CLIENT_ID/],
    ] as const) {
      const error = new KnownError('signin.noClient', { provider: 'x', missing });
      assert.match(errorWords(error).todo, name);
    }
  });

  it('does not blame permissions for a list of sessions that is too large', () => {
    const error = new KnownError('sessions.unreadable', { path: '/s.json', errno: 'EFBIG' });
    const { what, todo } = errorWords(error);
    assert.match(what, /too large/);
    assert.doesNotMatch(todo, /permissions/);
  });

  it('names the program that holds a lock', () => {
    const { what } = errorWords(new KnownError('lock.busy', examples['lock.busy']));
    assert.match(what, /process 42/);
  });
});
