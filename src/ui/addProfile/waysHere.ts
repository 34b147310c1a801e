/** How a person can bring a credential here. */
export type Way = 'browser' | 'deviceCode' | 'setupToken' | 'token' | 'apiKey' | 'cliPlugin';

/** Where this window runs, seen from the person's browser. */
export interface WindowPlace {
  /** `env.remoteName`: `ssh-remote`, `wsl`, `dev-container`, `codespaces`, …; undefined: on the machine of the person. */
  readonly remoteName: string | undefined;
  /** The window is a page in a browser (`env.uiKind`). */
  readonly isWeb: boolean;
}

export type WayVerdict =
  /** It comes to its end by itself. */
  | 'works'
  /** VS Code forwards the browser's last step, as long as the same port is free on the person's machine. */
  | 'worksByTunnel'
  /** The browser's last page does not reach this window: its address has to be pasted. */
  | 'needsPaste';

export interface WayHere {
  readonly way: Way;
  readonly verdict: WayVerdict;
}

/**
 * The ways that a provider offers, those first that work where this window runs. Otherwise in the
 * order in which they are given. Pure; what becomes of a callback is found out for certain only once
 * a sign-in has begun (`callbackReach`).
 */
export function waysHere(ways: readonly Way[], place: WindowPlace): readonly WayHere[] {
  const all = ways.map((way): WayHere => ({ way, verdict: verdictOf(way, place) }));
  return [
    ...all.filter(({ verdict }) => verdict !== 'needsPaste'),
    ...all.filter(({ verdict }) => verdict === 'needsPaste'),
  ];
}

function verdictOf(way: Way, { remoteName, isWeb }: WindowPlace): WayVerdict {
  if (way !== 'browser') return 'works';
  // A page cannot open a port on the machine that it is shown on.
  if (isWeb) return 'needsPaste';
  return remoteName === undefined ? 'works' : 'worksByTunnel';
}
