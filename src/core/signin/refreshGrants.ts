import { normalizeProviderId } from '../documents/providerIds.ts';
import type { AddedSignIn } from './addedSignIns.ts';
import { type Environment, movedEndpoints } from './endpoints.ts';
import type { RefreshGrant } from './refreshGrant.ts';

/**
 * How the logins of a provider are renewed, by its id in any spelling; undefined where nobody here
 * knows. What a provider needs is loaded when it is first asked for.
 *
 * @param environment Of the host's process: it alone may move endpoints.
 * @param added The way to sign in that another extension added, if any; never asked for a provider
 * that is built in.
 * @throws {KnownError} (of the returned function) `signin.badEndpoint` if the environment moves an
 * endpoint to where nothing may be sent.
 */
export function refreshGrants(
  environment: Environment,
  added: (provider: string) => AddedSignIn | undefined = () => undefined,
): (provider: string) => Promise<RefreshGrant | undefined> {
  return async (provider) => {
    const id = normalizeProviderId(provider);
    switch (id) {
      case 'openai-codex': {
        const { openaiCodexGrant } = await import('./providers/openaiCodex.ts');
        return openaiCodexGrant(movedEndpoints(environment, id));
      }
      case 'anthropic': {
        const { anthropicGrant } = await import('./providers/anthropic.ts');
        return anthropicGrant(movedEndpoints(environment, id));
      }
      case 'github-copilot': {
        const { githubCopilotGrant } = await import('./providers/githubCopilot.ts');
        return githubCopilotGrant(movedEndpoints(environment, id));
      }
      case 'google-gemini-cli': {
        const { googleGeminiCliGrant } = await import('./providers/googleGeminiCli.ts');
        return googleGeminiCliGrant(environment, movedEndpoints(environment, id));
      }
      case 'qwen-portal': {
        const { qwenPortalGrant } = await import('./providers/qwenPortal.ts');
        return qwenPortalGrant(movedEndpoints(environment, id));
      }
      case 'minimax-portal': {
        const { minimaxPortalGrant } = await import('./providers/minimaxGrant.ts');
        return minimaxPortalGrant(movedEndpoints(environment, id));
      }
      case 'chutes': {
        const { chutesGrant } = await import('./providers/chutes.ts');
        return chutesGrant(environment, movedEndpoints(environment, id));
      }
      default: {
        const one = added(id);
        if (one?.kind === 'provider') {
          const { pluginGrant } = await import('./plugin/pluginGrant.ts');
          return pluginGrant(one.added);
        }
        if (one === undefined) return undefined;
        const { descriptorGrant } = await import('./descriptorGrant.ts');
        return descriptorGrant(one.descriptor);
      }
    }
  };
}
