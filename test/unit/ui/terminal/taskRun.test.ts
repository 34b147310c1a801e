import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task, TaskExecution } from 'vscode';
import { isKnown } from '../../../../src/core/errors.ts';
import { runTask, type TaskRunner } from '../../../../src/ui/terminal/taskRun.ts';

type Kind = 'start' | 'code' | 'end';

/** VS Code's tasks, told by hand what happens. */
class Tasks {
  readonly listeners = new Set<readonly [Kind, (event: never) => void]>();
  readonly terminated: string[] = [];
  executeTask: TaskRunner['executeTask'] = async (task) => this.execution(task);

  execution(task: Task): TaskExecution {
    return { task, terminate: () => this.terminated.push(task.definition['id']) };
  }
  tell(kind: Kind, id: string, more: object = {}): void {
    // As after a restart of the extension host: another object for the same task.
    const event = { execution: this.execution(task(id)), ...more };
    for (const [wanted, told] of [...this.listeners]) if (wanted === kind) told(event as never);
  }
  get runner(): TaskRunner {
    const on = (kind: Kind) => (told: (event: never) => void) => {
      const one = [kind, told] as const;
      this.listeners.add(one);
      return { dispose: () => this.listeners.delete(one) };
    };
    return {
      executeTask: (task) => this.executeTask(task),
      onDidStartTaskProcess: on('start'),
      onDidEndTaskProcess: on('code'),
      onDidEndTask: on('end'),
    } as TaskRunner;
  }
}

const task = (id: string) =>
  ({ name: 'sign-in', definition: { type: 'process', id } }) as unknown as Task;
const isNotStarted = (error: unknown) =>
  isKnown(error, 'program.notStarted') && error.facts.name === 'sign-in';

describe('a task that is run to its end', () => {
  let tasks: Tasks;
  let started: number[];
  const run = (id: string, startWithinMs?: number) =>
    runTask(task(id), tasks.runner, (pid) => started.push(pid), startWithinMs);

  beforeEach(() => {
    tasks = new Tasks();
    started = [];
  });
  afterEach(() => assert.equal(tasks.listeners.size, 0, 'nobody listens any more'));

  it('two at once are told apart by their ids', async () => {
    const [one, two] = [run('1'), run('2')];
    tasks.tell('start', '1', { processId: 11 });
    tasks.tell('start', '2', { processId: 22 });
    tasks.tell('code', '2', { exitCode: 3 });
    assert.equal(await two, 3);
    tasks.tell('code', '1', { exitCode: 0 });
    assert.equal(await one, 0);
    assert.deepEqual(started, [11, 22]);
  });

  it('hears of an end that comes before the start is answered', async () => {
    tasks.executeTask = (task) => {
      tasks.tell('start', '1', { processId: 11 });
      tasks.tell('code', '1', { exitCode: 0 });
      return Promise.resolve(tasks.execution(task));
    };
    assert.equal(await run('1'), 0);
  });

  it('has no exit code where the terminal was closed; a code may come after the end', async () => {
    const [one, two] = [run('1'), run('2')];
    for (const id of ['1', '2']) tasks.tell('start', id, { processId: 1 });
    for (const id of ['1', '2']) tasks.tell('end', id);
    tasks.tell('code', '2', { exitCode: 7 });
    assert.equal(await two, 7);
    assert.equal(await one, undefined);
  });

  it('gives up on one that does not start, and ends it should it come to that', async () => {
    await assert.rejects(run('1', 10), isNotStarted);
    assert.deepEqual(tasks.terminated, ['1']);
    let answer: (execution: TaskExecution) => void = () => {};
    tasks.executeTask = () => new Promise((resolve) => (answer = resolve));
    await assert.rejects(run('2', 10), isNotStarted);
    answer(tasks.execution(task('2')));
    await sleep(1);
    assert.deepEqual(tasks.terminated, ['1', '2']);
  });

  it('waits for as long as it takes once it has started', async () => {
    const one = run('1', 10);
    tasks.tell('start', '1', { processId: 11 });
    await sleep(30);
    tasks.tell('code', '1', { exitCode: 0 });
    assert.equal(await one, 0);
    assert.deepEqual(tasks.terminated, []);
  });

  it('an end without a beginning is no closed terminal', async () => {
    const one = run('1');
    tasks.tell('end', '1');
    await assert.rejects(one, isNotStarted);
    const two = run('2');
    tasks.tell('code', '2', { exitCode: undefined });
    await assert.rejects(two, isNotStarted);
  });

  it('a refusal of VS Code is handed on', async () => {
    tasks.executeTask = () => Promise.reject(new Error('no'));
    await assert.rejects(run('1'), /^Error: no$/);
  });
});
