/** The default agent where the config names none; the id is reserved for it. */
export const MAIN_AGENT_ID = 'main';

/** An agent id as CoderClaw stores it: also the name of the agent's folder. */
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Whether a text is the id of an agent as it stands: such a text is never a path. */
export function isAgentId(text: string): boolean {
  return AGENT_ID.test(text);
}

/**
 * What CoderClaw 2026.3.21 makes of a name for an agent: lower case, runs of other characters as
 * one dash, no dash at either end, at most 64 characters; `main` if nothing is left.
 */
export function normalizeAgentId(name: string): string {
  const plain = name.trim().toLowerCase();
  if (AGENT_ID.test(plain)) return plain;
  const dashed = plain
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .replace(/-+$/, '')
    .slice(0, 64);
  return dashed === '' ? MAIN_AGENT_ID : dashed;
}
