import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface UsageServerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request, or leaves it without an answer. */
export type UsageAnswering = (response: ServerResponse) => void | Promise<void>;

/** What three providers answer about usage, on loopback: 200 with whatever the test gives. */
export interface UsageServer {
  readonly origin: string;
  /** Moves the endpoints of the three here, for the environment of the host. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: readonly UsageServerRequest[];
  /** The most requests that waited for an answer at the same time. */
  readonly mostAtOnce: number;
  /** The next requests are answered in these ways; undefined is well. */
  next(...ways: readonly (UsageAnswering | undefined)[]): void;
  /** Every request that no way was planned for. */
  always(way: UsageAnswering | undefined): void;
  /** Resolves when so many requests have come. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** @param now The server's own time. In the answers below, windows reset an hour and days after it. */
export async function startUsageServer(now: () => number): Promise<UsageServer> {
  const requests: UsageServerRequest[] = [];
  const planned: (UsageAnswering | undefined)[] = [];
  const waiting = new Set<() => void>();
  let usual: UsageAnswering | undefined;
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers, body });
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    for (const wake of waiting) wake();
    const way = planned.shift() ?? usual ?? json(200, goodAnswers(now())[path.slice(1)] ?? {});
    await way(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variable = (provider: string): string =>
    `CODERCLAW_AUTH_${provider.toUpperCase().replaceAll('-', '_')}_USAGE_URL`;
  return {
    origin,
    environment: Object.fromEntries(
      Object.keys(goodAnswers(0)).map((one) => [variable(one), `${origin}/${one}`]),
    ),
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    next: (...ways) => void planned.push(...ways),
    always: (way) => {
      usual = way;
    },
    arrived: (count) =>
      new Promise((resolve) => {
        const wake = (): void => {
          if (requests.length < count) return;
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        wake();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a body as JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): UsageAnswering {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** By provider, in the shapes that have been seen of each; much of it is of no use here. */
export function goodAnswers(now: number): Readonly<Record<string, object>> {
  const hour = 60 * 60_000;
  const iso = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');
  return {
    'openai-codex': {
      user_id: 'user-1',
      email: 'ada@example.com',
      plan_type: 'plus',
      rate_limit: {
        allowed: true,
        limit_reached: false,
        primary_window: {
          used_percent: 42,
          limit_window_seconds: 18_000,
          reset_after_seconds: 3_600,
          reset_at: Math.floor((now + hour) / 1000),
        },
        secondary_window: {
          used_percent: 7,
          limit_window_seconds: 604_800,
          reset_after_seconds: 432_000,
          reset_at: Math.floor((now + 120 * hour) / 1000),
        },
      },
      code_review_rate_limit: null,
      credits: { has_credits: false, unlimited: false, balance: '0' },
    },
    anthropic: {
      five_hour: { utilization: 12.5, resets_at: iso(now + hour), limit_dollars: null },
      seven_day: { utilization: 48, resets_at: iso(now + 120 * hour) },
      seven_day_oauth_apps: null,
      seven_day_opus: null,
      seven_day_sonnet: { utilization: 0, resets_at: null },
      extra_usage: { is_enabled: false, monthly_limit: null, utilization: null },
    },
    'github-copilot': {
      login: 'ada',
      access_type_sku: 'yearly_subscriber_quota',
      copilot_plan: 'individual_pro',
      quota_reset_date: new Date(now + 240 * hour).toISOString().slice(0, 10),
      quota_reset_date_utc: new Date(now + 240 * hour).toISOString(),
      quota_snapshots: {
        chat: { entitlement: 0, percent_remaining: 100, remaining: 0, unlimited: true },
        completions: { entitlement: 0, percent_remaining: 100, remaining: 0, unlimited: true },
        premium_interactions: {
          entitlement: 1_000,
          overage_count: 0,
          overage_permitted: false,
          percent_remaining: 65.5,
          quota_reset_at: 0,
          remaining: 655,
          unlimited: false,
        },
      },
    },
  };
}
