import assert from 'node:assert/strict';
import type { JsonValue } from '../../../../../src/core/documents/json.ts';
import { normalizeProviderId } from '../../../../../src/core/documents/providerIds.ts';
import { readSessions } from '../../../../../src/core/documents/sessions.ts';
import { effectiveStore } from '../../../../../src/core/model/effectiveStore.ts';
import { type ExplainQuery, explain } from '../../../../../src/core/model/explain/explain.ts';
import type {
  Answer,
  Explanation,
  Step,
} from '../../../../../src/core/model/explain/explanation.ts';
import { explainOrder } from '../../../../../src/core/model/explain/orderSteps.ts';
import type { AgentRead, Reads, StoreRead } from '../../../../../src/core/model/reads.ts';
import { SessionList } from '../../../../../src/core/model/sessionList.ts';
import { type ConfigDocument, configOf, storeOf, vectorCases } from '../vectorCases.ts';

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;

function whole(agentId: string, document: unknown): StoreRead {
  const path = `/s/agents/${agentId}/agent/auth-profiles.json`;
  return { kind: 'whole', path, store: storeOf(document), problems: [] };
}

interface Given {
  readonly config?: ConfigDocument;
  readonly main?: unknown;
  /** Of the agent work, where the question is about that. */
  readonly work?: unknown;
  readonly sessions?: Readonly<Record<string, object>>;
  readonly reads?: Partial<Reads>;
}

/** A state folder with the agent main, and with work where it is given. */
function readsOf({
  config = {},
  main = { version: 1, profiles: {} },
  work,
  ...more
}: Given): Reads {
  const sessions =
    more.sessions === undefined
      ? {}
      : { sessions: new SessionList('/s/sessions.json', readSessions(more.sessions as JsonValue)) };
  const agent = (id: string, store: StoreRead): AgentRead => ({
    id,
    isDefault: id === 'main',
    onDiskOnly: false,
    agentDir: `/s/agents/${id}/agent`,
    store,
    ...sessions,
  });
  const mainStore = whole('main', main);
  return {
    stateDirs: [
      {
        path: '/s',
        label: '~/.coderclaw',
        inUse: true,
        config: { kind: 'whole', path: '/s/coderclaw.json', config: configOf(config) },
        agents: [
          agent('main', mainStore),
          ...(work === undefined ? [] : [agent('work', whole('work', work))]),
        ],
        mainStore,
      },
    ],
    lookedIn: ['/s'],
    ...more.reads,
  };
}

function explained(given: Given, query: Pick<ExplainQuery, 'subject'> & Partial<ExplainQuery>) {
  return explain({
    reads: readsOf(given),
    stateDir: '/s',
    agentId: given.work === undefined ? 'main' : 'work',
    now: NOW,
    environment: {},
    ...query,
  });
}

const about = (provider: string) => ({ subject: { kind: 'provider', provider } }) as const;

type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>;

function step<K extends Step['kind']>(
  { steps }: Pick<Explanation, 'steps'>,
  kind: K,
): StepOf<K> | undefined {
  return steps.find((one): one is StepOf<K> => one.kind === kind);
}

/** Every profile that a step disposes of. */
function disposedOf({ steps }: Pick<Explanation, 'steps'>): readonly string[] {
  return steps.flatMap((one) => {
    const isVerdict =
      one.kind === 'unlisted' ||
      one.kind === 'unfit' ||
      one.kind === 'pausing' ||
      one.kind === 'tried';
    return isVerdict ? one.profiles.map(({ profileId }) => profileId) : [];
  });
}

/** The order that the steps tell. */
function orderTold(explanation: Pick<Explanation, 'steps'>): readonly string[] {
  const told = [
    ...(step(explanation, 'tried')?.profiles ?? []),
    ...(step(explanation, 'pausing')?.profiles ?? []),
  ].map(({ profileId }) => profileId);
  const first = step(explanation, 'preferred')?.profileId;
  return first !== undefined && told.includes(first)
    ? [first, ...told.filter((id) => id !== first)]
    : told;
}

function assertAccounted(explanation: Pick<Explanation, 'steps'>, store: unknown, name: string) {
  const provider = normalizeProviderId(name);
  const stored = [...storeOf(store).profiles]
    .filter(([, credential]) => normalizeProviderId(credential.provider) === provider)
    .map(([id]) => id);
  assert.deepEqual([...disposedOf(explanation)].sort(), stored.sort());
}

