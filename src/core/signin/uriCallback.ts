import { KnownError } from '../errors.ts';
import type { UriHandlerRedirect } from './descriptor.ts';

/**
 * The receiver for providers that accept an address of VS Code's own `UriHandler` (RFC 8252 7.1).
 * There is nothing to open or close: the window hands in what it is given.
 */
export interface UriCallback {
  readonly redirectUri: string;
  /**
   * The parameters of an address that the handler received, percent-encoded as of
   * {@link receivedAddress}; undefined if it is for another path.
   */
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

/**
 * The address that a `UriHandler` was given, percent-encoded again. Desktop VS Code decodes a query
 * as a whole (a code's `+` comes bare), while VS Code in a browser hands it on as the page wrote it
 * (`%2B`), so each value is decoded only if it is still encoded.
 *
 * What the decoding has lost stays lost: an encoded `&` ends a value early, and a `%41` that was
 * meant literally becomes `A`. A `+` is a plus, but in `error_description`, where it was a space.
 */
export function receivedAddress(uri: {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}): string {
  const query = new URLSearchParams();
  for (const parameter of uri.query.split('&')) {
    if (parameter === '') continue;
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/su.exec(parameter) ?? [];
    query.append(
      decodedOnce(name),
      name === 'error_description' ? formDecoded(value) : decodedOnce(value),
    );
  }
  const path = uri.path.replace(/[?#%]/g, encodeURIComponent);
  return `${uri.scheme}://${uri.authority}${path}?${query}`;
}

function decodedOnce(text: string): string {
  return /%[\da-f]{2}/i.test(text) ? formDecoded(text) : text;
}

/** Never throws, whatever stands behind a `%`. */
function formDecoded(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}
