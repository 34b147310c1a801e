import type { SignInDescriptor } from './descriptor.ts';
import type { DeviceSignInDescriptor } from './device/deviceDescriptor.ts';
import { type Environment, movedEndpoints } from './endpoints.ts';
import type { MinimaxRegion } from './providers/minimaxPortal.ts';

/** A way to sign in: by a browser that comes back, or by a code that is entered in one. */
export type SignInWay = 'browser' | 'deviceCode';

/** What only some providers need to know before there is a code. */
export interface DeviceCodeOptions {
  /** GitHub Copilot: the domain of a GitHub Enterprise, as typed. */
  readonly enterprise?: string;
  /** MiniMax: `global` unless this says otherwise. */
  readonly region?: MinimaxRegion;
}

/** A provider that people can sign in to here. At least one of the two ways is there. */
export interface SignInProvider {
  /** CoderClaw's id, normalized. */
  readonly provider: string;
  /** What people call it. */
  readonly label: string;
  /**
   * For `startSignIn`.
   * @throws {KnownError} `signin.noClient` where the client id is missing on this machine;
   * `signin.badEndpoint` if the environment moves an endpoint to where nothing may be sent.
   */
  readonly browser?: () => Promise<SignInDescriptor>;
  /**
   * For `startDeviceSignIn`.
   * @throws {KnownError} `signin.badEndpoint` also for an enterprise domain that is none.
   */
  readonly deviceCode?: (options?: DeviceCodeOptions) => Promise<DeviceSignInDescriptor>;
  /** What `deviceCode` takes. */
  readonly asks?: keyof DeviceCodeOptions;
}

/**
 * Every provider that people can sign in to here, by CoderClaw's provider id, in the order in which
 * they are offered. What one needs is loaded when it is asked for.
 * @param environment Of the host's process: it alone may move endpoints, and names some clients.
 */
export function signInProviders(environment: Environment): ReadonlyMap<string, SignInProvider> {
  const moved = (provider: string) => movedEndpoints(environment, provider);
  const all: readonly SignInProvider[] = [
    {
      provider: 'openai-codex',
      label: 'ChatGPT',
      browser: async () =>
        (await import('./providers/openaiCodex.ts')).openaiCodex(moved('openai-codex')),
      deviceCode: async () =>
        (await import('./providers/openaiCodexDevice.ts')).openaiCodexDevice(moved('openai-codex')),
    },
    {
      provider: 'anthropic',
      label: 'Claude',
      browser: async () => (await import('./providers/anthropic.ts')).anthropic(moved('anthropic')),
    },
    {
      provider: 'github-copilot',
      label: 'GitHub Copilot',
      asks: 'enterprise',
      deviceCode: async (options) => {
        const { githubCopilotDevice } = await import('./providers/githubCopilotDevice.ts');
        return githubCopilotDevice(options, moved('github-copilot'));
      },
    },
    {
      provider: 'google-gemini-cli',
      label: 'Gemini CLI',
      browser: async () => {
        const { googleGeminiCli } = await import('./providers/googleGeminiCli.ts');
        return googleGeminiCli(environment, moved('google-gemini-cli'));
      },
    },
    {
      provider: 'qwen-portal',
      label: 'Qwen',
      deviceCode: async () =>
        (await import('./providers/qwenPortal.ts')).qwenPortalDevice(moved('qwen-portal')),
    },
    {
      provider: 'minimax-portal',
      label: 'MiniMax',
      asks: 'region',
      deviceCode: async (options) => {
        const { minimaxPortalDevice } = await import('./providers/minimaxPortal.ts');
        return minimaxPortalDevice(options, moved('minimax-portal'));
      },
    },
    {
      provider: 'chutes',
      label: 'Chutes',
      browser: async () =>
        (await import('./providers/chutes.ts')).chutes(environment, moved('chutes')),
    },
  ];
  return new Map(all.map((one) => [one.provider, one]));
}

/** The ways that a provider has, the more convenient one first. */
export function waysOf({ browser, deviceCode }: SignInProvider): readonly SignInWay[] {
  return [...(browser ? ['browser' as const] : []), ...(deviceCode ? ['deviceCode' as const] : [])];
}