interface OrderCase {
  readonly now: number;
  readonly config: ConfigDocument;
  readonly store: unknown;
  readonly provider: string;
  readonly preferred?: string;
  readonly order: readonly string[];
}

interface PickCase {
  readonly now: number;
  readonly config: ConfigDocument;
  readonly store: unknown;
  readonly provider: string;
  readonly isNewSession: boolean;
  readonly entryBefore: object;
  readonly picked: string | null;
}

describe('the explanation of an order', () => {
  vectorCases<OrderCase>('order').forEach((vector, index) => {
    it(`comes to what CoderClaw answered, and leaves nobody out: order ${index}`, () => {
      const { config, store, provider, preferred, order, now } = vector;
      const reads = readsOf({ config, main: store });
      const [dir] = reads.stateDirs;
      const agent = dir?.agents[0];
      const seen = agent && effectiveStore(agent.store, agent.store);
      assert.ok(dir && agent && seen);
      const told = explainOrder(
        { reads, dir, agent, store: seen, now, environment: {} },
        provider,
        preferred === undefined ? undefined : { profileId: preferred, isOnly: false },
      );
      assert.deepEqual(orderTold(told), order);
      assertAccounted(told, store, provider);

      const { answer } = explained({ config, main: store }, { ...about(provider), now });
      assert.equal(answer.kind === 'nothing', order.length === 0);
      if (preferred !== undefined) return;
      if (answer.kind === 'uses') assert.equal(answer.profileId, order[0]);
      if (answer.kind === 'allPause') assert.equal(answer.soonest, order[0]);
    });

    it(`says of each profile how it stands to that: order ${index}`, () => {
      const { config, store, provider, order, now } = vector;
      for (const [profileId, credential] of storeOf(store).profiles) {
        if (normalizeProviderId(credential.provider) !== normalizeProviderId(provider)) continue;
        const subject = { kind: 'profile', profileId } as const;
        const { answer } = explained({ config, main: store }, { subject, now });
        assert.equal(answer.kind, 'profile');
        const { standing } = answer as Extract<Answer, { kind: 'profile' }>;
        const isTried = !['unlisted', 'unfit'].includes(standing.kind);
        assert.equal(isTried, order.includes(profileId), profileId);
      }
    });
  });
});

describe('the explanation of a session', () => {
  vectorCases<PickCase>('session-pick').forEach((vector, index) => {
    it(`comes to what CoderClaw picked, and leaves nobody out: session-pick ${index}`, () => {
      const { config, store, provider, isNewSession, entryBefore, picked, now } = vector;
      const sessions = { 's:1': { ...entryBefore, providerOverride: provider } };
      const told = explained(
        { config, main: store, sessions },
        { subject: { kind: 'session', sessionKey: 's:1' }, now, isNewSession },
      );
      const { answer } = told;
      assert.equal(answer.kind === 'session' ? answer.profileId : null, picked);
      if (picked === null) assert.equal(answer.kind, 'nothing');
      else assert.equal(orderTold(told)[0], picked);
      assertAccounted(told, store, provider);
    });
  });
});

const key = (more: object = {}) => ({ type: 'api_key', provider: 'anthropic', key: 'k', ...more });
const token = { type: 'token', provider: 'anthropic', token: 't' };
const oauth = {
  type: 'oauth',
  provider: 'anthropic',
  access: 'a',
  refresh: 'r',
  expires: NOW + HOUR,
};

