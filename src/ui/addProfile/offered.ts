import type { AddedSignIns } from '../../core/signin/addedSignIns.ts';
import { apiKeyProviders } from '../../core/signin/secrets/apiKeyProviders.ts';
import { providerName } from '../words/providers.ts';
import type { OfferedProvider } from './choices.ts';
import type { Way } from './waysHere.ts';

/** Those that one signs in to, or that have a way of their own. */
const SUBSCRIPTIONS: readonly {
  readonly id: string;
  readonly label?: string;
  readonly ways: readonly Way[];
}[] = [
  { id: 'openai-codex', label: 'ChatGPT', ways: ['browser', 'deviceCode', 'token'] },
  { id: 'anthropic', ways: ['setupToken', 'apiKey', 'token'] },
  { id: 'github-copilot', ways: ['deviceCode', 'token'] },
  { id: 'google-gemini-cli', ways: ['browser'] },
  { id: 'qwen-portal', ways: ['deviceCode'] },
  { id: 'minimax-portal', ways: ['deviceCode'] },
  { id: 'chutes', ways: ['browser', 'token'] },
];

/** Every provider that a profile can be added of, by its normalized id, each once. */
export function offeredProviders(added: Pick<AddedSignIns, 'all'>): readonly OfferedProvider[] {
  const all = new Map<string, OfferedProvider>();
  const offer = (id: string, label: string, ways: readonly Way[]): void => {
    if (!all.has(id)) all.set(id, { id, label, ways });
  };
  for (const { id, label, ways } of SUBSCRIPTIONS) offer(id, label ?? providerName(id), ways);
  for (const { id, label } of added.all()) offer(id, label, ['browser']);
  for (const { id } of apiKeyProviders) offer(id, providerName(id), ['apiKey', 'token']);
  return [...all.values()];
}
