import type { Clock } from './clock.ts';

/** How far the clock of this machine is from that of a server. */
export interface ClockDifference {
  readonly host: string;
  /** Milliseconds by which this machine is ahead, at the least; negative where it is behind. */
  readonly aheadMs: number;
}

/** What one answer told of the time. All in milliseconds since the epoch. */
interface Noted {
  /** By the server: within a second from here. */
  readonly date: number;
  /** By this machine: the server said it between these two. */
  readonly sent: number;
  readonly received: number;
  /** How this machine's clock stood to the steady one. */
  readonly offset: number;
}

/** `Date` has no finer time (RFC 9110 5.6.7). */
const DATE_STEP_MS = 1_000;
/** The clock was set, or the machine slept: what was noted before says nothing any more. */
const JUMP_MS = 5_000;

/**
 * Hears by the way what time it is elsewhere: every answer of a provider says when it was made (`Date`, RFC
 * 9110 6.6.1). Nobody is asked for it, and nothing is kept but times, the newest of each host.
 */
export class ServerClocks {
  readonly #clock: Clock;
  readonly #steady: () => number;
  readonly #noted = new Map<string, Noted>();

  /** @param steady milliseconds that no setting of the clock moves. */
  constructor(clock: Clock, steady: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#steady = steady;
  }

  /** The given fetch, of whose answers note is taken. */
  listening(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      const sent = this.#clock.now();
      const response = await fetch(input, init);
      this.#note(response, hostOf(input), sent);
      return response;
    };
  }

  /**
   * What all hosts that were heard agree on: the least of their differences, if each of them says that this
   * machine is off in the same direction. Undefined where one of them says otherwise, or nobody was heard.
   */
  difference(): ClockDifference | undefined {
    const now = this.#offset();
    const differences = [...this.#noted].flatMap(([host, { date, sent, received, offset }]) => {
      if (Math.abs(now - offset) > JUMP_MS) return [];
      // It lies between these two.
      const [least, most] = [sent - (date + DATE_STEP_MS), received - date];
      return [{ host, aheadMs: least > 0 ? least : most < 0 ? most : 0 }];
    });
    const [first, ...others] = differences.sort(
      (a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs),
    );
    if (first === undefined || first.aheadMs === 0) return undefined;
    const isAgreed = others.every(({ aheadMs }) => Math.sign(aheadMs) === Math.sign(first.aheadMs));
    return isAgreed ? first : undefined;
  }

  #note({ headers }: Response, host: string, sent: number): void {
    // A cache's answer is as old as it says (RFC 9111 5.1), and tells of another time.
    const date = headers.has('age') ? Number.NaN : Date.parse(headers.get('date') ?? '');
    if (!Number.isFinite(date)) return;
    this.#noted.set(host, { date, sent, received: this.#clock.now(), offset: this.#offset() });
  }

  #offset(): number {
    return this.#clock.now() - this.#steady();
  }
}

function hostOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).host;
}
