import { env, l10n, Uri } from 'vscode';
import { KnownError } from '../../core/errors.ts';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import type { Environment } from '../../core/signin/endpoints.ts';
import { apiKeyProviders, type SecretField } from '../../core/signin/secrets/apiKeyProviders.ts';
import {
  keyFromEnvironment,
  keysInEnvironment,
} from '../../core/signin/secrets/environmentKeys.ts';
import { readSecret } from '../../core/signin/secrets/pastedSecret.ts';
import {
  apiKey,
  fieldsOf,
  fieldValue,
  pastedToken,
} from '../../core/signin/secrets/secretCredential.ts';
import { readSetupToken } from '../../core/signin/secrets/setupToken.ts';
import { expiryIn } from '../../core/signin/secrets/tokenExpiry.ts';
import { otherOwner } from '../../core/signin/secrets/tokenOwner.ts';
import { errorWords } from '../words/errors.ts';
import { providerName } from '../words/providers.ts';
import { fieldName, otherOwnerWords } from '../words/secrets.ts';
import type { Choice } from './choices.ts';
import { askText, type Check, pickOne, type Question } from './quickInputs.ts';
import { askInTurn, type Step, type StepOutcome } from './steps.ts';
import type { Way } from './waysHere.ts';

/** The ways that end with a key or token in a person's hands. */
export type SecretWay = Exclude<Way, 'browser' | 'deviceCode' | 'cliPlugin'>;

/** What is asked for, and of whom. */
export interface SecretRequest {
  /** Normalized id. */
  readonly provider: string;
  readonly way: SecretWay;
}

export interface SecretParts {
  readonly environment: Environment;
  readonly now: () => number;
  /** Runs `claude setup-token` in a terminal; undefined where it cannot be run here. */
  readonly runClaude?: () => void;
}

/** What is known so far. Never leaves this module but as the finished credential. */
interface Answers {
  readonly source?: string;
  readonly fields: Readonly<Partial<Record<SecretField, string>>>;
  readonly secret?: string;
  /** A console key was pasted in place of a setup-token, and is to be stored as what it is. */
  readonly isKey?: boolean;
  readonly expires?: number;
}

/**
 * Asks for a key or token, and what belongs to it. Nothing is stored.
 * @param canGoBack There is a question before the first of these.
 * @returns `back` if the person wants to see that question again.
 * @throws {Cancelled}
 */
export async function askForSecret(
  request: SecretRequest,
  parts: SecretParts,
  { title, canGoBack }: Question,
): Promise<SignedIn | 'back'> {
  let wentBack = false;
  const steps = stepsOf(request, parts, title);
  const guarded = steps.map(
    (step): Step<Answers> =>
      async (answers, place) => {
        if (wentBack) return { kind: 'skipped', answers };
        const outcome = await step(answers, { canGoBack: place.canGoBack || canGoBack });
        if (outcome.kind !== 'back' || place.canGoBack) return outcome;
        wentBack = true;
        return { kind: 'skipped', answers };
      },
  );
  const answers = await askInTurn(guarded, { fields: {} });
  if (wentBack) return 'back';
  const { provider, way } = request;
  const { secret = '', fields, expires, isKey = false } = answers;
  return way === 'apiKey' || isKey
    ? apiKey(provider, secret, fields)
    : pastedToken(provider, secret, expires);
}

function stepsOf(request: SecretRequest, parts: SecretParts, title: string): Step<Answers>[] {
  switch (request.way) {
    case 'apiKey':
      return [
        fromWhere(request, parts, title),
        ...fieldsOf(request.provider).map((field) => fieldStep(field, title)),
        keyStep(request, parts, title),
        ownerStep(request, title),
      ];
    case 'setupToken':
      return [makeOne(parts, title), setupTokenStep(title), consoleKeyStep(title)];
    case 'token':
      return [tokenStep(request, title), ownerStep(request, title), expiryStep(parts, title)];
  }
}

const PASTE = '';

/** A key that the environment holds is offered, and never taken unasked. */
function fromWhere(
  { provider }: SecretRequest,
  { environment }: SecretParts,
  title: string,
): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const found = keysInEnvironment(provider, environment);
    const page = apiKeyProviders.find(({ id }) => id === provider)?.keyPage;
    if (found.length === 0 && page === undefined) return { kind: 'skipped', answers };
    const choices: Choice<string>[] = [
      ...found.map(
        ({ variable, hint }): Choice<string> => ({
          kind: 'choice',
          value: variable,
          icon: 'symbol-variable',
          label: l10n.t('Copy the key of {0}', variable),
          description: hint,
          detail: l10n.t('It is in the environment of VS Code, and goes on being used from there.'),
        }),
      ),
      {
        kind: 'choice',
        value: PASTE,
        icon: 'clippy',
        label: l10n.t('Paste a Key'),
      },
      ...(page === undefined ? [] : [pageChoice(page)]),
    ];
    for (;;) {
      const picked = await pickOne(choices, {
        title,
        canGoBack,
        placeholder: l10n.t('Where does the key come from?'),
      });
      if (picked.kind === 'back') return picked;
      if (picked.value !== page) {
        return { kind: 'answered', answers: { ...answers, source: picked.value } };
      }
      await env.openExternal(Uri.parse(page));
    }
  };
}

