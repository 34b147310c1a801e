/** Older spellings that CoderClaw 2026.3.21 still accepts, after trimming and lower-casing. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['z.ai', 'zai'],
  ['z-ai', 'zai'],
  ['opencode-zen', 'opencode'],
  ['qwen', 'qwen-portal'],
  ['kimi-code', 'kimi-coding'],
]);

/**
 * The one spelling under which CoderClaw compares provider ids. For comparing and grouping only:
 * what stands in a file is kept as it is.
 */
export function normalizeProviderId(provider: string): string {
  const plain = provider.trim().toLowerCase();
  return ALIASES.get(plain) ?? plain;
}
