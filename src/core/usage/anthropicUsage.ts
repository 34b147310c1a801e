import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { usableEnd } from '../model/order.ts';
import type { WindowLabel } from './usage.ts';
import { percentOf, resetIn, timeOf, windowsIn } from './usageFields.ts';
import type { UsageSource } from './usageSource.ts';

const USAGE = 'https://api.anthropic.com/api/oauth/usage';

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** The fields that CoderClaw reads. The answer has more, under names that come and go. */
const WINDOWS: Readonly<Record<string, WindowLabel>> = {
  five_hour: { kind: 'span', ms: 5 * HOUR_MS },
  seven_day: { kind: 'span', ms: WEEK_MS },
  seven_day_sonnet: { kind: 'span', ms: WEEK_MS, model: 'sonnet' },
  seven_day_opus: { kind: 'span', ms: WEEK_MS, model: 'opus' },
};

/**
 * What Anthropic tells of a Claude subscription: where Claude Code and CoderClaw ask, nowhere documented.
 * A setup-token is mostly refused there, for want of the scope `user:profile`.
 */
export const anthropicUsage: UsageSource = {
  provider: 'anthropic',

  request(credential, endpoint = USAGE) {
    if (credential.type === 'api_key') return undefined;
    const token = credential.type === 'oauth' ? credential.access : credential.token;
    if (token === undefined) return undefined;
    const ends = usableEnd(credential.expires);
    return {
      address: endpoint,
      ...{ token, scheme: 'Bearer' },
      headers: { 'anthropic-beta': 'oauth-2025-04-20', 'anthropic-version': '2023-06-01' },
      ...(ends !== undefined && { ends }),
    };
  },

  read(body, now) {
    const { windows, unread } = windowsIn(
      Object.entries(WINDOWS).map(([name, label]) => ({
        name,
        value: body[name],
        read: ({ utilization, resets_at }) => {
          const usedPercent = percentOf(utilization);
          if (usedPercent === undefined) return undefined;
          return { label, usedPercent, ...resetIn(timeOf(resets_at), now) };
        },
      })),
    );
    // Each can be null for an account; none of them at all is another answer.
    const isOther = Object.keys(WINDOWS).every((name) => !Object.hasOwn(body, name));
    return { windows, unread: isOther ? ['five_hour'] : unread };
  },

  lacksScope: (body) => isAboutScope(body['error']),
};

function isAboutScope(error: JsonValue | undefined): boolean {
  const message = isJsonObject(error) ? error['message'] : undefined;
  return typeof message === 'string' && message.includes('user:profile');
}
