// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how VS Code writes a variable
import assert from 'node:assert/strict';
import { TerminalAgent } from '../../../../src/ui/workspaceAgent/terminalAgent.ts';
import { agent } from '../../../support/snapshots.ts';
import { FakeVariables } from './fakeVariables.ts';

const both = (folder: string) => ({ CODERCLAW_AGENT_DIR: folder, PI_CODING_AGENT_DIR: folder });

describe('the agent of terminals', () => {
  const work = agent('work');
  let variables: FakeVariables;
  let terminals: TerminalAgent;
  beforeEach(() => {
    variables = new FakeVariables();
    terminals = new TerminalAgent(variables, ({ id }) => `because of ${id}`);
  });

  it('is named by both variables, with the reason', () => {
    terminals.use(work);
    assert.deepEqual(variables.now, both('/state/agents/work/agent'));
    assert.equal(variables.description, 'because of work');
    terminals.use(undefined);
    assert.deepEqual(variables.now, {});
  });

  it('the same folder again changes nothing: VS Code would ask for new terminals', () => {
    terminals.use(undefined);
    assert.equal(variables.changes, 0);
    terminals.use(work);
    const { changes } = variables;
    terminals.use(agent('work', { name: 'Day job' }));
    assert.equal(variables.changes, changes);
    terminals.use(agent('work', { agentDir: '/else' }));
    assert.deepEqual(variables.now, both('/else'));
  });

  it('a folder that is not known, or that VS Code would read as another, is not named', () => {
    for (const one of [
      agent('a', { store: { kind: 'unplaced', path: '/$X/auth-profiles.json', variable: 'X' } }),
      agent('a', { agentDir: '/home/${env:USER}/agent' }),
    ]) {
      terminals.use(work);
      terminals.use(one);
      assert.deepEqual(variables.now, {});
    }
  });

  it('is held until everyone who holds it has let go, and is then the newest', () => {
    terminals.use(work);
    const [first, second] = [terminals.hold(), terminals.hold()];
    assert.deepEqual(variables.now, {});
    terminals.use(agent('home'));
    first();
    first();
    assert.deepEqual(variables.now, {});
    second();
    assert.deepEqual(variables.now, both('/state/agents/home/agent'));
  });
});
