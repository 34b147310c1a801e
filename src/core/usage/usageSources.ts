import { normalizeProviderId } from '../documents/providerIds.ts';
import { anthropicUsage } from './anthropicUsage.ts';
import { githubCopilotUsage } from './githubCopilotUsage.ts';
import { openaiCodexUsage } from './openaiCodexUsage.ts';
import type { UsageSource } from './usageSource.ts';

const SOURCES: ReadonlyMap<string, UsageSource> = new Map(
  [openaiCodexUsage, anthropicUsage, githubCopilotUsage].map((one) => [one.provider, one]),
);

/** Who tells of the usage of a provider, in any spelling of its id; undefined: nobody. */
export function usageSourceOf(provider: string): UsageSource | undefined {
  return SOURCES.get(normalizeProviderId(provider));
}
