import { homedir } from 'node:os';
import { workspace } from 'vscode';
import { settings } from '../contributions.ts';
import { cliProgram } from '../core/cliProgram.ts';
import { normalizeProviderId } from '../core/documents/providerIds.ts';
import { shownKey } from '../core/documents/shownText.ts';
import { builtInProviders, codeSignIns } from '../core/signin/addedSignIns.ts';
import type { DeviceCodeOptions } from '../core/signin/registry.ts';
import type { CliPluginRequest } from '../ui/addProfile/cliPlugin.ts';
import {
  type BrowserSignIn,
  filesOf,
  type ProfileCommandParts,
  storeRequest,
  tellSignedIn,
} from '../ui/commands/profileCommands.ts';
import { once } from '../ui/once.ts';
import type { CodeFlow } from '../ui/signIn/codeFlow.ts';
import type { PluginFlow } from '../ui/signIn/pluginFlow.ts';
import type { SignInFlow, StoreRequest } from '../ui/signIn/signInFlow.ts';
import { profileRowId } from '../ui/tree/rowIds.ts';
import type { ActionsOptions } from './options.ts';
import type { Services } from './services.ts';

export type SignIns = ReturnType<typeof signInsOf>;

/** Every way to sign in, by whose flow a person goes: each loads when first used. */
export function signInsOf(options: ActionsOptions, services: Services) {
  const { clock, log, notifications, added, snapshot, refresh, keeper, own } = options;
  const { custody, service, signInService } = services;

  const signInFlow = once(async (): Promise<SignInFlow> => {
    const { SignInFlow } = await import('../ui/signIn/signInFlow.ts');
    const [service, callbacks, { fetch }] = await Promise.all([
      signInService(),
      options.uriCallbacks(),
      keeper(),
    ]);
    const flow = new SignInFlow({
      service,
      services: {
        fetch,
        clock,
        log: log.info,
        callbackUri: callbacks.address,
      },
      uriCallbacks: callbacks,
      notifications,
      log,
      stored: async (request, profileId, { credential, identity }, configFault) => {
        const person = credential['type'] === 'oauth' ? (identity.email ?? profileId) : undefined;
        const row = await tellSignedIn(parts, request, profileId, person, configFault);
        if (row) await options.surfaces.reveal(profileRowId(row));
        await (await custody()).adoptElsewhere(profileId);
      },
    });
    own(flow);
    return flow;
  });

  const codeFlow = once(async (): Promise<CodeFlow> => {
    const { CodeFlow } = await import('../ui/signIn/codeFlow.ts');
    const [{ store, assertStorable }, { fetch }] = await Promise.all([signInFlow(), keeper()]);
    const services = { fetch, clock, log: log.info };
    const flow = new CodeFlow({ services, notifications, store, assertStorable });
    own(flow);
    return flow;
  });

  /** Never in a folder that is not trusted. */
  const cli = async (): Promise<string | undefined> => {
    if (!workspace.isTrusted) return undefined;
    const named = workspace.getConfiguration().get<unknown>(settings.cliPath);
    return await cliProgram(named, process.env, homedir());
  };

  const signInByCli = async (request: CliPluginRequest): Promise<void> => {
    const { signInByCli } = await import('../ui/addProfile/cliPlugin.ts');
    await signInByCli(request, {
      ...{ clock, notifications },
      holdTerminals: async () => (await options.workspaceAgent()).holdTerminals(),
      watchCommits: async (told) => (await custody()).watchCommits(told),
      cameIn: async (place, profileId, provider) => {
        // What paused did so with another credential. A sign-in of ours ends it by itself.
        await (await service())
          .clearPause(filesOf(place), profileId)
          .catch((error: unknown) => log.failure('ending a pause', error));
        const stored = storeRequest(place, provider, { profileId });
        const row = await tellSignedIn(parts, stored, profileId, undefined, undefined);
        if (row) await options.surfaces.reveal(profileRowId(row));
      },
    });
  };

  const signInProvider = async (id: string) => {
    const { signInProviders } = await import('../core/signin/registry.ts');
    return signInProviders(process.env).get(id);
  };

  const signInByCode = async (request: StoreRequest, known?: DeviceCodeOptions): Promise<void> => {
    const { signInByCode } = await import('../ui/signIn/codeSignIn.ts');
    const { stored } = await signInService();
    await signInByCode(request, known, { provider: signInProvider, flow: codeFlow, stored });
  };

  const pluginFlow = once(async (): Promise<PluginFlow> => {
    const { PluginFlow } = await import('../ui/signIn/pluginFlow.ts');
    const { store, assertStorable } = await signInFlow();
    const services = { clock, log: log.info };
    const flow = new PluginFlow({ services, notifications, store, assertStorable });
    own(flow);
    return flow;
  });

  const browserSignIn = async (name = 'openai-codex'): Promise<BrowserSignIn> => {
    const provider = normalizeProviderId(name);
    const one = added.get(provider);
    if (one?.kind === 'provider') {
      const run = async (request: StoreRequest): Promise<void> =>
        (await pluginFlow()).run({ ...request, added: one.added });
      return { provider, label: one.label, run };
    }
    const descriptor = builtInProviders.has(provider)
      ? await (await signInProvider(provider))?.browser?.()
      : one?.descriptor;
    if (!descriptor) throw new Error(`no way to sign in to ${shownKey(name)}`);
    const useCode = codeSignIns.has(provider) ? { useCode: signInByCode } : {};
    const run = async (request: StoreRequest): Promise<void> =>
      (await signInFlow()).run({ ...request, ...useCode, descriptor });
    return { provider, label: descriptor.label, run };
  };

  const parts: ProfileCommandParts = {
    ...{ snapshot, refresh, service, browserSignIn, signInByCode, notifications },
  };

  return { parts, flow: signInFlow, provider: signInProvider, cli, signInByCli };
}
