import { homedir } from 'node:os';
import { env, l10n, UIKind, workspace } from 'vscode';
import { KnownError } from '../../core/errors.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { programOnPath } from '../../core/programOnPath.ts';
import { browserSignIns } from '../../core/signin/addedSignIns.ts';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import type { Environment } from '../../core/signin/endpoints.ts';
import type { DeviceCodeOptions } from '../../core/signin/registry.ts';
import { typedProvider } from '../../core/signin/secrets/secretCredential.ts';
import { type AgentPlace, agentPlaces } from '../commands/locate.ts';
import {
  assertPlaceIsCertain,
  type BrowserSignIn,
  storeRequest,
} from '../commands/profileCommands.ts';
import type { Notifications } from '../notifications.ts';
import type { SignInFlow, StoreRequest } from '../signIn/signInFlow.ts';
import { runInTerminal } from '../terminal/programTask.ts';
import { askAccountOptions } from './accountQuestions.ts';
import {
  agentChoices,
  type OfferedProvider,
  placesFor,
  providerChoices,
  wayChoices,
} from './choices.ts';
import type { CliPluginRequest } from './cliPlugin.ts';
import { typedOf } from './offered.ts';
import { askText, pickOne } from './quickInputs.ts';
import { askForSecret, faultOf, type SecretParts } from './secretQuestions.ts';
import { askInTurn, type Step } from './steps.ts';
import { type Way, type WindowPlace, waysHere } from './waysHere.ts';

export interface AddProfileParts {
  readonly environment: Environment;
  readonly now: () => number;
  readonly flow: () => Promise<SignInFlow>;
  readonly signInByCode: (request: StoreRequest, known?: DeviceCodeOptions) => Promise<void>;
  /** What a provider (normalized id) needs to know before it gives out a code. */
  readonly asks: (provider: string) => Promise<keyof DeviceCodeOptions | undefined>;
  readonly browserSignIn: (provider: string) => Promise<BrowserSignIn>;
  readonly offered: () => readonly OfferedProvider[];
  /**
   * Absolute path of the `coderclaw` program; undefined where there is none, or it may not be run here.
   * @throws {KnownError} `cli.notAProgram`
   */
  readonly cli: () => Promise<string | undefined>;
  readonly signInByCli: (request: CliPluginRequest) => Promise<void>;
  readonly notifications: Notifications;
}

/** What is known before anything is asked. */
export interface AddProfileStart {
  readonly place?: AgentPlace;
  readonly provider?: OfferedProvider;
  readonly way?: Way;
  /** To be replaced in place: it keeps its name. */
  readonly profileId?: string;
}

/** Stands for the provider where the `coderclaw` program asks which of its plugins is meant. */
const ANY_PLUGIN = '';
const PLUGIN: readonly Way[] = ['cliPlugin'];

interface Answers extends AddProfileStart {
  readonly options?: DeviceCodeOptions;
  readonly name?: string;
  readonly signedIn?: SignedIn;
}

/**
 * Adds a profile: of which provider, by which way, under which name, for which agent. Nothing is
 * written before the last question is answered, and a browser opens only after it.
 * @throws {Cancelled} The person closed a question.
 */
export async function addProfile(
  snapshot: Snapshot,
  start: AddProfileStart,
  parts: AddProfileParts,
): Promise<void> {
  const cli = await cliHere(parts);
  const steps = [
    providerStep(snapshot, parts, cli),
    wayStep(),
    accountStep(parts),
    nameStep(),
    agentStep(snapshot),
    secretStep(parts),
  ];
  const answers = await askInTurn<Answers>(steps, start);
  const { provider, way, place, options, name, signedIn, profileId } = answers;
  if (provider === undefined || place === undefined) return;
  if (way === 'cliPlugin') {
    const named = provider.id === ANY_PLUGIN ? {} : { provider: provider.id };
    if (cli === undefined) return;
    if ('fault' in cli) throw cli.fault;
    await parts.signInByCli({ place, program: cli.path, ...named });
    return;
  }
  const request = storeRequest(place, provider.id, { profileId, name });
  if (signedIn !== undefined) await (await parts.flow()).store(request, signedIn);
  else if (way === 'browser') await (await parts.browserSignIn(provider.id)).run(request);
  else if (way === 'deviceCode') await parts.signInByCode(request, options ?? {});
}