describe('an explanation', () => {
  const because = (main: object, config: ConfigDocument = {}) => {
    const { answer } = explained({ main: { version: 1, ...main }, config }, about('anthropic'));
    return answer.kind === 'uses'
      ? [answer.profileId, answer.because, answer.afterwards]
      : answer.kind;
  };

  it('says why the first is the first', () => {
    const two = { 'a:1': key(), 'a:2': key() };
    const pause = { cooldownUntil: NOW + HOUR };
    assert.deepEqual(because({ profiles: { 'a:1': key() } }), ['a:1', 'only', undefined]);
    assert.deepEqual(because({ profiles: two, usageStats: { 'a:1': pause } }), [
      'a:2',
      'onlyUsable',
      undefined,
    ]);
    const order = { Anthropic: ['a:2', 'a:1'] };
    assert.deepEqual(because({ profiles: two, order }), ['a:2', 'headOfList', 'a:1']);
    assert.deepEqual(because({ profiles: two, order, usageStats: { 'a:2': pause } }), [
      'a:1',
      'nextOfList',
      undefined,
    ]);
    const { answer } = explained(
      { main: { version: 1, profiles: two, order: { anthropic: ['a:ghost', 'a:1'] } } },
      about('anthropic'),
    );
    assert.deepEqual(answer.kind === 'uses' && answer.passed, ['a:ghost']);
    assert.deepEqual(because({ profiles: { 'a:1': key(), 'a:2': token, 'a:3': oauth } }), [
      'a:3',
      'type',
      'a:2',
    ]);
    assert.deepEqual(because({ profiles: two, usageStats: { 'a:1': { lastUsed: NOW - 1 } } }), [
      'a:2',
      'longestUnused',
      'a:1',
    ]);
    assert.deepEqual(because({ profiles: two }), ['a:1', 'storedFirst', 'a:2']);
    assert.equal(because({ profiles: {} }), 'nothing');
  });

  it('names the list in force with its file, what is missing in it, and the lists it overrules', () => {
    const config = {
      auth: {
        order: { anthropic: ['a:1'] },
        profiles: { 'a:1': { provider: 'anthropic', mode: 'api_key' } },
      },
    };
    const profiles = { 'a:1': key(), 'z:1': key({ provider: 'zai' }) };
    const own = { version: 1, profiles, order: { anthropic: ['a:ghost', 'z:1', 'a:1', 'a:1'] } };
    const list = (given: Given) => step(explained(given, about('anthropic')), 'list');
    assert.deepEqual(list({ config, main: own }), {
      kind: 'list',
      source: 'store',
      orderOf: 'own',
      path: '/s/agents/main/agent/auth-profiles.json',
      ids: ['a:ghost', 'z:1', 'a:1'],
      missing: ['a:ghost', 'z:1'],
      overruled: ['config', 'configProfiles'],
    });
    // Another agent takes main's order, unless it has one under the same key.
    const work = { version: 1, profiles: {} };
    assert.equal(list({ config, main: own, work })?.orderOf, 'main');
    const ordered = { ...work, order: { anthropic: ['a:1'] } };
    assert.equal(list({ config, main: own, work: ordered })?.orderOf, 'own');
    const unordered = { version: 1, profiles };
    assert.deepEqual(list({ config, main: unordered }), {
      kind: 'list',
      source: 'config',
      path: '/s/coderclaw.json',
      ids: ['a:1'],
      missing: [],
      overruled: ['configProfiles'],
    });
    assert.equal(list({ main: unordered })?.path, undefined);
  });

  it('tells what the agent has from what it inherits', () => {
    const main = { version: 1, profiles: { 'a:1': key(), 'a:2': key() } };
    const work = { version: 1, profiles: { 'a:2': key(), 'a:3': key() } };
    assert.deepEqual(step(explained({ main, work }, about('anthropic')), 'stored'), {
      kind: 'stored',
      path: '/s/agents/work/agent/auth-profiles.json',
      own: ['a:2', 'a:3'],
      main: {
        path: '/s/agents/main/agent/auth-profiles.json',
        inherited: ['a:1'],
        isUnknown: false,
      },
    });
    assert.equal(step(explained({ main }, about('anthropic')), 'stored')?.main, undefined);
  });

  it('says what is wrong with those that are unfit, and when those that pause are back', () => {
    const config = {
      auth: {
        order: { anthropic: ['a:1', 'a:2', 'a:3', 'a:4', 'a:5'] },
        profiles: { 'a:1': { provider: 'anthropic', mode: 'oauth' } },
      },
    };
    const main = {
      version: 1,
      profiles: {
        'a:1': key(),
        'a:2': key({ key: ' ' }),
        'a:3': { ...token, expires: NOW - 1 },
        'a:4': key(),
        'a:5': key(),
        'a:6': key(),
      },
      usageStats: {
        'a:4': { disabledUntil: NOW + 2 * HOUR, disabledReason: 'billing', cooldownUntil: NOW + 1 },
        'a:5': { cooldownUntil: NOW + HOUR, disabledUntil: NOW - 1, disabledReason: 'billing' },
      },
    };
    const told = explained({ config, main }, about('anthropic'));
    assert.deepEqual(step(told, 'unfit')?.profiles, [
      {
        profileId: 'a:1',
        why: {
          kind: 'configDisagrees',
          entry: { provider: 'anthropic', mode: 'oauth' },
          stored: { provider: 'anthropic', type: 'api_key' },
        },
      },
      { profileId: 'a:2', why: { kind: 'noSecret', type: 'api_key' } },
      { profileId: 'a:3', why: { kind: 'expired', since: NOW - 1 } },
    ]);
    assert.deepEqual(step(told, 'unlisted'), {
      kind: 'unlisted',
      source: 'config',
      profiles: [{ profileId: 'a:6', type: 'api_key' }],
    });
    assert.deepEqual(step(told, 'pausing')?.profiles, [
      { profileId: 'a:5', pause: { until: NOW + HOUR, kind: 'cooldown', failures: [] } },
      {
        profileId: 'a:4',
        pause: { until: NOW + 2 * HOUR, kind: 'disabled', reason: 'billing', failures: [] },
      },
    ]);
    assert.deepEqual(told.answer, { kind: 'allPause', soonest: 'a:5', until: NOW + HOUR });
  });

  it('names variables that are set, and never what they hold', () => {
    const environment = { ANTHROPIC_API_KEY: 'CANARY-key', ANTHROPIC_OAUTH_TOKEN: ' ' };
    const empty = explained({}, { ...about('anthropic'), environment });
    assert.deepEqual(empty.answer, { kind: 'nothing', variable: 'ANTHROPIC_API_KEY' });
    assert.deepEqual(step(empty, 'environment'), {
      kind: 'environment',
      provider: 'anthropic',
      variables: [
        { name: 'ANTHROPIC_OAUTH_TOKEN', isSet: false },
        { name: 'ANTHROPIC_API_KEY', isSet: true },
      ],
      isPassedOver: false,
    });
    const main = { version: 1, profiles: { 'a:1': key() } };
    const full = explained({ main }, { ...about('anthropic'), environment });
    assert.equal(step(full, 'environment')?.isPassedOver, true);
    assert.doesNotMatch(JSON.stringify([empty, full]), /CANARY/);
  });

  it('follows the pin of a session, and counts the sessions that use another profile', () => {
    const main = { version: 1, profiles: { 'a:1': key(), 'a:2': key() } };
    const pinned = { authProfileOverride: 'a:2', authProfileOverrideSource: 'user' };
    const sessions = {
      'agent:main:one': { updatedAt: 3, providerOverride: 'Anthropic', ...pinned },
      'agent:main:two': { updatedAt: 2, ...pinned },
      'agent:main:three': { updatedAt: 1, authProfileOverride: 'a:gone' },
      'agent:main:four': { updatedAt: 1 },
    };
    const session = (name: string) =>
      explained(
        { main, sessions },
        { subject: { kind: 'session', sessionKey: `agent:main:${name}` } },
      );
    const one = session('one');
    assert.deepEqual(one.answer, { kind: 'session', profileId: 'a:2', reason: 'pinnedByPerson' });
    assert.deepEqual(step(one, 'model'), { kind: 'model', provider: 'anthropic', from: 'session' });
    assert.deepEqual(step(one, 'pin'), { kind: 'pin', profileId: 'a:2', by: 'user' });
    assert.equal(step(one, 'preferred')?.isOnly, true);
    assert.equal(step(session('two'), 'model')?.from, 'pin');
    assert.deepEqual(session('four').answer, { kind: 'noProvider' });
    assert.deepEqual(session('five').answer, { kind: 'gone' });
    assert.deepEqual(step(explained({ main, sessions }, about('anthropic')), 'sessions'), {
      kind: 'sessions',
      others: [{ profileId: 'a:2', count: 2 }],
    });
  });

  it('says what went away, and what cannot be read', () => {
    const subject = { kind: 'profile', profileId: 'a:1' } as const;
    assert.deepEqual(explained({}, { subject }).answer, { kind: 'gone' });
    assert.deepEqual(explained({}, { subject, agentId: 'nobody' }).answer, { kind: 'gone' });
    assert.deepEqual(explained({}, { subject, stateDir: '/other' }).answer, { kind: 'gone' });
    const reads = readsOf({});
    const torn = { kind: 'torn', path: '/s/x', detail: 'the file is empty' } as const;
    const [dir] = reads.stateDirs;
    assert.ok(dir);
    const agents = dir.agents.map((agent) => ({ ...agent, store: torn }));
    const { answer } = explained({ reads: { stateDirs: [{ ...dir, agents }] } }, { subject });
    assert.deepEqual(answer, { kind: 'unknown', store: torn });
  });
});
