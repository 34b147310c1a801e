import type { Credential } from '../documents/authStore.ts';
import { isJsonObject } from '../documents/json.ts';
import { usableEnd } from '../model/order.ts';
import {
  CLIENT_HEADERS,
  GITHUB,
  GITHUB_COPILOT,
  storedDomain,
} from '../signin/providers/githubCopilot.ts';
import type { WindowLabel } from './usage.ts';
import { percentOf, planIn, resetIn, timeOf, windowsIn } from './usageFields.ts';
import type { UsageSource } from './usageSource.ts';

const WINDOWS: Readonly<Record<string, WindowLabel>> = {
  premium_interactions: { kind: 'premium' },
  chat: { kind: 'chat' },
  completions: { kind: 'completions' },
};

/**
 * What GitHub tells of a Copilot subscription: where VS Code and CoderClaw ask, nowhere documented. It
 * wants GitHub's token, not Copilot's short-lived one: that is the refresh token of an OAuth profile
 * (which is not spent by any use of it), and the token of a profile that CoderClaw made. So it can be
 * asked although the access token has ended.
 */
export const githubCopilotUsage: UsageSource = {
  provider: GITHUB_COPILOT,

  request(credential, endpoint) {
    const token = githubToken(credential);
    if (token === undefined) return undefined;
    const domain = storedDomain(credential.raw['enterpriseUrl']) ?? GITHUB;
    const ends = credential.type === 'token' ? usableEnd(credential.expires) : undefined;
    return {
      address: endpoint ?? `https://api.${domain}/copilot_internal/user`,
      ...{ token, scheme: 'token' },
      headers: { ...CLIENT_HEADERS, 'X-GitHub-Api-Version': '2025-04-01' },
      ...(ends !== undefined && { ends }),
    };
  },

  read(body, now) {
    const { quota_snapshots, quota_reset_date_utc, quota_reset_date, copilot_plan } = body;
    const snapshots = isJsonObject(quota_snapshots) ? quota_snapshots : {};
    const reset = resetIn(timeOf(quota_reset_date_utc ?? quota_reset_date), now);
    const { windows, unread } = windowsIn(
      Object.entries(WINDOWS).map(([name, label]) => ({
        name: `quota_snapshots.${name}`,
        value: snapshots[name],
        read: ({ unlimited, entitlement, percent_remaining }) => {
          // Of what a plan does not have, nothing is granted.
          if (unlimited === true || entitlement === 0) return 'none';
          const remaining = percentOf(percent_remaining);
          return remaining === undefined
            ? undefined
            : { label, usedPercent: 100 - remaining, ...reset };
        },
      })),
    );
    return {
      windows,
      unread: isJsonObject(quota_snapshots) ? unread : ['quota_snapshots'],
      ...planIn(copilot_plan),
    };
  },
};

function githubToken(credential: Credential): string | undefined {
  switch (credential.type) {
    case 'oauth':
      return credential.refresh;
    case 'token':
      return credential.token;
    case 'api_key':
      return undefined;
  }
}
