import assert from 'node:assert/strict';
import { Cancelled } from '../../../../src/core/clock.ts';
import { askInTurn, type Step } from '../../../../src/ui/addProfile/steps.ts';

interface Answers {
  readonly provider?: string;
  readonly way?: string;
  readonly name?: string;
}

describe('questions in turn', () => {
  /** What was asked, with what was known then and whether there was a way back. */
  let asked: string[];
  /** What the person does at each question, in turn. */
  let person: string[];

  beforeEach(() => {
    asked = [];
    person = [];
  });

  const ask =
    (key: keyof Answers, isAsked: (answers: Answers) => boolean = () => true): Step<Answers> =>
    async (answers, { canGoBack }) => {
      if (!isAsked(answers)) return { kind: 'skipped', answers };
      asked.push(`${key} ${JSON.stringify(answers)}${canGoBack ? '' : ' first'}`);
      const does = person.shift() ?? assert.fail(`asked for ${key}, and nobody answers`);
      if (does === 'escape') throw new Cancelled();
      return does === 'back'
        ? { kind: 'back' }
        : { kind: 'answered', answers: { ...answers, [key]: does } };
    };

  const all = (): Step<Answers>[] => [
    ask('provider'),
    ask('way', ({ provider }) => provider !== 'one way'),
    ask('name'),
  ];

  it('gives all answers', async () => {
    person = ['a', 'key', 'work'];
    assert.deepEqual(await askInTurn(all(), {}), { provider: 'a', way: 'key', name: 'work' });
    assert.deepEqual(asked, [
      'provider {} first',
      'way {"provider":"a"}',
      'name {"provider":"a","way":"key"}',
    ]);
  });

  it('goes back to the question before, and forgets what came after it', async () => {
    person = ['a', 'key', 'back', 'back', 'b', 'token', 'home'];
    assert.deepEqual(await askInTurn(all(), {}), { provider: 'b', way: 'token', name: 'home' });
    assert.deepEqual(asked.slice(3), [
      'way {"provider":"a"}',
      'provider {} first',
      'way {"provider":"b"}',
      'name {"provider":"b","way":"token"}',
    ]);
  });

  it('passes over what there is nothing to ask about, both ways', async () => {
    person = ['one way', 'back', 'one way', 'work'];
    assert.deepEqual(await askInTurn(all(), {}), { provider: 'one way', name: 'work' });
  });

  it('stays at the first question, where there is no way back', async () => {
    person = ['back', 'one way', 'work'];
    assert.deepEqual(await askInTurn(all(), {}), { provider: 'one way', name: 'work' });
  });

  it('asks nothing where everything is known', async () => {
    const known = { provider: 'a' };
    assert.deepEqual(await askInTurn([ask('provider', () => false)], known), known);
  });

  it('is given up as a whole', async () => {
    person = ['a', 'escape'];
    await assert.rejects(askInTurn(all(), {}), Cancelled);
  });
});
