import { createConnection } from 'node:net';
import { portHolder } from '../../signin/portHolder.ts';
import { openaiCodex } from '../../signin/providers/openaiCodex.ts';
import { type Finding, finding } from '../finding.ts';
import type { Look } from '../look.ts';

/** A program on this machine takes a connection, or refuses it, at once. */
const LIMIT_MS = 500;

/** The port on which a sign-in to ChatGPT ends, where another program listens on it. */
export function signInPort(_: Look, signal: AbortSignal): Promise<readonly Finding[]> {
  const { provider, redirect } = openaiCodex();
  return heldPorts(provider, redirect.kind === 'loopback' ? redirect.ports : [], signal);
}

/** Those of the ports that another process listens on, one finding each. */
export async function heldPorts(
  provider: string,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const held: number[] = [];
  for (const port of ports) {
    const hosts = ['127.0.0.1', '::1'].map((host) => isListening(host, port, signal));
    if ((await Promise.all(hosts)).includes(true)) held.push(port);
  }
  const found: Finding[] = [];
  for (const port of held) {
    const holder = await portHolder(port);
    // A sign-in of this window is under way.
    if (holder?.pid === process.pid) continue;
    const facts = {
      ...{ provider, port, otherPorts: ports.filter((one) => !held.includes(one)) },
      ...(holder && { pid: holder.pid, program: holder.name }),
    };
    // With another port free, a sign-in ends on that.
    const severity = facts.otherPorts.length > 0 ? 'info' : 'warning';
    found.push(finding('port.held', severity, {}, facts));
  }
  return found;
}

/** Connects and hangs up: to bind the port instead would take it from a sign-in that begins now. */
function isListening(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, signal: end });
    const tell = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}