function pageChoice(page: string): Choice<string> {
  return {
    kind: 'choice',
    value: page,
    icon: 'link-external',
    label: l10n.t('Open the Page Where Keys Are Made'),
    description: new URL(page).host,
  };
}

function fieldStep(field: SecretField, title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const typed = await askText({
      title,
      canGoBack,
      prompt: l10n.t('The {0} that belongs to the key', fieldName(field)),
      value: answers.fields[field] ?? '',
      check: faultOf((text) => fieldValue(field, text)),
    });
    if (typed.kind === 'back') return typed;
    const fields = { ...answers.fields, [field]: fieldValue(field, typed.value) };
    return { kind: 'answered', answers: { ...answers, fields } };
  };
}

function keyStep(
  { provider }: SecretRequest,
  { environment }: SecretParts,
  title: string,
): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { source = PASTE } = answers;
    if (source !== PASTE) {
      const secret = keyFromEnvironment(provider, source, environment);
      return { kind: 'skipped', answers: { ...answers, secret } };
    }
    const prompt = l10n.t('Paste the API key of {0}', providerName(provider));
    return await secretStep(answers, { title, canGoBack, prompt });
  };
}

function tokenStep({ provider }: SecretRequest, title: string): Step<Answers> {
  return (answers, { canGoBack }) => {
    const prompt = l10n.t('Paste the token of {0}', providerName(provider));
    return secretStep(answers, { title, canGoBack, prompt });
  };
}

async function secretStep(
  answers: Answers,
  question: Question & { readonly prompt: string },
): Promise<StepOutcome<Answers>> {
  const typed = await askText({ ...question, isSecret: true, check: faultOf(readSecret) });
  if (typed.kind === 'back') return typed;
  return { kind: 'answered', answers: { ...answers, secret: readSecret(typed.value) } };
}

/** What plainly belongs to somebody else may still be meant: prefixes are customs. */
function ownerStep({ provider }: SecretRequest, title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const owner = otherOwner(provider, answers.secret ?? '');
    if (owner === undefined) return { kind: 'skipped', answers };
    return await confirm(answers, {
      title,
      canGoBack,
      placeholder: otherOwnerWords(provider, owner),
      label: l10n.t('Use It All the Same'),
      icon: 'warning',
    });
  };
}

function makeOne({ runClaude }: SecretParts, title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    if (runClaude === undefined) return { kind: 'skipped', answers };
    const run = 'run';
    const picked = await pickOne<string>(
      [
        {
          kind: 'choice',
          value: run,
          icon: 'terminal',
          label: l10n.t('Run "claude setup-token" in a Terminal'),
          detail: l10n.t(
            'It opens your browser, and prints a token at the end. Copy that, and paste it here.',
          ),
        },
        { kind: 'choice', value: PASTE, icon: 'clippy', label: l10n.t('I Have a Setup-Token') },
      ],
      { title, canGoBack, placeholder: l10n.t('Where does the setup-token come from?') },
    );
    if (picked.kind === 'back') return picked;
    if (picked.value === run) runClaude();
    return { kind: 'answered', answers };
  };
}

function setupTokenStep(title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const typed = await askText({
      title,
      canGoBack,
      prompt: l10n.t('Paste the setup-token. Line breaks in it do not matter.'),
      placeholder: 'sk-ant-oat01-…',
      isSecret: true,
      check: faultOf(readSetupToken),
    });
    if (typed.kind === 'back') return typed;
    const read = readSetupToken(typed.value);
    const isKey = read.kind === 'consoleKey';
    const secret = read.kind === 'consoleKey' ? read.key : read.token;
    return { kind: 'answered', answers: { ...answers, secret, isKey } };
  };
}

function consoleKeyStep(title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    if (answers.isKey !== true) return { kind: 'skipped', answers };
    return await confirm(answers, {
      title,
      canGoBack,
      placeholder: l10n.t(
        'This is an API key of the Anthropic console, which is paid by use, and no setup-token.',
      ),
      label: l10n.t('Store It as an API Key'),
      icon: 'key',
    });
  };
}

function expiryStep({ now }: SecretParts, title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const typed = await askText({
      title,
      canGoBack,
      prompt: l10n.t('How long does it last from now on? Leave it empty if you do not know.'),
      placeholder: l10n.t('for example 365d, 12h or 30m'),
      check: faultOf((text) => expiryIn(text, now())),
    });
    if (typed.kind === 'back') return typed;
    const expires = expiryIn(typed.value, now());
    const { expires: _, ...rest } = answers;
    return { kind: 'answered', answers: expires === undefined ? rest : { ...rest, expires } };
  };
}

async function confirm(
  answers: Answers,
  {
    label,
    icon,
    ...question
  }: Question & { readonly placeholder: string; readonly label: string; readonly icon: string },
): Promise<StepOutcome<Answers>> {
  const picked = await pickOne([{ kind: 'choice', value: true, label, icon }], question);
  return picked.kind === 'back' ? picked : { kind: 'answered', answers };
}

/** What a reader has against a text, in words; nothing of the text is in them. */
export function faultOf(read: (text: string) => unknown): Check {
  return (text) => {
    try {
      read(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      const { what, todo } = errorWords(error);
      return `${what} ${todo}`;
    }
  };
}
