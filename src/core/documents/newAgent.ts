import { isAbsolute, join, resolve } from 'node:path';
import { KnownError } from '../errors.ts';
import { MAIN_AGENT_ID, normalizeAgentId } from './agentIds.ts';
import { hasEnvironmentReference } from './environmentReferences.ts';
import { coderclawHome, type HostEnvironment, withTilde } from './hostEnvironment.ts';

/**
 * The id that CoderClaw gives to an agent of this name; what a person types can be checked by it.
 * @throws {KnownError} `agent.badName`, `agent.reserved`
 */
export function newAgentId(name: string): string {
  agentName(name);
  const id = normalizeAgentId(name);
  if (id !== MAIN_AGENT_ID) return id;
  // CoderClaw makes `main` of a name of which nothing is left, too.
  if (name.trim().toLowerCase() === MAIN_AGENT_ID) {
    throw new KnownError('agent.reserved', { agentId: id });
  }
  throw new KnownError('agent.badName', { why: 'noId' });
}

/**
 * A name as it may stand in the config.
 * @throws {KnownError} `agent.badName`
 */
export function agentName(given: string): string {
  const name = given.trim();
  if (name === '') throw new KnownError('agent.badName', { why: 'empty' });
  if (hasEnvironmentReference(name)) throw new KnownError('agent.badName', { why: 'reference' });
  return name;
}

/**
 * The workspace of a new agent, absolute.
 * @param given As a person typed it; `~` is the home folder. Undefined, or blank: where CoderClaw has it.
 * @throws {KnownError} `agent.badFolder`
 */
export function newWorkspace(
  host: HostEnvironment,
  stateDir: string,
  agentId: string,
  given: string | undefined,
): string {
  const written = given?.trim() || join(stateDir, `workspace-${agentId}`);
  const path = withTilde(written, coderclawHome(host));
  assertNoReference(path);
  if (!isAbsolute(path)) throw new KnownError('agent.badFolder', { path, why: 'relative' });
  return resolve(path);
}

/**
 * A folder of any name can be, but not stand in the config.
 * @throws {KnownError} `agent.badFolder`
 */
export function assertNoReference(path: string): void {
  if (hasEnvironmentReference(path)) {
    throw new KnownError('agent.badFolder', { path, why: 'reference' });
  }
}
