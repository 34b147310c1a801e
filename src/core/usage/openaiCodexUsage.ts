import type { Credential } from '../documents/authStore.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { usableEnd } from '../model/order.ts';
import { chatgptClaims } from '../signin/chatgptClaims.ts';
import type { UsageWindow, WindowLabel } from './usage.ts';
import { percentOf, planIn, resetIn, windowsIn } from './usageFields.ts';
import type { UsageSource } from './usageSource.ts';

const USAGE = 'https://chatgpt.com/backend-api/wham/usage';

const DAY_S = 24 * 60 * 60;
const WEEK_S = 7 * DAY_S;

/**
 * What ChatGPT tells of a workspace's limits in Codex: where Codex CLI and CoderClaw ask, nowhere
 * documented. Whose workspace it is stands in a header, and in the token.
 */
export const openaiCodexUsage: UsageSource = {
  provider: 'openai-codex',

  request(credential, endpoint = USAGE) {
    if (credential.type === 'api_key') return undefined;
    const token = credential.type === 'oauth' ? credential.access : credential.token;
    if (token === undefined) return undefined;
    const account = accountOf(credential, token);
    const ends = usableEnd(credential.expires);
    return {
      address: endpoint,
      ...{ token, scheme: 'Bearer' },
      headers: account === undefined ? {} : { 'ChatGPT-Account-Id': account },
      ...(ends !== undefined && { ends }),
    };
  },

  read(body, now) {
    const { rate_limit, plan_type, credits } = body;
    const limits = isJsonObject(rate_limit) ? rate_limit : {};
    const { primary_window: primary, secondary_window: secondary } = limits;
    const { windows, unread } = windowsIn([
      {
        name: 'rate_limit.primary_window',
        value: primary,
        read: (value) => windowOf(value, spanOf(value) ?? { kind: 'primary' }, now),
      },
      {
        name: 'rate_limit.secondary_window',
        value: secondary,
        read: (value) => windowOf(value, secondaryLabel(value, primary), now),
      },
    ]);
    // Null is what a plan without limits has.
    const isOdd = !isJsonObject(rate_limit) && (rate_limit !== null || plan_type === undefined);
    return {
      windows,
      unread: isOdd ? ['rate_limit'] : unread,
      ...planIn(plan_type),
      ...creditsIn(isJsonObject(credits) ? credits['balance'] : undefined),
    };
  },
};

function accountOf(credential: Credential, token: string): string | undefined {
  const stored = credential.type === 'oauth' ? credential.accountId : undefined;
  return [stored, chatgptClaims(token).accountId].find(
    // It becomes a header.
    (account) => account !== undefined && /^[\x21-\x7e]{1,200}$/.test(account),
  );
}

function windowOf(value: JsonObject, label: WindowLabel, now: number): UsageWindow | undefined {
  const usedPercent = percentOf(value['used_percent']);
  if (usedPercent === undefined) return undefined;
  const { reset_at } = value;
  const reset = typeof reset_at === 'number' ? reset_at * 1000 : Number.NaN;
  return { label, usedPercent, ...resetIn(reset, now) };
}

function spanOf(value: JsonObject): WindowLabel | undefined {
  const { limit_window_seconds: seconds } = value;
  const isSpan = typeof seconds === 'number' && seconds > 0 && seconds <= 400 * DAY_S;
  return isSpan ? { kind: 'span', ms: seconds * 1000 } : undefined;
}

/**
 * ChatGPT sometimes calls the window of a week one of a day, and shows what it is by a reset that comes
 * days after that of the first. CoderClaw reads it so, too.
 */
function secondaryLabel(value: JsonObject, primary: JsonValue | undefined): WindowLabel {
  const seconds = value['limit_window_seconds'];
  const reset = value['reset_at'];
  const first = isJsonObject(primary) ? primary['reset_at'] : undefined;
  const isWeek =
    typeof seconds === 'number' &&
    seconds >= DAY_S &&
    seconds < WEEK_S &&
    typeof reset === 'number' &&
    typeof first === 'number' &&
    reset - first >= 3 * DAY_S;
  if (isWeek) return { kind: 'span', ms: WEEK_S * 1000 };
  return spanOf(value) ?? { kind: 'secondary' };
}

/** A number, also as a text: both have been seen. */
function creditsIn(balance: JsonValue | undefined): { readonly credits?: number } {
  const isText = typeof balance === 'string' && /^-?\d{1,12}(\.\d{1,12})?$/.test(balance);
  const credits = isText ? Number(balance) : balance;
  return typeof credits === 'number' && Number.isFinite(credits) ? { credits } : {};
}