/** The `coderclaw` program, or what is wrong with the setting that names it: told when it is needed. */
type Cli = { readonly path: string } | { readonly fault: KnownError };

async function cliHere(parts: AddProfileParts): Promise<Cli | undefined> {
  try {
    const path = await parts.cli();
    return path === undefined ? undefined : { path };
  } catch (error) {
    if (error instanceof KnownError) return { fault: error };
    throw error;
  }
}

function titleOf({ provider, profileId }: Answers): string {
  if (profileId !== undefined) return l10n.t('Replace {0}', profileId);
  return provider === undefined
    ? l10n.t('Add Profile')
    : l10n.t('Add Profile · {0}', provider.label);
}

function providerStep(
  snapshot: Snapshot,
  parts: AddProfileParts,
  cli: Cli | undefined,
): Step<Answers> {
  return async (answers, { canGoBack }) => {
    if (answers.provider !== undefined) return { kind: 'skipped', answers };
    const own = new Set(
      snapshot.stateDirs.flatMap(({ agents }) =>
        agents.flatMap(({ providers }) => providers.map(({ id }) => id)),
      ),
    );
    const offered = parts.offered();
    const title = titleOf(answers);
    for (;;) {
      const picked = await pickOne(
        providerChoices(offered, own, cli && ('path' in cli ? cli : {})),
        {
          title,
          canGoBack,
          placeholder: l10n.t('Which provider?'),
        },
      );
      if (picked.kind === 'back') return picked;
      if (picked.value === 'cliPlugin') {
        if (cli !== undefined && 'fault' in cli) throw cli.fault;
        const provider = { id: ANY_PLUGIN, label: l10n.t('a plugin of CoderClaw'), ways: PLUGIN };
        return { kind: 'answered', answers: { ...answers, provider } };
      }
      if (picked.value !== 'another') {
        return { kind: 'answered', answers: { ...answers, provider: picked.value } };
      }
      const provider = await anotherProvider(title, offered, cli);
      if (provider !== undefined) return { kind: 'answered', answers: { ...answers, provider } };
    }
  };
}

/** By its id; one that is in the list after all is that one. Undefined: back to the list. */
async function anotherProvider(
  title: string,
  offered: readonly OfferedProvider[],
  cli: Cli | undefined,
): Promise<OfferedProvider | undefined> {
  const typed = await askText({
    title,
    canGoBack: true,
    prompt: l10n.t('The id of the provider, as it stands in the config of CoderClaw'),
    placeholder: 'my-provider',
    check: faultOf(typedProvider),
  });
  if (typed.kind === 'back') return undefined;
  return typedOf(typedProvider(typed.value), offered, cli === undefined ? [] : PLUGIN);
}

function wayStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { provider } = answers;
    if (provider === undefined || answers.way !== undefined) return { kind: 'skipped', answers };
    const [only, ...more] = provider.ways;
    if (only !== undefined && more.length === 0) {
      return { kind: 'skipped', answers: { ...answers, way: only } };
    }
    const picked = await pickOne(wayChoices(waysHere(provider.ways, windowPlace())), {
      title: titleOf(answers),
      canGoBack,
      placeholder: l10n.t('How do you want to add it?'),
    });
    if (picked.kind === 'back') return picked;
    return { kind: 'answered', answers: { ...answers, way: picked.value } };
  };
}

