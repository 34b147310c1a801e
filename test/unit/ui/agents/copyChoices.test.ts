import assert from 'node:assert/strict';
import { copyables, copyChoices } from '../../../../src/ui/agents/copyChoices.ts';
import { agent, profile, provider } from '../../../support/snapshots.ts';

const STATIC = { kind: 'static' } as const;

describe('what a new agent can get from others', () => {
  const key = profile('openai:default', STATIC, { type: 'api_key' });
  const token = profile('anthropic:setup', STATIC, { type: 'token' });
  const login = profile('openai-codex:ann', { kind: 'renews', at: 1 } as never);
  const inherited = { ...key, origin: 'inherited' } as const;
  const main = agent('main', {
    providers: [provider('openai', key), provider('openai-codex', login)],
  });
  const work = agent('work', {
    providers: [
      provider('openai', inherited),
      provider('anthropic', token),
      provider('openai-codex', { ...login, id: 'openai-codex:bob' }),
    ],
  });

  it('is each profile where it stands; only keys and tokens are copied', () => {
    assert.deepEqual(
      copyables([main, work]).map(({ agent, profile, canCopy }) => [agent.id, profile.id, canCopy]),
      [
        ['main', 'openai:default', true],
        ['main', 'openai-codex:ann', false],
        ['work', 'anthropic:setup', true],
        ['work', 'openai-codex:bob', false],
      ],
    );
  });

  it('is nothing of a store that cannot be read', () => {
    const torn = { ...main, store: { kind: 'torn', path: '/s', detail: '' } } as const;
    assert.deepEqual(copyables([torn]), []);
  });

  it('reads as keys under whose they are, and sign-ins with what there is instead', () => {
    const rows = copyChoices(copyables([main, work])).map((one) =>
      one.kind === 'heading'
        ? `# ${one.label}`
        : [one.label, one.description, one.detail].join(' | '),
    );
    assert.deepEqual(rows, [
      '# Keys and tokens of main',
      'openai:default | API key · seen without a copy, too | OpenAI',
      '# Keys and tokens of work',
      'anthropic:setup | setup-token | Anthropic',
      '# Sign-ins are not copied',
      'openai-codex:ann | main | The new agent sees it from main; or sign in for it alone afterwards.',
      'openai-codex:bob | work | Sign in for the new agent afterwards: a refresh token is valid in one place.',
    ]);
  });

  it('has no heading for what is not there', () => {
    assert.deepEqual(copyChoices([]), []);
  });
});
