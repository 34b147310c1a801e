import type { LoggedEvent } from '../events.ts';
import type { TokenRequest } from '../ledger.ts';
import type { TortureWorld } from '../tasks.ts';

/** All that is known after a run, for the oracle to judge. Times are `machineTime()`. */
export interface Evidence {
  readonly world: TortureWorld;
  readonly events: readonly LoggedEvent[];
  readonly requests: readonly TokenRequest[];
  /** Whether who holds this refresh token (SHA-256) is signed in, at the server. */
  readonly isGood: (token: string) => boolean;
  /** When a process was killed, by its name in the logs. */
  readonly killedAt: ReadonlyMap<string, number>;
  readonly stops: readonly {
    readonly process: string;
    readonly from: number;
    readonly to: number;
  }[];
  /** When an injected fault kept everybody from writing to what lies below a path. */
  readonly hindrances: readonly Hindrance[];
  /** Looks at a store that found no whole document. */
  readonly tornLooks: readonly {
    readonly path: string;
    readonly from: number;
    readonly to: number;
  }[];
}

export interface Hindrance {
  readonly below: string;
  readonly from: number;
  readonly to: number;
}

/** Something that must not be: a line for people and the lines of the logs that belong to it. */
export interface Finding {
  readonly what: string;
  readonly lines: readonly string[];
}

/** Log lines about one entry of one store, the last ones. */
export function linesAbout(
  events: readonly LoggedEvent[],
  store: string,
  key: string,
  most = 16,
): readonly string[] {
  const operations = new Set(
    events.flatMap((e) => (e.kind === 'begin' && e.store === store && e.key === key ? [e.op] : [])),
  );
  const lines = events.flatMap((event) => {
    switch (event.kind) {
      case 'begin':
      case 'acked':
      case 'failed':
        return operations.has(event.op) ? [JSON.stringify(event)] : [];
      case 'commit':
      case 'inPlace': {
        const changes = event.changes.filter(([, changed]) => changed === key);
        return event.path === store && changes.length > 0
          ? [JSON.stringify({ ...event, changes })]
          : [];
      }
      default:
        return [];
    }
  });
  return lines.slice(-most);
}
