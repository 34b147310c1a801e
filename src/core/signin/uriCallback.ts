import { KnownError } from '../errors.ts';
import type { UriHandlerRedirect } from './descriptor.ts';

/**
 * The receiver for providers that accept an address of VS Code's own `UriHandler` (RFC 8252 7.1).
 * There is nothing to open or close: the window hands in what it is given.
 */
export interface UriCallback {
  readonly redirectUri: string;
  /** The parameters of an address that the handler received; undefined if it is for another path. */
  queryOf(uri: string): URLSearchParams | undefined;
}

/**
 * Asks for the address that leads to this window.
 * @param callbackUri Gives the external form of the handler's address for a path. VS Code adds a
 * window id to it, and in a browser the address may look quite different, so what comes back is
 * recognized by its path alone; whether it is for this attempt is for `state` to say.
 * @throws {KnownError} `signin.badEndpoint` if the window has no such address.
 */
export async function openUriCallback(
  redirect: UriHandlerRedirect,
  callbackUri: ((path: string) => Promise<string>) | undefined,
): Promise<UriCallback> {
  const redirectUri = await callbackUri?.(redirect.path);
  if (redirectUri === undefined || !URL.canParse(redirectUri)) {
    throw new KnownError('signin.badEndpoint', { what: 'callbackUri' });
  }
  return {
    redirectUri,
    queryOf: (uri) => {
      const url = URL.canParse(uri) ? new URL(uri) : undefined;
      return url?.pathname === redirect.path ? url.searchParams : undefined;
    },
  };
}
