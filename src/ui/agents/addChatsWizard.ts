import { l10n } from 'vscode';
import type { BindingMatch } from '../../core/documents/configAgents.ts';
import type { ConfigChannel } from '../../core/documents/configChannels.ts';
import { newBinding } from '../../core/documents/newBinding.ts';
import { KnownError } from '../../core/errors.ts';
import { askText, type Picked, pickOne, type Question } from '../addProfile/quickInputs.ts';
import { askInTurn, type Step } from '../addProfile/steps.ts';
import { errorWords } from '../words/errors.ts';
import { accountChoices, type ChatScope, channelChoices, scopeChoices } from './chatChoices.ts';

interface Answers {
  readonly channel?: string;
  readonly accountId?: string;
  readonly peer?: { readonly kind: string; readonly id: string };
}

/**
 * Asks which chats are to come to an agent. Nothing is written.
 * @param channels Those that the config knows.
 * @throws {Cancelled} The person closed a question.
 */
export async function askForChats(
  agentId: string,
  channels: readonly ConfigChannel[],
): Promise<BindingMatch> {
  const title = l10n.t('Add Chats · agent {0}', agentId);
  const steps = [channelStep(title, channels), accountStep(title, channels), scopeStep(title)];
  const answers = await askInTurn<Answers>(steps, {});
  return newBinding(agentId, { channel: '', ...answers }).match;
}

function channelStep(title: string, channels: readonly ConfigChannel[]): Step<Answers> {
  return async (_, { canGoBack }) => {
    const question = { title, canGoBack };
    for (;;) {
      const picked = await pickOne(channelChoices(channels), {
        ...question,
        placeholder: l10n.t('From which channel?'),
      });
      if (picked.kind === 'back') return picked;
      const channel =
        picked.value === 'typed'
          ? await typedText(question, {
              prompt: l10n.t('The id of the channel, as it stands in the config of CoderClaw'),
              placeholder: 'matrix',
              fits: (text) => ({ channel: text }),
            })
          : picked.value.value;
      if (channel !== undefined) {
        // Another channel has other accounts: what was answered after it is asked anew.
        return { kind: 'answered', answers: { channel: channel.toLowerCase() } };
      }
    }
  };
}

function accountStep(title: string, channels: readonly ConfigChannel[]): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { accountId: _, ...rest } = answers;
    const { accounts = [] } = channels.find(({ id }) => id === answers.channel) ?? {};
    const question = { title: titleOf(title, answers), canGoBack };
    for (;;) {
      const picked = await pickOne(accountChoices(accounts), {
        ...question,
        placeholder: l10n.t('Through which account of the channel?'),
      });
      if (picked.kind === 'back') return picked;
      if (picked.value !== 'typed') {
        const { value } = picked.value;
        return {
          kind: 'answered',
          answers: value === undefined ? rest : { ...rest, accountId: value },
        };
      }
      const accountId = await typedText(question, {
        prompt: l10n.t('The name of the account, as it stands in the config of CoderClaw'),
        fits: (text) => ({ channel: 'any', accountId: text }),
      });
      if (accountId !== undefined) return { kind: 'answered', answers: { ...rest, accountId } };
    }
  };
}

function scopeStep(title: string): Step<Answers> {
  return async (answers, { canGoBack }) => {
    const { peer: _, ...rest } = answers;
    const question = { title: titleOf(title, answers), canGoBack };
    for (;;) {
      const picked: Picked<ChatScope> = await pickOne(scopeChoices(), {
        ...question,
        placeholder: l10n.t('Which chats?'),
      });
      if (picked.kind === 'back') return picked;
      const kind = picked.value;
      if (kind === 'all') return { kind: 'answered', answers: rest };
      const id = await typedText(question, {
        prompt: idPrompt(kind),
        fits: (text) => ({ channel: 'any', peer: { kind, id: text } }),
      });
      if (id !== undefined) return { kind: 'answered', answers: { ...rest, peer: { kind, id } } };
    }
  };
}

function titleOf(title: string, { channel }: Answers): string {
  return channel === undefined ? title : l10n.t('{0} · {1}', title, channel);
}

function idPrompt(kind: Exclude<ChatScope, 'all'>): string {
  switch (kind) {
    case 'dm':
      return l10n.t('The id of the person, as the channel has it');
    case 'group':
      return l10n.t('The id of the group, as the channel has it');
    case 'channel':
      return l10n.t('The id of the channel, as the messenger has it');
  }
}

/** @returns undefined: back to the list. */
async function typedText(
  question: Question,
  asked: {
    readonly prompt: string;
    readonly placeholder?: string;
    /** The part of a binding that the text is for. */
    readonly fits: (text: string) => BindingMatch;
  },
): Promise<string | undefined> {
  const { fits, ...shown } = asked;
  const check = (text: string): string | undefined => {
    try {
      newBinding('', fits(text));
      return undefined;
    } catch (error) {
      if (error instanceof KnownError) return errorWords(error).what;
      throw error;
    }
  };
  const typed = await askText({ ...question, ...shown, canGoBack: true, check });
  return typed.kind === 'back' ? undefined : typed.value.trim();
}
