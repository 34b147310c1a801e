import { setTimeout as sleep } from 'node:timers/promises';
import { TOKEN_REQUEST_LIMIT_MS } from '../../src/core/signin/tokenEndpoint.ts';
import { Actors, type ActorTemplate } from './actors.ts';
import { ended, startChild, tell } from './children.ts';
import { readEvents } from './events.ts';
import { makeFaults } from './faults.ts';
import type { TokenRequest } from './ledger.ts';
import { Onlooker } from './onlooker.ts';
import type { Evidence, Hindrance } from './oracle/evidence.ts';
import { type Judgement, judge } from './oracle/judge.ts';
import { randomOf } from './random.ts';
import { startTortureServer } from './server.ts';
import { type SideName, STOP, type TortureWorld } from './tasks.ts';
import { machineTime, scaledLockTimes } from './time.ts';
import { makeWorld, removeWorld } from './world.ts';

export interface RunOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly processes: number;
  readonly stores: number;
  readonly logins: number;
  readonly callers: number;
  /** Of time limits: see `time.ts`. */
  readonly factor: number;
  readonly side: SideName;
  /** Leaves the files where they are. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** Kills, time limits and settling are over after this, divided by the factor, and then some. */
const REST_MS = 60_000;
const AND_SOME_MS = 30_000;

/** One torture from an empty folder to its judgement. Leaves nothing behind but what `keep` says. */
export async function runTorture(options: RunOptions): Promise<Judgement> {
  const { seed, factor, side, say } = options;
  const randomFor = (name: string) => randomOf(seed, `${side} ${name}`);
  const server = await startTortureServer({
    ...{ random: randomFor('server'), factor, faultRate: 0.2 },
    // A control is short, and has to come to its refreshes.
    lifetimeMs: side === 'ours' ? [3_000, 10_000] : [200, 1_200],
  });
  const world = makeWorld({
    ...options,
    signIn: (person) => server.signIn(person),
  });
  const { staleMs, confirmMs } = scaledLockTimes(factor);
  const template: ActorTemplate = {
    ...{ world, side, seed, factor, callers: options.callers, origin: server.origin },
    diesAfterAnswer: side === 'forgetful' ? 0.5 : 0.1,
    clockSteps: clockSteps(options),
  };
  const actors = new Actors(template, randomFor('actors'));
  const faults = makeFaults(world, actors, randomFor('faults'), staleMs + confirmMs);
  const onlooker = new Onlooker(world, randomFor('onlooker'));
  const looking = new AbortController();
  const neighbour = startChild('neighbour', { name: 'neighbour', world, seed, staleMs });
  try {
    actors.start(options.processes, { faults: true });
    const over = AbortSignal.timeout(options.seconds * 1000);
    const watching = onlooker.lookUntil(looking.signal);
    const injecting = faults.run(over);
    const ticker = setInterval(() => {
      const { requests } = server.ledger;
      say(`${side}: ${requests.length} token requests, ${actors.killedAt.size} kills`);
    }, 10_000);
    await injecting;
    clearInterval(ticker);

    // From here on nothing befalls anybody: what was begun must come to its end.
    server.behave();
    tell(neighbour, STOP);
    const restMs = REST_MS / factor + AND_SOME_MS;
    const wasHung = await ended(neighbour, restMs);
    if (wasHung || neighbour.exitCode !== 0) actors.crashes.push('the neighbour did not end well');
    await actors.stop(restMs);
    const began = machineTime();
    const settler = startChild('actor', {
      ...template,
      name: 'settler',
      slot: -1,
      settleOnly: true,
    });
    if (await ended(settler, restMs)) actors.crashes.push('the settler did not end');
    if (settler.exitCode !== 0) actors.crashes.push(`the settler ended with ${settler.exitCode}`);
    say(`${side}: at rest after ${Math.round(machineTime() - began)} ms`);
    looking.abort();
    await watching;
    const evidence: Evidence = {
      ...{ world, requests: server.ledger.requests, tornLooks: onlooker.tornLooks },
      ...{ killedAt: actors.killedAt, stops: faults.stops },
      hindrances: [...faults.hindrances, ...slowAnswers(world, server.ledger.requests, factor)],
      events: readEvents(world.logs),
      isGood: (token) => server.ledger.isGood(token),
    };
    return judge(evidence, {
      crashes: actors.crashes,
      looseModes: [...onlooker.looseModes.values()],
      looks: onlooker.looks,
      faults: faults.counts,
    });
  } finally {
    looking.abort();
    neighbour.kill('SIGKILL');
    await actors.stop(0);
    await server.close();
    if (options.keep) say(`${side}: left in ${world.root}`);
    else removeWorld(world);
    await sleep(0);
  }
}

/** While a refresh waits for its answer, it holds the locks of all stores with that login. */
function slowAnswers(
  { root }: TortureWorld,
  requests: readonly TokenRequest[],
  factor: number,
): readonly Hindrance[] {
  return requests
    .filter(({ fault }) => fault === 'slow')
    .map(({ t, answeredAt = Number.POSITIVE_INFINITY }) => ({
      ...{ below: root, from: t },
      to: Math.min(answeredAt, t + TOKEN_REQUEST_LIMIT_MS / factor),
    }));
}

/** Forward, and back to before the truth: only where the time limits are the real ones. */
function clockSteps({ seconds, factor }: RunOptions): ActorTemplate['clockSteps'] {
  if (factor !== 1) return [];
  const began = machineTime();
  return [
    { at: began + seconds * 400, byMs: 40_000 },
    { at: began + seconds * 700, byMs: -40_000 },
  ];
}
