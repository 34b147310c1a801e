import { normalizeProviderId } from '../../documents/providerIds.ts';
import { apiKeyProviders } from './apiKeyProviders.ts';

/**
 * Prefixes that providers document for their keys, and whose they are: the first names the owner, all
 * of them take such a secret. More telling ones first. `sk-` alone says nothing: many use it.
 */
const OWNERS: readonly (readonly [prefix: string, ...providers: string[]])[] = [
  ['sk-ant-', 'anthropic'],
  ['sk-or-v1-', 'openrouter'],
  ['sk-proj-', 'openai', 'openai-codex'],
  ['sk-svcacct-', 'openai', 'openai-codex'],
  ['AIza', 'google', 'google-gemini-cli'],
  ['gsk_', 'groq'],
  ['xai-', 'xai'],
  ['hf_', 'huggingface'],
  ['csk-', 'cerebras'],
  ['nvapi-', 'nvidia'],
  ['github_pat_', 'github-copilot'],
  ['ghp_', 'github-copilot'],
  ['gho_', 'github-copilot'],
  ['ghu_', 'github-copilot'],
];

/** Whose a secret is by a well-known prefix, as a normalized provider id; undefined where none tells. */
export function plainOwner(secret: string): string | undefined {
  return ownersOf(secret)[0];
}

/**
 * The other provider that a secret plainly belongs to, for a warning; undefined where nothing speaks
 * against `provider`. Never a reason to refuse: prefixes are customs. A gateway may be given the keys
 * of those behind it, and of a provider that is not known here nobody can say what it takes.
 */
export function otherOwner(provider: string, secret: string): string | undefined {
  const id = normalizeProviderId(provider);
  const isKnown =
    apiKeyProviders.some((one) => one.id === id && one.takesOthersKeys !== true) ||
    OWNERS.some(([, ...owners]) => owners.includes(id));
  const owners = ownersOf(secret);
  return isKnown && !owners.includes(id) ? owners[0] : undefined;
}

function ownersOf(secret: string): readonly string[] {
  return OWNERS.find(([prefix]) => secret.startsWith(prefix))?.slice(1) ?? [];
}
