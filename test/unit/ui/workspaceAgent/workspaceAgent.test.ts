import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { answersKey } from '../../../../src/ui/workspaceAgent/answers.ts';
import type { AgentSetting } from '../../../../src/ui/workspaceAgent/wishes.ts';
import { WorkspaceAgent } from '../../../../src/ui/workspaceAgent/workspaceAgent.ts';
import { agent, snapshot, stateDir } from '../../../support/snapshots.ts';
import { FakeVariables } from './fakeVariables.ts';

const state = snapshot(stateDir('/state', [agent('main'), agent('work'), agent('home')]));
const USE = 'Use work Here';

describe('the agent of a window', () => {
  let setting: AgentSetting;
  let kept: Record<string, unknown>;
  let isFull: boolean;
  let isFocused: boolean;
  let variables: FakeVariables;
  let asked: { text: string; pick: (label: string | undefined) => Promise<void> }[];
  let drawn: number;
  let logged: string[];
  let faults: string[];

  beforeEach(() => {
    setting = { user: undefined, workspace: 'work' };
    [kept, isFull, isFocused, variables] = [{}, false, true, new FakeVariables()];
    [asked, drawn, logged, faults] = [[], 0, [], []];
  });

  function open(): WorkspaceAgent {
    return new WorkspaceAgent({
      setting: () => setting,
      isFolder: () => true,
      memory: {
        get: (key) => kept[key],
        update: async (key, value) => {
          if (isFull) throw new Error('ENOSPC');
          kept[key] = value;
        },
      },
      variables,
      isFocused: () => isFocused,
      ask: (text, ...labels) =>
        new Promise((resolve) => {
          const pick = async (label: string | undefined): Promise<void> => {
            assert.ok(label === undefined || labels.includes(label), label);
            resolve(label);
            for (let turns = 0; turns < 5; turns++) await turn();
          };
          asked.push({ text, pick });
        }),
      redraw: () => {
        drawn += 1;
      },
      log: (line) => logged.push(line),
      failed: (doing) => faults.push(doing),
    });
  }
  const using = (window: WorkspaceAgent) => window.inUse(state).agent?.id;
  const folder = () => variables.now['CODERCLAW_AGENT_DIR'];

  it('asks once what a folder asks for, and changes nothing before the answer', async () => {
    const window = open();
    window.update(state);
    window.update(snapshot(...state.stateDirs));
    window.wake();
    window.changed();
    assert.deepEqual(
      asked.map(({ text }) => text),
      [
        'This folder asks for agent work here. Terminals that you open here would then use its sign-ins.',
      ],
    );
    assert.deepEqual([using(window), variables.changes, kept], ['main', 0, {}]);
    drawn = 0;
    await asked[0]?.pick(USE);
    assert.deepEqual([using(window), folder()], ['work', '/state/agents/work/agent']);
    assert.equal(drawn, 1);
  });

  it('remembers the answer for that id alone', async () => {
    open().update(state);
    await asked[0]?.pick(USE);
    const next = open();
    next.update(state);
    assert.deepEqual([using(next), asked.length], ['work', 1]);
    setting = { ...setting, workspace: 'home' };
    next.changed();
    assert.deepEqual([using(next), asked.length, folder()], ['main', 2, undefined]);
    await asked[1]?.pick('Not Here');
    const last = open();
    last.update(state);
    assert.deepEqual([using(last), asked.length], ['main', 2]);
    setting = { ...setting, workspace: 'work' };
    last.changed();
    assert.deepEqual([using(last), asked.length], ['work', 2]);
  });

  it('a message that was closed is no answer: the next window asks again', async () => {
    const window = open();
    window.update(state);
    await asked[0]?.pick(undefined);
    window.update(state);
    assert.deepEqual([kept, asked.length, using(window)], [{}, 1, 'main']);
    open().update(state);
    assert.equal(asked.length, 2);
  });

  it('only the window that a person is in asks', () => {
    isFocused = false;
    const window = open();
    window.update(state);
    assert.equal(asked.length, 0);
    isFocused = true;
    window.wake();
    assert.equal(asked.length, 1);
  });

  it('does not offer an agent that is not there, until it is', () => {
    const window = open();
    window.update(snapshot(stateDir('/state', [agent('main')])));
    assert.equal(asked.length, 0);
    window.update(state);
    assert.equal(asked.length, 1);
  });

  it('a setting of the person needs no question', () => {
    setting = { user: 'work', workspace: undefined };
    const window = open();
    window.update(state);
    assert.deepEqual([using(window), asked.length], ['work', 0]);
  });

  it('terminals follow an agent that moves or goes, and stay while that is not known', () => {
    setting = { user: 'work', workspace: undefined };
    const window = open();
    window.update(state);
    const torn = { kind: 'invalid', path: '/state/coderclaw.json', detail: '' } as const;
    window.update(snapshot(stateDir('/state', [agent('main')], { config: torn })));
    assert.equal(folder(), '/state/agents/work/agent');
    window.update(snapshot(stateDir('/state', [agent('main')])));
    assert.equal(folder(), undefined);
    window.update(state);
    window.dispose();
    assert.equal(folder(), undefined);
  });

  it('an answer that could not be kept counts in this window', async () => {
    isFull = true;
    const window = open();
    window.update(state);
    await asked[0]?.pick(USE);
    assert.equal(using(window), 'work');
    assert.deepEqual(faults, ['remembering which agent is used here']);
  });

  it('what is remembered in another form counts for nothing', () => {
    for (const odd of [null, 'use', ['work'], { work: 'yes' }, { work: true }]) {
      kept[answersKey] = odd;
      assert.equal(using(open()), 'main');
    }
    // A name that every object has.
    kept[answersKey] = {};
    setting = { user: undefined, workspace: 'constructor' };
    const all = snapshot(stateDir('/state', [agent('main'), agent('constructor')]));
    assert.equal(open().inUse(all).agent?.id, 'main');
  });

  it('a setting that is no id is logged once, without its text', () => {
    setting = { user: undefined, workspace: '../secret' };
    const window = open();
    window.update(state);
    window.update(state);
    assert.equal(logged.length, 1);
    assert.doesNotMatch(logged.join(), /secret/);
    assert.match(logged.join(), /the workspace/);
  });
});
