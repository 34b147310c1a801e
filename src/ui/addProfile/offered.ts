import { type AddedSignIns, builtInProviders } from '../../core/signin/addedSignIns.ts';
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

const PASTED: readonly Way[] = ['apiKey', 'token'];

/**
 * Every provider that a profile can be added of, by its normalized id, each once. What another
 * extension adds is one more way, and takes none away.
 */
export function offeredProviders(added: Pick<AddedSignIns, 'all'>): readonly OfferedProvider[] {
  const all = new Map<string, OfferedProvider>();
  for (const { id, label = providerName(id), ways } of SUBSCRIPTIONS)
    all.set(id, { id, label, ways });
  for (const { id, label } of added.all()) all.set(id, { id, label, ways: ['browser'] });
  for (const { id } of apiKeyProviders) {
    const known = all.get(id);
    if (known === undefined) all.set(id, { id, label: providerName(id), ways: PASTED });
    else if (!builtInProviders.has(id)) all.set(id, withPasted(known));
  }
  return [...all.values()];
}

/**
 * The provider of an id that a person typed: nobody knows what a provider of another extension takes
 * beside its own way, so whoever types its id may paste a key or a token too.
 * @param id Normalized.
 * @param ways Those of one that is not offered, beside a key and a token.
 */
export function typedOf(
  id: string,
  offered: readonly OfferedProvider[],
  ways: readonly Way[],
): OfferedProvider {
  const known = offered.find((one) => one.id === id);
  if (known === undefined) return { id, label: providerName(id), ways: [...PASTED, ...ways] };
  return builtInProviders.has(id) ? known : withPasted(known);
}

function withPasted(provider: OfferedProvider): OfferedProvider {
  return { ...provider, ways: [...new Set([...provider.ways, ...PASTED])] };
}
