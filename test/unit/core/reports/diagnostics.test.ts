import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { buildSnapshot } from '../../../../src/core/model/buildSnapshot.ts';
import { diagnostics } from '../../../../src/core/reports/diagnostics.ts';
import { knownPath } from '../../../../src/core/reports/pseudonyms.ts';
import { diagnosticsText } from '../../../../src/ui/words/diagnostics.ts';
import { type DoctorHome, doctorHome } from '../doctor/doctorHome.ts';

async function reportOf(home: DoctorHome): Promise<string> {
  const reads = await home.reads();
  const now = home.clock.now();
  const scene = { reads, snapshot: buildSnapshot(reads, now), host: home.host };
  const report = diagnostics(scene, await home.examine());
  return diagnosticsText(report, [['Node', '24']], [{ id: 'coderclawAuth.agent' }], now);
}

describe('the diagnostic report', () => {
  const home = doctorHome();

  it('numbers what has a name, and says how everything stands', async () => {
    await home().config({ agents: { list: [{ id: 'main', default: true }, { id: 'acme' }] } });
    const expires = Date.now() - 1;
    const login = { type: 'oauth', provider: 'openai-codex', access: 'a', refresh: 'r', expires };
    await home().store('main', {
      profiles: {
        'openai-codex:ann@example.com': login,
        'ours:x': { type: 'api_key', provider: 'ours', key: 'k' },
      },
    });
    await home().store('acme', {
      profiles: { 'openai-codex:ann@example.com': login },
      order: { 'openai-codex': ['openai-codex:gone'] },
    });
    const text = await reportOf(home());
    assert.match(text, /^## State folder 1\n\n- path: `~\/\.coderclaw`/m);
    assert.match(text, /^### agent 1$/m);
    assert.match(text, /^ {2}- 1\. profile 1, oauth, renews .*, renewable, `[0-9a-f]{12}`$/m);
    assert.match(text, /^- provider 1, order: stored\n {2}- 1\. profile 2, api_key, static$/m);
    assert.match(
      text,
      /^- \w+: `login\.twins`, .*main profile 1, agent 1 profile 1.*`[0-9a-f]{12}`/m,
    );
    assert.match(text, /^- \w+: `order\.ghosts`/m);
    assert.match(text, /^- `coderclawAuth\.agent`$/m);
    assert.doesNotMatch(text, /acme|ann|example|ours|gone/);
  });

  it('has nothing in it that stands in a file, whatever stands there', async function () {
    this.timeout(60_000);
    let serial = 0;
    // Long enough not to stand there by chance.
    const planted = fc.string({ unit: fc.constantFrom(...'qjxzvw'), minLength: 8, maxLength: 12 });
    const documents = fc.record({
      words: fc.array(planted, { minLength: 16, maxLength: 16 }),
      type: fc.constantFrom('oauth', 'token', 'api_key', 'odd'),
      provider: fc.constantFrom('openai-codex', undefined),
      isTorn: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(documents, async ({ words, type, provider, isTorn }) => {
        serial += 1;
        const word = (at: number): string => words[at] ?? '';
        const name = `${provider ?? word(0)}:${word(1)}@${word(2)}.com`;
        const agentId = `${word(3)}${serial}`;
        const credential: JsonObject = {
          ...{ type, provider: provider ?? word(0), access: word(4), refresh: word(5) },
          ...{
            token: word(4),
            key: word(4),
            email: `${word(6)}@${word(2)}.org`,
            accountId: word(7),
          },
          ...{ expires: Date.now() / 1000, metadata: { projectId: word(8) } },
        };
        await home().config({
          agents: { list: [{ id: 'main' }, { id: agentId, name: word(9) }] },
          auth: {
            profiles: { [name]: { provider: word(10), mode: word(11), email: word(12) } },
            order: { [provider ?? word(0)]: [word(13), name] },
          },
        });
        const store: JsonObject = {
          ...{ profiles: { [name]: credential, [word(1)]: credential, odd: word(14) } },
          ...{ order: { [word(0)]: [word(13)] }, lastGood: { [word(0)]: word(13) } },
          usageStats: { [name]: { disabledUntil: Date.now() + 1e6, disabledReason: word(15) } },
        };
        await home().store('main', store);
        await home().store(agentId, isTorn ? `{"${word(1)}": ${word(2)}` : store);
        await home().sessions(agentId, {
          [`agent:${agentId}:${word(9)}`]: { sessionId: word(8), authProfileOverride: word(13) },
        });
        const text = await reportOf(home());
        assert.match(text, /^### agent \d/m);
        for (const one of [...words, agentId]) assert.ok(!text.includes(one), `${one} in\n${text}`);
      }),
      { numRuns: 25 },
    );
  });

  it('of paths only what everybody has', () => {
    assert.equal(
      knownPath('/home/ann/.coderclaw/agents/acme/agent', '/home/ann'),
      '~/.coderclaw/agents/…/agent',
    );
    assert.equal(knownPath('/home/annabel/.coderclaw', '/home/ann'), '/home/…/.coderclaw');
    assert.equal(knownPath('C:\\Users\\Ann B\\.coderclaw', 'D:\\'), 'C:/Users/…/.coderclaw');
  });
});
