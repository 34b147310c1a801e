import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AgentWishes, agentInUse } from '../../../../src/core/model/agentInUse.ts';
import { agent, snapshot, stateDir } from '../../../support/snapshots.ts';

const path = '/state/coderclaw.json';
const main = agent('main');
const work = agent('work');
const home = agent('home');
const state = snapshot(
  stateDir('/state', [main, work, home]),
  stateDir('/elsewhere', [agent('far')]),
);
const faulty = [] as const;
const use = (wishes: Partial<AgentWishes>, of = state) => agentInUse(of, { faulty, ...wishes });

describe('which agent a window uses', () => {
  it('the default one where nothing is asked for', () => {
    assert.deepEqual(use({}), { kind: 'default', agent: main, faulty });
    assert.deepEqual(use({}, snapshot()), { kind: 'default', faulty });
  });

  it('the one of the person, at once', () => {
    const expected = { kind: 'pinned', agent: work, askedBy: 'user', faulty } as const;
    assert.deepEqual(use({ user: 'work' }), expected);
  });

  it('that of a workspace once the person agreed, and not before', () => {
    const asked = { id: 'work', isOpen: true };
    assert.deepEqual(use({ workspace: { id: 'work' } }), {
      ...{ kind: 'default', agent: main, asked, faulty },
    });
    assert.deepEqual(use({ workspace: { id: 'work', answer: 'use' } }), {
      ...{ kind: 'pinned', agent: work, askedBy: 'workspace', faulty },
    });
    assert.deepEqual(use({ workspace: { id: 'work', answer: 'not' } }), {
      ...{ kind: 'default', agent: main, asked: { ...asked, isOpen: false }, faulty },
    });
  });

  it('what the person chose for everywhere stays until they agree to another here', () => {
    const user = 'home';
    const asking = use({ user, workspace: { id: 'work' } });
    assert.equal(asking.agent, home);
    assert.equal(asking.asked?.isOpen, true);
    assert.equal(use({ user, workspace: { id: 'work', answer: 'not' } }).agent, home);
    assert.equal(use({ user, workspace: { id: 'work', answer: 'use' } }).agent, work);
  });

  it('a workspace turns the agent of the person off only where the person did that', () => {
    assert.equal(use({ user: 'work', workspace: { id: '' } }).agent, work);
    const chosen = use({ user: 'work', workspace: { id: '', answer: 'use' } });
    assert.deepEqual(chosen, { kind: 'default', agent: main, faulty });
  });

  it('one that is not there is missing, and the default one is used', () => {
    assert.deepEqual(use({ user: 'far' }), {
      ...{ kind: 'missing', id: 'far', askedBy: 'user', isAgreed: true, isCertain: true },
      ...{ agent: main, faulty },
    });
    const asked = use({ workspace: { id: 'none' } });
    assert.ok(asked.kind === 'missing' && !asked.isAgreed);
    assert.equal(use({ workspace: { id: 'none', answer: 'not' } }).kind, 'default');
    // Not worth a warning, and nothing to offer either.
    assert.deepEqual(use({ user: 'work', workspace: { id: 'none' } }), {
      ...{ kind: 'pinned', agent: work, askedBy: 'user' },
      ...{ asked: { id: 'none', isOpen: false }, faulty },
    });
  });

  it('whether it is missing is not known while the config cannot be read', () => {
    for (const config of [
      { kind: 'unreadable', path, errno: 'EACCES' },
      { kind: 'invalid', path, detail: 'line 1' },
    ] as const) {
      const torn = snapshot(stateDir('/state', [main], { config }));
      const found = use({ user: 'work' }, torn);
      assert.ok(found.kind === 'missing' && !found.isCertain);
      assert.equal(use({ user: 'main' }, torn).kind, 'pinned');
    }
  });

  it('without CoderClaw there is nothing to warn of', () => {
    assert.equal(use({ user: 'work' }, snapshot()).kind, 'default');
  });

  it('no workspace moves anything without an answer', () => {
    const id = fc.constantFrom('', 'main', 'work', 'home', 'none');
    const answer = fc.constantFrom(undefined, 'not' as const);
    fc.assert(
      fc.property(fc.option(id, { nil: undefined }), id, answer, (user, theirs, said) => {
        const own = user ? { user } : {};
        const workspace = { id: theirs, ...(said && { answer: said }) };
        assert.equal(use({ ...own, workspace }).agent, use(own).agent);
      }),
    );
  });
});
