import { env, l10n, UIKind, window, workspace } from 'vscode';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { programOnPath } from '../../core/programOnPath.ts';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import type { Environment } from '../../core/signin/endpoints.ts';
import { typedProvider } from '../../core/signin/secrets/secretCredential.ts';
import { type AgentPlace, agentPlaces } from '../commands/locate.ts';
import {
  assertPlaceIsCertain,
  type BrowserSignIn,
  storeRequest,
} from '../commands/profileCommands.ts';
import type { SignInFlow, StoreRequest } from '../signIn/signInFlow.ts';
import { providerName } from '../words/providers.ts';
import { agentChoices, type OfferedProvider, providerChoices, wayChoices } from './choices.ts';
import { askText, pickOne } from './quickInputs.ts';
import { askForSecret, faultOf, type SecretParts } from './secretQuestions.ts';
import { askInTurn, type Step } from './steps.ts';
import { type Way, type WindowPlace, waysHere } from './waysHere.ts';

export interface AddProfileParts {
  readonly environment: Environment;
  readonly now: () => number;
  readonly flow: () => Promise<SignInFlow>;
  readonly signInByCode: (request: StoreRequest) => Promise<void>;
  readonly browserSignIn: (provider: string) => Promise<BrowserSignIn>;
  readonly offered: () => readonly OfferedProvider[];
}

/** What is known before anything is asked. */
export interface AddProfileStart {
  readonly place?: AgentPlace;
  readonly provider?: OfferedProvider;
  readonly way?: Way;
  /** To be replaced in place: it keeps its name. */
  readonly profileId?: string;
}

interface Answers extends AddProfileStart {
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
  const steps = [
    providerStep(snapshot, parts),
    wayStep(),
    nameStep(),
    agentStep(snapshot),
    secretStep(parts),
  ];
  const answers = await askInTurn<Answers>(steps, start);
  const { provider, way, place, name, signedIn, profileId } = answers;
  if (provider === undefined || place === undefined) return;
  const request = storeRequest(place, provider.id, { profileId, name });
  if (signedIn !== undefined) await (await parts.flow()).store(request, signedIn);
  else if (way === 'browser') await (await parts.browserSignIn(provider.id)).run(request);
  else if (way === 'deviceCode') await parts.signInByCode(request);
}

function titleOf({ provider, profileId }: Answers): string {
  if (profileId !== undefined) return l10n.t('Replace {0}', profileId);
  return provider === undefined
    ? l10n.t('Add Profile')
    : l10n.t('Add Profile · {0}', provider.label);
}

function providerStep(snapshot: Snapshot, parts: AddProfileParts): Step<Answers> {
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
      const picked = await pickOne(providerChoices(offered, own), {
        title,
        canGoBack,
        placeholder: l10n.t('Which provider?'),
      });
      if (picked.kind === 'back') return picked;
      if (picked.value !== 'another') {
        return { kind: 'answered', answers: { ...answers, provider: picked.value } };
      }
      const provider = await anotherProvider(title, offered);
      if (provider !== undefined) return { kind: 'answered', answers: { ...answers, provider } };
    }
  };
}

/** By its id; one that is in the list after all is that one. Undefined: back to the list. */
async function anotherProvider(
  title: string,
  offered: readonly OfferedProvider[],
): Promise<OfferedProvider | undefined> {
  const typed = await askText({
    title,
    canGoBack: true,
    prompt: l10n.t('The id of the provider, as it stands in the config of CoderClaw'),
    placeholder: 'my-provider',
    check: faultOf(typedProvider),
  });
  if (typed.kind === 'back') return undefined;
  const id = typedProvider(typed.value);
  const known = offered.find((one) => one.id === id);
  return known ?? { id, label: providerName(id), ways: ['apiKey', 'token'] };
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

function windowPlace(): WindowPlace {
  return { remoteName: env.remoteName, isWeb: env.uiKind === UIKind.Web };
}

function nameStep(): Step<Answers> {
  return async (answers, { canGoBack }) => {
    if (answers.profileId !== undefined) return { kind: 'skipped', answers };
    const isLogin = answers.way === 'browser' || answers.way === 'deviceCode';
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
    const places = agentPlaces(snapshot);
    const place = answers.place ?? (places.length === 1 ? places[0] : undefined);
    if (place !== undefined) {
      assertPlaceIsCertain(place);
      return { kind: 'skipped', answers: { ...answers, place } };
    }
    const picked = await pickOne(agentChoices(places), {
      title: titleOf(answers),
      canGoBack,
      placeholder: l10n.t('For which agent?'),
    });
    if (picked.kind === 'back') return picked;
    assertPlaceIsCertain(picked.value);
    return { kind: 'answered', answers: { ...answers, place: picked.value } };
  };
}

function secretStep({ environment, now }: AddProfileParts): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { provider, way } = answers;
    if (provider === undefined || way === undefined) return { kind: 'skipped', answers };
    if (way === 'browser' || way === 'deviceCode') return { kind: 'skipped', answers };
    const runClaude = way === 'setupToken' ? await claudeHere(environment) : undefined;
    const secretParts: SecretParts = { environment, now, ...(runClaude && { runClaude }) };
    const request = { provider: provider.id, way };
    const title = titleOf(answers);
    const signedIn = await askForSecret(request, secretParts, { title, canGoBack });
    if (signedIn === 'back') return { kind: 'back' };
    return { kind: 'answered', answers: { ...answers, signedIn } };
  };
}

/** Never in a folder that is not trusted: it could say what is started. */
async function claudeHere(environment: Environment): Promise<(() => void) | undefined> {
  if (!workspace.isTrusted) return undefined;
  const program = await programOnPath('claude', environment);
  if (program === undefined) return undefined;
  return () => {
    const terminal = window.createTerminal({ name: 'claude setup-token' });
    terminal.show();
    terminal.sendText('claude setup-token');
  };
}
