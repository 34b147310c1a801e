import { Disposable, workspace } from 'vscode';
import { settings } from '../../contributions.ts';
import type { Clock } from '../../core/clock.ts';
import { UsageCache } from '../../core/usage/usageCache.ts';
import { UsageFeed } from './usageFeed.ts';

export interface UsageHereParts {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly failed: (doing: string, error: unknown) => void;
  /** Takes over what has to be disposed of. */
  readonly own: (disposable: Disposable) => void;
}

/** The feed of this window, which follows the setting. Loads with what shows usage. */
export function usageHere({ fetch, clock, failed, own }: UsageHereParts): UsageFeed {
  const cache = new UsageCache({ services: { fetch, clock }, environment: process.env });
  const feed = new UsageFeed({ cache, clock, isOn: isUsageShown, failed });
  const following = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(settings.showUsage)) feed.settingChanged();
  });
  own(Disposable.from(following, feed));
  return feed;
}

/** Only a plain `false` turns it off: that is what the person was asked for. */
function isUsageShown(): boolean {
  return workspace.getConfiguration().get<unknown>(settings.showUsage) !== false;
}
