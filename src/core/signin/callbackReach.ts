import { isLoopbackHost } from './endpoints.ts';

/**
 * Whether the browser, which goes to the literal `redirect_uri` on the *person's* machine, ends up
 * at the listener that stands where the extension runs.
 */
export type CallbackReach =
  /** The extension runs on the person's machine. */
  | { readonly kind: 'direct' }
  /** VS Code forwards the same port from the person's machine to where the extension runs. */
  | { readonly kind: 'tunnel' }
  /** It does not come back by itself: paste it, or use a code. */
  | { readonly kind: 'elsewhere'; readonly reason: ElsewhereReason };

export type ElsewhereReason =
  /** Forwarded, but to another port than the registered one. */
  | { readonly kind: 'otherPort'; readonly port: number }
  /** Served below another path, e.g. code-server's `/proxy/1455/`. */
  | { readonly kind: 'otherPath' }
  /** Served under another host or scheme, e.g. Codespaces' `https://…-1455.app.github.dev`. */
  | { readonly kind: 'otherHost'; readonly host: string }
  /** A remote window, and VS Code did not say how the port is reached. */
  | { readonly kind: 'unknown' };

/**
 * Decides from what VS Code tells.
 * @param place.remoteName `env.remoteName`: undefined in a local window.
 * @param place.redirectUri The registered redirect, e.g. `http://localhost:1455/auth/callback`.
 * @param place.externalUri `env.asExternalUri(redirectUri)`, asked just now: tunnels come and go.
 */
export function callbackReach(place: {
  readonly remoteName: string | undefined;
  readonly redirectUri: string;
  readonly externalUri: string | undefined;
}): CallbackReach {
  const { remoteName, redirectUri, externalUri } = place;
  if (externalUri === undefined || !URL.canParse(externalUri)) {
    return remoteName === undefined
      ? { kind: 'direct' }
      : { kind: 'elsewhere', reason: { kind: 'unknown' } };
  }
  const registered = new URL(redirectUri);
  const external = new URL(externalUri);
  if (external.protocol !== registered.protocol || !isLoopbackHost(external.hostname)) {
    return { kind: 'elsewhere', reason: { kind: 'otherHost', host: external.host } };
  }
  // Path before port: a proxy on loopback has both of its own, and the path is what gives it away.
  if (external.pathname !== registered.pathname) {
    return { kind: 'elsewhere', reason: { kind: 'otherPath' } };
  }
  if (external.port !== registered.port) {
    return { kind: 'elsewhere', reason: { kind: 'otherPort', port: Number(external.port || 80) } };
  }
  return remoteName === undefined ? { kind: 'direct' } : { kind: 'tunnel' };
}
