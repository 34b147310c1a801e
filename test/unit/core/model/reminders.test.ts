import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { type Reminders, remindersAt } from '../../../../src/core/model/reminders.ts';
import type { ProfileSnapshot, Snapshot } from '../../../../src/core/model/snapshot.ts';
import { type Told, toldAfter } from '../../../../src/core/model/told.ts';
import {
  agent,
  DAY,
  HOUR,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

function token(
  id: string,
  state: ProfileState,
  more: Partial<ProfileSnapshot> = {},
): ProfileSnapshot {
  return profile(id, state, { type: 'token', ...more });
}

const ending = (left: number): ProfileState => ({ kind: 'ending', at: NOW + left });

function of(...profiles: readonly ProfileSnapshot[]): Snapshot {
  return snapshot(stateDir('/s', [agent('main', { providers: [provider('p', ...profiles)] })]));
}

/** The profiles that are due, each with its threshold in hours. */
function due({ due }: Reminders): readonly string[] {
  return due.map(({ agent, profileId, before }) => `${agent} ${profileId} ${before / HOUR}`);
}

function told(now: number, reminders: Reminders, before: readonly Told[] = []): readonly Told[] {
  return toldAfter(before, reminders.due, now);
}

describe('remindersAt', () => {
  it('7 days, 1 day and 1 hour before the end, each once, and nothing after it', () => {
    const end = NOW + 8 * DAY;
    const now = of(token('p:a', { kind: 'lasts', until: end }));
    const steps: (readonly [number, string[], number | undefined])[] = [
      [NOW, [], end - 7 * DAY],
      [end - 7 * DAY - 1, [], end - 7 * DAY],
      [end - 7 * DAY, ['main p:a 168'], end - DAY],
      [end - 6 * DAY, [], end - DAY],
      [end - DAY, ['main p:a 24'], end - HOUR],
      [end - HOUR, ['main p:a 1'], undefined],
      [end - 1, [], undefined],
      [end, [], undefined],
    ];
    let memory: readonly Told[] = [];
    for (const [at, expected, next] of steps) {
      const reminders = remindersAt(now, at, memory);
      assert.deepEqual([due(reminders), reminders.next], [expected, next], `${end - at}`);
      memory = told(at, reminders, memory);
    }
    assert.deepEqual(due(remindersAt(now, end, [])), [], 'no reminder of what has ended');
  });

  it('of several thresholds that have passed only the last, and none of the others later', () => {
    const now = of(token('p:a', ending(20 * HOUR)));
    const reminders = remindersAt(now, NOW, []);
    assert.deepEqual([due(reminders), reminders.next], [['main p:a 24'], NOW + 19 * HOUR]);
    const memory = told(NOW, reminders);
    assert.deepEqual(due(remindersAt(now, NOW - 3 * DAY, memory)), [], 'a clock that was set back');
  });

  it('a token that replaces another is not the one that was told of', () => {
    const memory = told(NOW, remindersAt(of(token('p:a', ending(DAY))), NOW, []));
    assert.deepEqual(due(remindersAt(of(token('p:a', ending(DAY + 1))), NOW, memory)), [
      'main p:a 168',
    ]);
  });

  it('an expected end says so; a key, and a login that renews itself, end for nobody', () => {
    const { due: found, next } = remindersAt(
      of(
        token('p:b', { kind: 'ending', at: NOW + DAY, isExpected: true }),
        profile('p:o', ending(HOUR)),
        profile('p:r', { kind: 'renews', at: NOW + HOUR }),
        profile('p:k', { kind: 'static' }, { type: 'api_key' }),
        token('p:e', { kind: 'expired', since: NOW - 1 }),
      ),
      NOW,
      [],
    );
    assert.deepEqual(
      found.map(({ profileId, type, isExpected }) => [profileId, type, isExpected]),
      [
        ['p:o', 'oauth', false],
        ['p:b', 'token', true],
      ],
    );
    assert.equal(next, NOW + 23 * HOUR);
  });

  it('nothing of what is not used: hidden, disabled, cooling down', () => {
    const until = NOW + 1;
    const reminders = remindersAt(
      of(
        token('p:h', { kind: 'hidden', why: 'notInConfig' }, { expires: NOW + HOUR }),
        token('p:d', { kind: 'disabled', until }, { expires: NOW + HOUR }),
        token('p:c', { kind: 'cooling', until }, { expires: NOW + HOUR }),
      ),
      NOW,
      [],
    );
    assert.deepEqual(reminders, { due: [] });
  });

  it('a token that several stores hold once, where it is found first', () => {
    const one = (
      id: string,
      sharedWith: readonly string[],
      more: Partial<ProfileSnapshot> = {},
    ) => ({
      providers: [provider('p', token(id, ending(DAY), { sharedWith, ...more }))],
    });
    const now = snapshot(
      stateDir('/s', [
        agent('main', one('p:a', ['work', '/t main'])),
        agent('work', one('p:b', ['main', '/t main'])),
        agent('play', one('p:a', ['work', '/t main'], { origin: 'inherited' })),
        agent('other', one('p:c', [])),
      ]),
      stateDir('/t', [agent('main', one('p:a', ['/s main', '/s work']))]),
    );
    const reminders = remindersAt(now, NOW, []);
    assert.deepEqual(due(reminders), ['/s main p:a 24', '/s other p:c 24']);
    assert.deepEqual(
      reminders.due[0]?.marks.map(({ stateDir, profileId }) => [stateDir, profileId]),
      [
        ['/s', 'p:a'],
        ['/s', 'p:b'],
        ['/t', 'p:a'],
      ],
    );
    assert.deepEqual(reminders.due[0]?.target, {
      ...{ stateDir: '/s', agentId: 'main', provider: 'p', profileId: 'p:a' },
    });
    const memory = told(NOW, reminders);
    const left = snapshot(stateDir('/t', [agent('main', one('p:a', []))]));
    assert.deepEqual(due(remindersAt(left, NOW, memory)), [], 'the first holder is gone');
  });

  it('an inherited token once, with the agent that stores it', () => {
    const seen = (id: string, origin: ProfileSnapshot['origin']) =>
      agent(id, { providers: [provider('p', token('p:a', ending(DAY), { origin }))] });
    const now = snapshot(stateDir('/s', [seen('work', 'inherited'), seen('main', 'own')]));
    assert.deepEqual(due(remindersAt(now, NOW, [])), ['main p:a 24']);
  });

  it('a token that one store holds twice once', () => {
    const twin = token('p:b', ending(DAY), { problems: ['the same login as p:a'] });
    const reminders = remindersAt(of(token('p:a', ending(DAY)), twin), NOW, []);
    assert.deepEqual(due(reminders), ['main p:a 24']);
  });

  it('one that is only seen from others, with no row of its own', () => {
    const inherited = token('p:a', ending(DAY), { origin: 'inherited' });
    const seenBy = (id: string) => agent(id, { providers: [provider('p', inherited)] });
    const mainStore = { kind: 'whole', path: '/s/main.json', problems: [] } as const;
    const now = snapshot(stateDir('/s', [seenBy('work'), seenBy('play')], { mainStore }));
    const { due: found } = remindersAt(now, NOW, []);
    assert.deepEqual(
      found.map(({ agent, target }) => [agent, target]),
      [['work', undefined]],
    );
    const copy = agent('copy', { providers: [provider('p', token('p:a', ending(DAY)))] });
    const withCopy = snapshot(stateDir('/s', [seenBy('work'), copy], { mainStore }));
    assert.deepEqual(due(remindersAt(withCopy, NOW, [])), ['copy p:a 24'], 'a copy has a row');
  });
});

describe('answers to a reminder', () => {
  const token6d = of(token('p:a', ending(6 * DAY)));

  function answered(now: number, again: number | undefined, before?: number): readonly Told[] {
    const { due } = remindersAt(token6d, now, []);
    const asked = due.map((one) => ({
      marks: one.marks,
      before: before ?? one.before,
      ...(again !== undefined && { again }),
    }));
    return toldAfter(toldAfter([], due, now), asked, now);
  }

  it('later: nothing until then, whatever is passed, and then once', () => {
    const again = NOW + 5.5 * DAY;
    const memory = answered(NOW, again);
    assert.deepEqual(remindersAt(token6d, NOW + 5.25 * DAY, memory), { due: [], next: again });
    const then = remindersAt(token6d, again, memory);
    assert.deepEqual(due(then), ['main p:a 24'], 'at the threshold that was passed meanwhile');
    const after = toldAfter(memory, then.due, again);
    assert.deepEqual(due(remindersAt(token6d, again + HOUR, after)), []);
  });

  it('later: told again also where no threshold was passed', () => {
    const memory = answered(NOW, NOW + DAY);
    assert.deepEqual(due(remindersAt(token6d, NOW + DAY, memory)), [`main p:a ${7 * 24}`]);
  });

  it('not any more: nothing until another token stands there', () => {
    const memory = answered(NOW, undefined, 0);
    assert.deepEqual(remindersAt(token6d, NOW + 5.99 * DAY, memory), { due: [] });
    const another = of(token('p:a', ending(6 * DAY + 1)));
    assert.deepEqual(due(remindersAt(another, NOW, memory)), [`main p:a ${7 * 24}`]);
  });
});
