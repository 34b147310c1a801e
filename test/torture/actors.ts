import type { ChildProcess } from 'node:child_process';
import { ended, startChild, tell } from './children.ts';
import type { Random } from './random.ts';
import { type ActorTask, STOP } from './tasks.ts';
import { machineTime } from './time.ts';

export interface Actor {
  readonly name: string;
  readonly child: ChildProcess;
}

/** What all actors of a run have in common. */
export type ActorTemplate = Omit<ActorTask, 'name' | 'slot' | 'killAtPoint' | 'lockStepMs'>;

/** The actor processes: one a slot, followed by another when it dies. */
export class Actors {
  /** When a process was killed, by its name. */
  readonly killedAt = new Map<string, number>();
  /** Ends that nobody wanted, in words. */
  readonly crashes: string[] = [];
  readonly #template: ActorTemplate;
  readonly #random: Random;
  readonly #running = new Map<number, Actor>();
  #isOver = false;

  constructor(template: ActorTemplate, random: Random) {
    this.#template = template;
    this.#random = random;
  }

  start(count: number, options: { readonly faults: boolean }): void {
    for (let slot = 0; slot < count; slot++) this.#startIn(slot, 0, options);
  }

  any(random: Random): Actor | undefined {
    const running = [...this.#running.values()];
    return running.length === 0 ? undefined : random.pick(running);
  }

  /** Tells all to finish; those that have not after `limitMs` are killed, and counted as crashes. */
  async stop(limitMs: number): Promise<void> {
    this.#isOver = true;
    await Promise.all(
      [...this.#running.values()].map(async ({ child, name }) => {
        child.kill('SIGCONT');
        tell(child, STOP);
        if (await ended(child, limitMs)) this.crashes.push(`${name} did not end`);
      }),
    );
  }

  #startIn(slot: number, incarnation: number, options: { readonly faults: boolean }): void {
    const name = `actor-${slot}.${incarnation}`;
    const dies = options.faults && this.#random.chance(0.5);
    const killAtPoint = dies ? Math.floor(this.#random.between(20, 1500)) : undefined;
    // One clock of all goes wrong.
    const stepsClock = options.faults && slot === 1;
    const child = startChild('actor', {
      ...this.#template,
      ...{ name, slot },
      ...(killAtPoint !== undefined && { killAtPoint }),
      ...(stepsClock && {
        lockStepMs: (this.#random.chance(0.5) ? 40_000 : -40_000) / this.#template.factor,
      }),
    });
    this.#running.set(slot, { name, child });
    child.on('exit', (code, signal) => {
      this.#running.delete(slot);
      if (signal === 'SIGKILL') this.killedAt.set(name, machineTime());
      else if (code !== 0) this.crashes.push(`${name} ended with ${code ?? signal}`);
      if (!this.#isOver) this.#startIn(slot, incarnation + 1, options);
    });
  }
}
