import type { ErrorCode } from '../errors.ts';

/** What a provider says of the limits of one login, at one moment. No secret in it. */
export interface Usage {
  /** CoderClaw's provider id, normalized. */
  readonly provider: string;
  /** When the answer came: milliseconds since the epoch. Its age is reckoned from this. */
  readonly takenAt: number;
  /** In the provider's sequence. Empty where it tells of no limit. */
  readonly windows: readonly UsageWindow[];
  /** Fields of the answer that should have told of a window, and were not understood. */
  readonly unread: readonly string[];
  /** The provider's own word for the plan, where it tells: one short word or a few. */
  readonly plan?: string;
  /** What is left of bought credits, where it tells (Codex; the unit is not documented). */
  readonly credits?: number;
}

/** One limit, and how much of it is used up. */
export interface UsageWindow {
  readonly label: WindowLabel;
  /** 0 to 100. A provider that lets people go beyond says 100 here. */
  readonly usedPercent: number;
  /** When it starts anew: milliseconds since the epoch, after `takenAt`. */
  readonly resetsAt?: number;
}

/** Which limit it is. */
export type WindowLabel =
  /** All that is used within so many milliseconds, or what is used of one kind of model. */
  | { readonly kind: 'span'; readonly ms: number; readonly model?: 'sonnet' | 'opus' }
  /** Codex, where it does not say over which time. */
  | { readonly kind: 'primary' | 'secondary' }
  /** Copilot's, by the month. */
  | { readonly kind: 'premium' | 'chat' | 'completions' };

/**
 * Why there is nothing newer. `host` is where the request went. None of these says that a login is dead:
 * only its renewal tells that.
 */
export type UsageFailure =
  // ---- nothing was sent
  /** An API key, or a provider that tells nothing. */
  | { readonly kind: 'unsupported' }
  /** The profile is not in the store any more. */
  | { readonly kind: 'gone' }
  /** The store cannot be read: `store.unreadable`, `store.torn` or `store.unknownVersion`. */
  | { readonly kind: 'store'; readonly code: ErrorCode }
  /** No token is stored that could be sent. */
  | { readonly kind: 'noToken' }
  /** The access token has ended (milliseconds since the epoch). It is not renewed for a number. */
  | { readonly kind: 'ended'; readonly since: number }
  /** `what`: the variable or the field that leads to neither https nor this machine. */
  | { readonly kind: 'badEndpoint'; readonly what: string }
  // ---- it was tried
  /** Not reached, and the token never left: no network, no such host, no trusted way to it. */
  | { readonly kind: 'offline'; readonly host: string; readonly errno?: string }
  | { readonly kind: 'timedOut'; readonly host: string }
  /** The connection ended before the answer had come whole. */
  | { readonly kind: 'brokenOff'; readonly host: string; readonly errno?: string }
  /** 401: the provider does not take this access token. */
  | { readonly kind: 'unauthorized'; readonly host: string }
  /** 403. `scope`: this kind of token may not ask for it (Anthropic's setup-tokens). */
  | { readonly kind: 'forbidden'; readonly host: string; readonly scope?: true }
  /** 429: asked too often, by whomever. */
  | { readonly kind: 'tooMany'; readonly host: string }
  /** 500 to 599. */
  | { readonly kind: 'serverFault'; readonly host: string; readonly status: number }
  /** Any other but 200; redirects are not followed. */
  | { readonly kind: 'otherStatus'; readonly host: string; readonly status: number }
  /** 200 with something else than is documented. `what`: the field, `size`, or `not a JSON object`. */
  | { readonly kind: 'badAnswer'; readonly host: string; readonly what: string };

/** What there is to show of a profile's usage. Neither part: it was not found out yet. */
export interface UsageReport {
  /** The last good answer for this login, however old. */
  readonly usage?: Usage;
  /** Why there is no newer one, where the last try was in vain or none can be made. */
  readonly failure?: UsageFailure;
  /** Before this, asking again sends nothing: milliseconds since the epoch. */
  readonly nextAt: number;
}

/** The window has started anew since the answer came: what it says is of the last one. */
export function isOver({ resetsAt }: UsageWindow, now: number): boolean {
  return resetsAt !== undefined && resetsAt <= now;
}
