import assert from 'node:assert/strict';
import { configFrom } from '../../../../src/core/documents/config.ts';
import { readBindings, readModels } from '../../../../src/core/documents/configAgents.ts';
import { readSessions } from '../../../../src/core/documents/sessions.ts';
import { buildSnapshot } from '../../../../src/core/model/buildSnapshot.ts';
import { loginFingerprint } from '../../../../src/core/model/loginFingerprint.ts';
import { nextTurn } from '../../../../src/core/model/nextTurn.ts';
import type { RefreshOutcome } from '../../../../src/core/model/profileState.ts';
import type {
  AgentRead,
  Reads,
  StateDirRead,
  StoreRead,
} from '../../../../src/core/model/reads.ts';
import { SessionList } from '../../../../src/core/model/sessionList.ts';
import type { ProfileSnapshot, Snapshot } from '../../../../src/core/model/snapshot.ts';
import { type ConfigDocument, configOf, storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function oauth(login: string, more: object = {}): object {
  return {
    type: 'oauth',
    provider: 'openai-codex',
    access: `access-${login}`,
    refresh: `refresh-${login}`,
    expires: NOW + 5 * HOUR,
    ...more,
  };
}

function whole(path: string, document: object): StoreRead {
  return { kind: 'whole', path, store: storeOf({ version: 1, ...document }), problems: [] };
}

function agent(id: string, store: object | StoreRead, more: Partial<AgentRead> = {}): AgentRead {
  const path = `/s/agents/${id}/agent/auth-profiles.json`;
  return {
    id,
    isDefault: id === 'main',
    onDiskOnly: false,
    agentDir: `/s/agents/${id}/agent`,
    store: 'kind' in store ? (store as StoreRead) : whole(path, store),
    ...more,
  };
}

function stateDir(agents: readonly AgentRead[], config: ConfigDocument = {}): StateDirRead {
  const [main] = agents;
  assert.ok(main);
  return {
    path: '/s',
    label: '~/.coderclaw',
    inUse: true,
    config: { kind: 'whole', path: '/s/coderclaw.json', config: configOf(config) },
    agents,
    mainStore: main.store,
  };
}

function readsOf(...stateDirs: readonly StateDirRead[]): Reads {
  return { stateDirs, lookedIn: ['/s'] };
}

function profile(snapshot: Snapshot, agentId: string, id: string, dir = 0): ProfileSnapshot {
  const found = snapshot.stateDirs[dir]?.agents
    .find((one) => one.id === agentId)
    ?.providers.flatMap((provider) => provider.profiles)
    .find((one) => one.id === id);
  assert.ok(found, `${agentId} ${id}`);
  return found;
}

describe('buildSnapshot', () => {
  it('carries the store of the main agent where that is not listed, and knows what is in it', () => {
    const profiles = { 'openai-codex:a': oauth('a') };
    const work = agent('work', { profiles });
    const home = agent('home', { profiles: {} });
    const mainStore = whole('/elsewhere/auth-profiles.json', { profiles });
    const dir = { ...stateDir([work, home]), mainStore };
    const snapshot = buildSnapshot(readsOf(dir), NOW);
    assert.deepEqual(snapshot.stateDirs[0]?.mainStore, {
      kind: 'whole',
      path: '/elsewhere/auth-profiles.json',
      problems: [],
    });
    assert.deepEqual(profile(snapshot, 'work', 'openai-codex:a').sharedWith, ['main']);
    assert.deepEqual(profile(snapshot, 'home', 'openai-codex:a').sharedWith, ['work']);
    const alone = buildSnapshot(readsOf({ ...dir, agents: [home] }), NOW);
    assert.ok(profile(alone, 'home', 'openai-codex:a').renewal);
    const main = agent('main', { profiles });
    const listed = buildSnapshot(readsOf(stateDir([main, work])), NOW);
    assert.equal(listed.stateDirs[0]?.mainStore, undefined);
    assert.deepEqual(profile(listed, 'work', 'openai-codex:a').sharedWith, ['main']);
  });

  it('shows a profile with its place, its state and its name', () => {
    const profiles = { 'openai-codex:ann': oauth('1', { email: ' ann@x.test ' }) };
    const snapshot = buildSnapshot(readsOf(stateDir([agent('main', { profiles })])), NOW);
    assert.deepEqual(profile(snapshot, 'main', 'openai-codex:ann'), {
      id: 'openai-codex:ann',
      name: 'ann',
      provider: 'openai-codex',
      type: 'oauth',
      email: 'ann@x.test',
      state: { kind: 'renews', at: NOW + 5 * HOUR },
      position: 0,
      next: true,
      origin: 'own',
      sharedWith: [],
      expires: NOW + 5 * HOUR,
      renewal: {
        login: 'openai-codex:ann in /s/agents/main/agent/auth-profiles.json',
        expires: NOW + 5 * HOUR,
      },
      problems: [],
    });
  });

  it('groups by normalized provider, sorted, those of the order first, then the rest by id', () => {
    const token = { type: 'token', token: 't' };
    const profiles = {
      'zai:c': { ...token, provider: 'zai' },
      'zai:b': { ...token, provider: 'Z.AI' },
      'zai:a': { ...token, provider: ' z-ai ' },
      'anthropic:x': { ...token, provider: 'Anthropic' },
    };
    const order = { zai: ['zai:c'] };
    const read = readsOf(stateDir([agent('main', { profiles, order })]));
    const { providers } = buildSnapshot(read, NOW).stateDirs[0]?.agents[0] ?? assert.fail();
    assert.deepEqual(
      providers.map(({ id, orderSource, profiles: rows }) => [
        id,
        orderSource,
        ...rows.map((row) => `${row.id} ${row.position} ${row.next} ${row.leftOut}`),
      ]),
      [
        ['anthropic', 'stored', 'anthropic:x 0 true undefined'],
        [
          'zai',
          'store',
          'zai:c 0 true undefined',
          'zai:a undefined false notInOrder',
          'zai:b undefined false notInOrder',
        ],
      ],
    );
    assert.equal(profile(buildSnapshot(read, NOW), 'main', 'zai:a').state.kind, 'hidden');
  });

  it('calls nothing next where the first of the order cannot be used', () => {
    const profiles = { 'openai-codex:a': oauth('1') };
    const usageStats = { 'openai-codex:a': { cooldownUntil: NOW + HOUR } };
    const reads = readsOf(stateDir([agent('main', { profiles, usageStats })]));
    assert.equal(profile(buildSnapshot(reads, NOW), 'main', 'openai-codex:a').position, 0);
    assert.equal(profile(buildSnapshot(reads, NOW), 'main', 'openai-codex:a').next, false);
    assert.equal(profile(buildSnapshot(reads, NOW + HOUR), 'main', 'openai-codex:a').next, true);
  });

  it('lets the main agent’s profiles show through, under the agent’s own', () => {
    const snapshot = buildSnapshot(
      readsOf(
        stateDir([
          agent('main', {
            profiles: { 'openai-codex:a': oauth('1'), 'openai-codex:b': oauth('2') },
          }),
          agent('work', { profiles: { 'openai-codex:b': oauth('3', { email: 'own@x.test' }) } }),
          agent('new', { kind: 'absent', path: '/s/agents/new/agent/auth-profiles.json' }),
        ]),
      ),
      NOW,
    );
    assert.equal(profile(snapshot, 'main', 'openai-codex:a').origin, 'own');
    assert.equal(profile(snapshot, 'work', 'openai-codex:a').origin, 'inherited');
    assert.equal(profile(snapshot, 'work', 'openai-codex:b').origin, 'own');
    assert.equal(profile(snapshot, 'work', 'openai-codex:b').email, 'own@x.test');
    assert.equal(profile(snapshot, 'new', 'openai-codex:b').origin, 'inherited');
  });

  it('shows which chats come to an agent, its models, and sessions of the provider of its model', () => {
    const document = {
      agents: { list: [{ id: 'work', model: 'zai/glm' }] },
      bindings: [
        { agentId: 'Work', match: { channel: 'slack', accountId: 'w' } },
        { agentId: 'main', match: { channel: 'telegram' } },
      ],
    };
    const whole = {
      ...configFrom(document),
      bindings: readBindings(document),
      models: readModels(document),
    };
    const keys = { 'zai:k': { type: 'api_key', provider: 'zai', key: 'k' } };
    const sessions = new SessionList('/list', readSessions({ one: { updatedAt: 1 } }));
    const work = agent('work', { profiles: keys }, { sessions });
    const config = { kind: 'whole', path: '/s/coderclaw.json', config: whole } as const;
    const dir = { ...stateDir([work]), config };
    const shown = buildSnapshot(readsOf(dir), NOW).stateDirs[0]?.agents[0];
    assert.deepEqual(
      shown?.chats.map(({ match }) => match),
      [{ channel: 'slack', accountId: 'w' }],
    );
    assert.deepEqual(shown?.models, ['zai/glm']);
    assert.ok(shown?.sessions?.kind === 'whole');
    assert.deepEqual(shown.sessions.shown[0]?.pick, { profileId: 'zai:k', reason: 'first' });
    const torn = { kind: 'torn', path: work.store.path, detail: 'cut' } as const;
    const unknown = buildSnapshot(readsOf({ ...dir, agents: [{ ...work, store: torn }] }), NOW);
    assert.equal(unknown.stateDirs[0]?.agents[0]?.sessions, undefined);
  });

  it('calls no pin stale where the profile may be in a store of main that is not known', () => {
    const pinned = { one: { updatedAt: 1, authProfileOverride: 'zai:main' } };
    const sessions = new SessionList('/list', readSessions(pinned));
    const work = agent('work', { profiles: {} }, { sessions });
    const mainOf = (mainStore: StoreRead) =>
      buildSnapshot(readsOf({ ...stateDir([work]), mainStore }), NOW).stateDirs[0]?.agents[0];
    const path = '/s/agents/main/agent/auth-profiles.json';
    for (const kind of ['torn', 'unreadable'] as const) {
      const unknown = { kind, path, detail: 'cut', errno: 'EACCES' } as StoreRead;
      assert.equal(mainOf(unknown)?.sessions, undefined, kind);
    }
    const known = mainOf(whole(path, { profiles: {} }))?.sessions;
    assert.ok(known?.kind === 'whole');
    assert.deepEqual(known.stale, [{ sessionKey: 'one', profileId: 'zai:main' }]);
  });

  it('shows no provider for an agent whose own store is there but not known (I8)', () => {
    const path = '/s/agents/work/agent/auth-profiles.json';
    const stores: readonly StoreRead[] = [
      { kind: 'torn', path, detail: 'the file is empty' },
      { kind: 'unreadable', path, errno: 'EACCES' },
      { kind: 'unknownVersion', path, version: '2' },
    ];
    for (const store of stores) {
      const main = agent('main', { profiles: { 'openai-codex:a': oauth('1') } });
      const snapshot = buildSnapshot(readsOf(stateDir([main, agent('work', store)])), NOW);
      assert.deepEqual(snapshot.stateDirs[0]?.agents[1]?.store, store);
      assert.deepEqual(snapshot.stateDirs[0]?.agents[1]?.providers, []);
      assert.equal(snapshot.stateDirs[0]?.agents[0]?.providers.length, 1);
    }
  });

  it('names the others whose own store holds the same login, in every state dir', () => {
    const shared = { profiles: { 'openai-codex:a': oauth('1') } };
    const other: StateDirRead = {
      ...stateDir([agent('lab', whole('/t/auth-profiles.json', shared))]),
      path: '/t',
      label: '~/.coderclaw-t',
      inUse: false,
    };
    const heir = agent('heir', { kind: 'absent', path: '/s/agents/heir/agent/auth-profiles.json' });
    const keys = { 'zai:k': { type: 'api_key', provider: 'zai', key: 'same' } };
    const snapshot = buildSnapshot(
      readsOf(
        stateDir([
          agent('main', { profiles: { ...shared.profiles, ...keys } }),
          agent('work', { profiles: { 'openai-codex:copy': oauth('1'), ...keys } }),
          heir,
        ]),
        other,
      ),
      NOW,
    );
    const holders = (agentId: string, id: string, dir = 0) =>
      profile(snapshot, agentId, id, dir).sharedWith;
    assert.deepEqual(holders('main', 'openai-codex:a'), ['work', '~/.coderclaw-t lab']);
    assert.deepEqual(holders('work', 'openai-codex:copy'), ['main', '~/.coderclaw-t lab']);
    // An heir holds no copy: it shares what main shares, but not with main.
    assert.deepEqual(holders('heir', 'openai-codex:a'), ['work', '~/.coderclaw-t lab']);
    assert.deepEqual(holders('lab', 'openai-codex:a', 1), [
      '~/.coderclaw main',
      '~/.coderclaw work',
    ]);
    assert.deepEqual(holders('main', 'zai:k'), []);
  });

  it('takes two agents of one folder for one store', () => {
    const store = whole('/one/auth-profiles.json', { profiles: { 'openai-codex:a': oauth('1') } });
    const snapshot = buildSnapshot(
      readsOf(stateDir([agent('main', store), agent('work', store)])),
      NOW,
    );
    assert.deepEqual(profile(snapshot, 'main', 'openai-codex:a').sharedWith, []);
    assert.equal(profile(snapshot, 'work', 'openai-codex:a').origin, 'own');
  });

  it('tells of a login that stands twice in one store, and of an end in seconds', () => {
    const profiles = {
      'openai-codex:a': oauth('1'),
      'openai-codex:b': oauth('1', { expires: NOW / 1000 }),
    };
    const snapshot = buildSnapshot(readsOf(stateDir([agent('main', { profiles })])), NOW);
    assert.deepEqual(profile(snapshot, 'main', 'openai-codex:a').problems, [
      'the same login as openai-codex:b',
    ]);
    assert.equal(profile(snapshot, 'main', 'openai-codex:b').problems.length, 2);
  });

  it('knows a refused login by its token, not by its profile', () => {
    const reads = readsOf(
      stateDir([
        agent('main', { profiles: { 'openai-codex:a': oauth('1'), 'openai-codex:b': oauth('2') } }),
      ]),
    );
    const refused = storeOf({ version: 1, profiles: { x: oauth('1') } }).profiles.get('x');
    const fingerprint = refused && loginFingerprint(refused);
    assert.ok(fingerprint);
    const refreshOutcomes = new Map([[fingerprint, { kind: 'dead' } as const]]);
    const snapshot = buildSnapshot({ ...reads, refreshOutcomes }, NOW);
    assert.equal(profile(snapshot, 'main', 'openai-codex:a').state.kind, 'dead');
    assert.equal(profile(snapshot, 'main', 'openai-codex:a').renewal, undefined);
    assert.equal(profile(snapshot, 'main', 'openai-codex:b').state.kind, 'renews');
    assert.ok(profile(snapshot, 'main', 'openai-codex:b').renewal);
  });

  it('says how a login can be renewed: one name for all its holders, and none of its secrets', () => {
    const snapshot = buildSnapshot(
      readsOf(
        stateDir([
          agent('main', {
            profiles: { 'openai-codex:a': oauth('1'), 'openai-codex:again': oauth('1') },
          }),
          agent('work', {
            profiles: {
              'openai-codex:x': oauth('1', { expires: 0 }),
              'openai-codex:y': oauth('2'),
              'openai-codex:blank': oauth('3', { refresh: ' ' }),
              'openai-codex:token': { type: 'token', provider: 'openai-codex', token: 't' },
            },
          }),
        ]),
      ),
      NOW,
    );
    const renewal = (agentId: string, id: string) =>
      profile(snapshot, agentId, `openai-codex:${id}`).renewal;
    const login = 'openai-codex:a in /s/agents/main/agent/auth-profiles.json';
    assert.deepEqual(renewal('main', 'a'), { login, expires: NOW + 5 * HOUR });
    assert.equal(renewal('main', 'again')?.login, login);
    assert.deepEqual(renewal('work', 'x'), { login });
    assert.deepEqual(renewal('work', 'a'), renewal('main', 'a'));
    assert.notEqual(renewal('work', 'y')?.login, login);
    assert.equal(renewal('work', 'blank'), undefined);
    assert.equal(renewal('work', 'token'), undefined);
    const { profiles } = storeOf({ version: 1, profiles: { x: oauth('1') } });
    const credential = profiles.get('x') ?? assert.fail();
    assert.ok(!JSON.stringify(snapshot).includes(loginFingerprint(credential) ?? ''));
  });

  it('goes back to the plain state once the next try is due, and is dead only from then on', () => {
    const reads = readsOf(
      stateDir([agent('main', { profiles: { 'openai-codex:a': oauth('1') } })]),
    );
    const { profiles } = storeOf({ version: 1, profiles: { x: oauth('1') } });
    const fingerprint = loginFingerprint(profiles.get('x') ?? assert.fail()) ?? assert.fail();
    const at = NOW + 1000;
    const shown = (outcome: RefreshOutcome, now: number) => {
      const refreshOutcomes = new Map([[fingerprint, outcome]]);
      const receivedAt = new Map([[fingerprint, NOW - 5]]);
      const all = { ...reads, refreshOutcomes, receivedAt };
      const { state, renewal } = profile(buildSnapshot(all, now), 'main', 'openai-codex:a');
      return [nextTurn(all, now), state.kind, renewal?.retryAt, renewal?.receivedAt];
    };
    const retrying = { kind: 'retrying', at } as const;
    assert.deepEqual(shown(retrying, at - 1), [at, 'retrying', at, NOW - 5]);
    assert.deepEqual(shown(retrying, at).slice(1), ['renews', undefined, NOW - 5]);
    assert.notEqual(shown(retrying, at)[0], at);
    const ahead = { kind: 'retrying', at: NOW + 9_000_000_000 } as const;
    assert.deepEqual(shown(ahead, NOW).slice(1), ['renews', undefined, NOW - 5]);
    const dead = { kind: 'dead', from: at } as const;
    assert.deepEqual(shown(dead, at - 1), [at, 'renews', undefined, NOW - 5]);
    assert.deepEqual(shown(dead, at).slice(1), ['dead', undefined, undefined]);
  });

  it('a login that got no answers can be renewed by hand, and a spent one not at all', () => {
    const reads = readsOf(
      stateDir([agent('main', { profiles: { 'openai-codex:a': oauth('1') } })]),
    );
    const { profiles } = storeOf({ version: 1, profiles: { x: oauth('1') } });
    const fingerprint = loginFingerprint(profiles.get('x') ?? assert.fail()) ?? assert.fail();
    const renewal = (why: 'unanswered' | 'spent') => {
      const refreshOutcomes = new Map([[fingerprint, { kind: 'dead', why } as const]]);
      const snapshot = buildSnapshot({ ...reads, refreshOutcomes }, NOW);
      const { state, renewal } = profile(snapshot, 'main', 'openai-codex:a');
      assert.deepEqual(state, { kind: 'dead', why });
      return renewal;
    };
    const { byHand, login } = renewal('unanswered') ?? assert.fail();
    assert.deepEqual([byHand, login === ''], [true, false]);
    assert.equal(renewal('spent'), undefined);
  });

  it('judges as if the config said nothing where it cannot be read', () => {
    const dir: StateDirRead = {
      ...stateDir([agent('main', { profiles: { 'openai-codex:a': oauth('1') } })]),
      config: { kind: 'invalid', path: '/s/coderclaw.json', detail: 'bad', line: 1, column: 2 },
    };
    const snapshot = buildSnapshot(readsOf(dir), NOW);
    assert.deepEqual(snapshot.stateDirs[0]?.config, {
      kind: 'invalid',
      path: '/s/coderclaw.json',
      detail: 'bad',
      line: 1,
      column: 2,
    });
    assert.equal(profile(snapshot, 'main', 'openai-codex:a').next, true);
  });

  it('keeps every unchanged part the same object', () => {
    const main = {
      profiles: { 'openai-codex:a': oauth('1'), 'zai:k': oauth('9', { provider: 'zai' }) },
    };
    const first = buildSnapshot(
      readsOf(stateDir([agent('main', main), agent('work', { profiles: { w: oauth('2') } })])),
      NOW,
    );
    const same = buildSnapshot(
      readsOf(stateDir([agent('main', main), agent('work', { profiles: { w: oauth('2') } })])),
      NOW + 1,
      first,
    );
    assert.equal(same.stateDirs, first.stateDirs);
    assert.equal(same.takenAt, NOW + 1);

    const changed = { profiles: { w: oauth('2', { expires: NOW + 6 * HOUR }) } };
    const next = buildSnapshot(
      readsOf(stateDir([agent('main', main), agent('work', changed)])),
      NOW,
      first,
    );
    assert.equal(next.stateDirs[0]?.agents[0], first.stateDirs[0]?.agents[0]);
    const [before, after] = [first, next].map((one) => one.stateDirs[0]?.agents[1]);
    assert.notEqual(after, before);
    assert.equal(profile(next, 'work', 'zai:k'), profile(first, 'work', 'zai:k'));
    assert.notEqual(profile(next, 'work', 'w'), profile(first, 'work', 'w'));
  });

  it('holds no secret (S17)', () => {
    const secrets = ['CANARY-ACCESS', 'CANARY-REFRESH', 'CANARY-TOKEN', 'CANARY-KEY', 'CANARY-RAW'];
    const profiles = {
      'p:o': {
        type: 'oauth',
        provider: 'p',
        access: 'CANARY-ACCESS',
        refresh: 'CANARY-REFRESH',
        idToken: 'CANARY-RAW',
      },
      'p:t': { type: 'token', provider: 'p', token: 'CANARY-TOKEN', expires: 1_795_000_000 },
      'p:k': { type: 'api_key', provider: 'p', key: 'CANARY-KEY' },
    };
    const reads = readsOf(stateDir([agent('main', { profiles }), agent('work', { profiles })]));
    const text = JSON.stringify(buildSnapshot(reads, NOW));
    assert.ok(text.includes('p:k'));
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
    for (const { agents } of reads.stateDirs) {
      for (const { store } of agents) {
        if (store.kind !== 'whole') continue;
        for (const credential of store.store.profiles.values()) {
          const fingerprint = loginFingerprint(credential);
          assert.ok(fingerprint === undefined || !text.includes(fingerprint));
        }
      }
    }
  });

  it('takes ids that are names of Object.prototype as they are', () => {
    const document = JSON.parse(
      `{"version": 1, "profiles": {"__proto__": ${JSON.stringify(oauth('1'))}, "toString": ${JSON.stringify(oauth('2', { provider: 'constructor' }))}}}`,
    ) as object;
    const snapshot = buildSnapshot(readsOf(stateDir([agent('main', document)])), NOW);
    assert.equal(profile(snapshot, 'main', '__proto__').next, true);
    assert.equal(profile(snapshot, 'main', 'toString').provider, 'constructor');
  });
});

describe('nextTurn', () => {
  const token = (expires: number) => ({ type: 'token', provider: 'p', token: 't', expires });

  it('is the first moment at which another Snapshot comes of the same reads', () => {
    const reads = readsOf(
      stateDir([
        agent('main', {
          profiles: { 'p:a': token(NOW + 8 * DAY), 'p:b': token(NOW + 30 * DAY) },
          usageStats: { 'p:b': { cooldownUntil: NOW + HOUR } },
        }),
      ]),
    );
    const seen: number[] = [];
    let now = NOW;
    for (let turn = nextTurn(reads, now); turn !== undefined; turn = nextTurn(reads, now)) {
      const before = buildSnapshot(reads, now);
      assert.equal(buildSnapshot(reads, turn - 1, before).stateDirs, before.stateDirs);
      assert.notEqual(buildSnapshot(reads, turn, before).stateDirs, before.stateDirs);
      seen.push(turn - NOW);
      now = turn;
    }
    assert.deepEqual(seen, [HOUR, DAY, 8 * DAY, 23 * DAY, 30 * DAY]);
  });

  it('is never where nothing has an end', () => {
    const profiles = { 'p:k': { type: 'api_key', provider: 'p', key: 'k' } };
    assert.equal(nextTurn(readsOf(stateDir([agent('main', { profiles })])), NOW), undefined);
  });
});
