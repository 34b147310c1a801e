import { KnownError } from '../errors.ts';
import {
  type CallbackPageKind,
  type CallbackPageWords,
  callbackPage,
  callbackPageWords,
} from './callbackPage.ts';
import type { SignInDescriptor } from './descriptor.ts';
import { type BusyPort, openLoopback } from './loopback.ts';
import { openUriCallback } from './uriCallback.ts';

/** How the browser's answer can come in by itself. Pasting works with each of them. */
export type Listening =
  | { readonly kind: 'loopback'; readonly port: number; readonly busy: readonly BusyPort[] }
  /** No registered port could be had. */
  | { readonly kind: 'none'; readonly busy: readonly BusyPort[] }
  | { readonly kind: 'uriHandler' };

export interface WayBackServices {
  /** The address of VS Code's `UriHandler` for a path, for descriptors with a 'uriHandler' redirect. */
  callbackUri?(path: string): Promise<string>;
  /** Words of the browser's page in the person's language; English without. */
  readonly pageWords?: (label: string) => Readonly<Record<CallbackPageKind, CallbackPageWords>>;
}

/** Where the browser is sent back to, and what waits for it there. */
export interface WayBack {
  readonly redirectUri: string;
  readonly listening: Listening;
  /** The parameters of an address that the window received; undefined if it does not lead here. */
  queryOf(uri: string): URLSearchParams | undefined;
  /** Stops listening at once; resolves when every connection is closed and the port is free. */
  close(): Promise<void>;
}

/**
 * Opens what the descriptor's redirect asks for.
 * @param onCallback Given the parameters of each callback by HTTP; the browser's page waits for it.
 * @throws {KnownError} `signin.badEndpoint` if there is nowhere to come back to: the window has no
 * address, or no port is registered.
 */
export async function openWayBack(
  descriptor: SignInDescriptor,
  services: WayBackServices,
  onCallback: (query: URLSearchParams) => Promise<CallbackPageKind>,
): Promise<WayBack> {
  const { redirect } = descriptor;
  if (redirect.kind === 'uriHandler') {
    const { redirectUri, queryOf } = await openUriCallback(redirect, services.callbackUri);
    return { redirectUri, queryOf, listening: { kind: 'uriHandler' }, close: async () => {} };
  }
  const words = (services.pageWords ?? callbackPageWords)(descriptor.label);
  const { receiver, busy } = await openLoopback(redirect, {
    onCallback: async (query) => {
      const kind = await onCallback(query);
      return callbackPage(kind, words[kind]);
    },
  });
  const port = receiver?.port ?? redirect.ports[0];
  if (port === undefined) throw new KnownError('signin.badEndpoint', { what: 'redirect' });
  return {
    redirectUri: `http://${redirect.host}:${port}${redirect.path}`,
    listening: receiver ? { kind: 'loopback', port: receiver.port, busy } : { kind: 'none', busy },
    queryOf: () => undefined,
    close: async () => receiver?.close(),
  };
}

/** For the log. */
export function describeListening(listening: Listening): string {
  if (listening.kind === 'uriHandler') return 'for an address handed in by the window';
  const busy = listening.busy.map(
    ({ port, holder }) => `, ${port} is held by ${holder ? `${holder.name} (${holder.pid})` : '?'}`,
  );
  const where =
    listening.kind === 'loopback' ? `on loopback port ${listening.port}` : 'for a paste';
  return where + busy.join('');
}