function accountStep(parts: AddProfileParts): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { provider, way } = answers;
    const isByCode = way === 'deviceCode' && provider !== undefined;
    const asks = isByCode ? await parts.asks(provider.id) : undefined;
    if (asks === undefined) return { kind: 'skipped', answers };
    const answer = await askAccountOptions(asks, { title: titleOf(answers), canGoBack });
    if (answer.kind === 'back') return answer;
    return { kind: 'answered', answers: { ...answers, options: answer.options } };
  };
}

function windowPlace(): WindowPlace {
  return { remoteName: env.remoteName, isWeb: env.uiKind === UIKind.Web };
}

function nameStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    // A plugin names it by itself.
    const isNamed = answers.profileId !== undefined || answers.way === 'cliPlugin';
    if (isNamed) return { kind: 'skipped', answers };
    const { provider, way } = answers;
    const isLogin =
      way === 'browser' ||
      (provider !== undefined && browserSignIns.has(provider.id) && way === 'deviceCode');
    const typed = await askText({
      title: titleOf(answers),
      canGoBack,
      prompt: isLogin
        ? l10n.t('A name for it, for example work. Leave it empty to name it by its e-mail.')
        : l10n.t('A name for it, for example work. Leave it empty if you have only this one.'),
      value: answers.name ?? '',
    });
    if (typed.kind === 'back') return typed;
    const { name: _, ...rest } = answers;
    const name = typed.value.trim();
    return { kind: 'answered', answers: name === '' ? rest : { ...rest, name } };
  };
}

function agentStep(snapshot: Snapshot): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const isByCli = answers.way === 'cliPlugin';
    const meant = answers.place;
    const places = placesFor(agentPlaces(snapshot), answers.way, meant);
    // CoderClaw's plugins sign in for the default agent alone: a person who meant another is told.
    const isOther = isByCli && meant !== undefined && !meant.agent.isDefault;
    const place = isOther ? undefined : (meant ?? (places.length === 1 ? places[0] : undefined));
    if (place !== undefined) {
      assertPlaceIsCertain(place);
      return { kind: 'skipped', answers: { ...answers, place } };
    }
    const picked = await pickOne(agentChoices(places), {
      title: titleOf(answers),
      canGoBack,
      placeholder: isByCli
        ? l10n.t('Plugins of CoderClaw sign in for the default agent.')
        : l10n.t('For which agent?'),
    });
    if (picked.kind === 'back') return picked;
    assertPlaceIsCertain(picked.value);
    return { kind: 'answered', answers: { ...answers, place: picked.value } };
  };
}

function secretStep({ environment, now, notifications }: AddProfileParts): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { provider, way } = answers;
    if (provider === undefined || way === undefined) return { kind: 'skipped', answers };
    if (way === 'browser' || way === 'deviceCode' || way === 'cliPlugin') {
      return { kind: 'skipped', answers };
    }
    const runClaude =
      way === 'setupToken' ? await claudeHere(environment, notifications) : undefined;
    const secretParts: SecretParts = { environment, now, ...(runClaude && { runClaude }) };
    const request = { provider: provider.id, way };
    const title = titleOf(answers);
    const signedIn = await askForSecret(request, secretParts, { title, canGoBack });
    if (signedIn === 'back') return { kind: 'back' };
    return { kind: 'answered', answers: { ...answers, signedIn } };
  };
}

/** Never in a folder that is not trusted: it could say what is started. */
async function claudeHere(
  environment: Environment,
  notifications: AddProfileParts['notifications'],
): Promise<(() => void) | undefined> {
  if (!workspace.isTrusted) return undefined;
  const program = await programOnPath('claude', environment);
  if (program === undefined) return undefined;
  const name = 'claude setup-token';
  return () => {
    // It goes on beside the question. Once it has started, it says itself what went wrong.
    runInTerminal({ name, program, args: ['setup-token'], cwd: homedir() }).catch(
      (error: unknown) => notifications.failed(name, error),
    );
  };
}
