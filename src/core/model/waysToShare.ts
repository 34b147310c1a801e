import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { Credential } from '../documents/authStore.ts';

/** How one agent can come to use what another has. */
export type WayToShare =
  /** It does so already: every agent sees the profiles of `main` under its own. */
  | 'inherit'
  /** A second entry of the same key or token. */
  | 'copy'
  /** A login of its own. */
  | 'signIn';

/**
 * The ways in which a profile of one agent can be used by another, the one with the least effort first. A
 * login is never copied, since a refresh token is valid once. Only `main` is inherited from, whichever
 * agent is the default one (CoderClaw 2026.3.21).
 */
export function waysToShare(type: Credential['type'], ownerId: string): readonly WayToShare[] {
  const own: WayToShare = type === 'oauth' ? 'signIn' : 'copy';
  return ownerId === MAIN_AGENT_ID ? ['inherit', own] : [own];
}
