import type { SignInDescriptor } from './descriptor.ts';
import { type Environment, movedEndpoints } from './endpoints.ts';
import { openaiCodex } from './providers/openaiCodex.ts';

/**
 * Every provider that people can sign in to here, by CoderClaw's provider id, in the order in which
 * they are offered.
 * @param environment Of the host's process: it alone may move endpoints.
 * @throws {KnownError} `signin.badEndpoint` if it moves one to where nothing may be sent.
 */
export function signInDescriptors(environment: Environment): ReadonlyMap<string, SignInDescriptor> {
  const all = [openaiCodex(movedEndpoints(environment, 'openai-codex'))];
  return new Map(all.map((descriptor) => [descriptor.provider, descriptor]));
}
