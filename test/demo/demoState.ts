import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { personOf } from '../support/people.ts';

/** The tokens of a sign-in at the authorization server of the demo. */
export interface Login {
  readonly access: string;
  readonly refresh: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Added to times that people see rounded down, so that six days do not read `5 d` at once. */
const margin = 10 * minute;

/**
 * Fills `stateDir` with a CoderClaw state that has a profile in every state of health that a file
 * can be in. Every secret in it holds the word `CANARY`, so that one that travels is found.
 *
 * - `main` (default): profiles that renew, cool down, are disabled, end soon, last, have no end,
 *   have ended, hold no secret, and are hidden by the config; a paid key after a subscription; sessions
 *   of which one is pinned and two have a stale pin;
 * - `work`: its own ChatGPT account, a copy of `main`'s login (a twin), a dead end at xAI, in an order of
 *   its own; chats of two channels come to it;
 * - `home`: one profile of its own, the rest inherited;
 * - `lab`: a store that a crash left torn; `attic`: one that cannot be read.
 *
 * @param now Milliseconds since the epoch; every time in it is counted from here.
 * @param logins By e-mail: real sign-ins, which renew themselves, in place of the made-up ones.
 */
export async function writeDemoState(
  stateDir: string,
  now: number,
  logins: ReadonlyMap<string, Login> = new Map(),
): Promise<void> {
  const chatgpt = (email: string, endsIn: number) => {
    const { accountId } = personOf(email);
    const login = logins.get(email) ?? fakeLogin(email, now + endsIn + margin);
    return { type: 'oauth', provider: 'openai-codex', ...login, accountId, email };
  };
  const ann = chatgpt('ann@example.com', 5 * hour);

  await writePrivate(join(stateDir, 'coderclaw.json'), config);
  await writeStore(stateDir, 'main', {
    version: 1,
    profiles: {
      'openai-codex:ann@example.com': ann,
      'openai-codex:cleo@example.com': chatgpt('cleo@example.com', 2 * hour),
      'openai-codex:old-laptop': chatgpt('ann@old.example', 9 * hour),
      'anthropic:setup-token': {
        type: 'token',
        provider: 'anthropic',
        token: setupToken('current'),
        expires: now + 6 * day + margin,
      },
      'anthropic:spare': {
        type: 'token',
        provider: 'anthropic',
        token: setupToken('spare'),
        expires: now + 112 * day,
      },
      'anthropic:last-year': {
        type: 'token',
        provider: 'anthropic',
        token: setupToken('last-year'),
        expires: now - 2 * day,
      },
      'anthropic:paid': {
        type: 'api_key',
        provider: 'anthropic',
        key: 'sk-ant-api03-CANARY-paid',
      },
      'google:billing': { type: 'api_key', provider: 'google', key: 'AIza-CANARY-google-billing' },
      'openrouter:default': {
        type: 'api_key',
        provider: 'openrouter',
        key: 'sk-or-CANARY-default',
      },
      'openrouter:empty': { type: 'api_key', provider: 'openrouter' },
    },
    usageStats: {
      'openai-codex:ann@example.com': { lastUsed: now - 3 * hour },
      'openai-codex:cleo@example.com': {
        lastUsed: now - 10 * minute,
        cooldownUntil: now + 25 * minute,
        errorCount: 2,
        failureCounts: { rate_limit: 2 },
        lastFailureAt: now - minute,
      },
      'anthropic:setup-token': { lastUsed: now - 4 * hour },
      'anthropic:spare': { lastUsed: now - hour },
      'google:billing': {
        disabledUntil: now + 3 * hour + margin,
        disabledReason: 'billing',
        errorCount: 1,
        failureCounts: { billing: 1 },
        lastFailureAt: now - hour,
      },
    },
  });
  await writeStore(stateDir, 'work', {
    version: 1,
    profiles: {
      'openai-codex:ann@work.example': chatgpt('ann@work.example', 26 * hour),
      'openai-codex:ann@example.com': ann,
      'xai:trial': {
        type: 'token',
        provider: 'xai',
        token: 'CANARY-xai-trial',
        expires: now - 2 * day,
      },
    },
    order: { 'openai-codex': ['openai-codex:ann@work.example', 'openai-codex:ann@example.com'] },
  });
  await writeStore(stateDir, 'home', {
    version: 1,
    profiles: { 'openai-codex:bob@example.com': chatgpt('bob@example.com', 3 * day) },
  });
  await writePrivate(
    storePath(stateDir, 'lab'),
    '{\n  "version": 1,\n  "profiles": {\n    "groq:default": { "type": "api_key", "key": "gsk-CANARY-lab-t',
  );
  await makeUnreadable(storePath(stateDir, 'attic'));
  await writePrivate(
    join(stateDir, 'agents', 'main', 'sessions', 'sessions.json'),
    json({
      'agent:main:main': {
        sessionId: '00000000-0000-4000-8000-000000000001',
        updatedAt: now - 20 * minute,
        providerOverride: 'anthropic',
        authProfileOverride: 'anthropic:spare',
        authProfileOverrideSource: 'user',
      },
      'agent:main:telegram:dm:4711': {
        sessionId: '00000000-0000-4000-8000-000000000003',
        updatedAt: now - 2 * hour,
        providerOverride: 'openai-codex',
        modelOverride: 'gpt-5.2',
      },
      'agent:main:subagent:5f0c2a9e-7d41-4c7b-9f63-0d2f8b1a6e55': {
        sessionId: '00000000-0000-4000-8000-000000000004',
        updatedAt: now - 5 * hour,
      },
      // Left behind: pinned to a profile that is not there any more, and to one that the config hides.
      'agent:main:telegram:group:7': {
        sessionId: '00000000-0000-4000-8000-000000000002',
        updatedAt: now - 9 * day,
        authProfileOverride: 'openai-codex:gone',
        authProfileOverrideSource: 'user',
      },
      'agent:main:discord:channel:12': {
        sessionId: '00000000-0000-4000-8000-000000000005',
        updatedAt: now - 12 * day,
        providerOverride: 'openai-codex',
        authProfileOverride: 'openai-codex:old-laptop',
        authProfileOverrideSource: 'user',
      },
    }),
  );
  await writePrivate(
    join(stateDir, 'agents', 'work', 'sessions', 'sessions.json'),
    json({
      'agent:work:slack:channel:c024be91l': {
        sessionId: '00000000-0000-4000-8000-000000000006',
        updatedAt: now - 40 * minute,
        providerOverride: 'openai-codex',
        modelOverride: 'gpt-5.2',
      },
    }),
  );
}

/** People write comments in this file, so the demo's has some. */
const config = `// The demo of CoderClaw Auth. Change what you like; it is deleted afterwards.
{
  auth: {
    profiles: {
      "openai-codex:ann@example.com": { provider: "openai-codex", mode: "oauth", email: "ann@example.com" },
      "openai-codex:cleo@example.com": { provider: "openai-codex", mode: "oauth" },
      "openai-codex:ann@work.example": { provider: "openai-codex", mode: "oauth" },
      "openai-codex:bob@example.com": { provider: "openai-codex", mode: "oauth" },
      // "openai-codex:old-laptop" is left out on purpose: stored, but not used.
    },
    order: {
      // The key costs: it is for when both tokens fail.
      anthropic: ["anthropic:setup-token", "anthropic:spare", "anthropic:paid", "anthropic:last-year"],
    },
  },
  agents: {
    defaults: {
      model: { primary: "anthropic/claude-opus-4-6", fallbacks: ["openai-codex/gpt-5.2"] },
      models: { "anthropic/claude-sonnet-4-6": {} },
    },
    list: [
      { id: "main", default: true },
      { id: "work", name: "Work" },
      { id: "home", name: "Home" },
      { id: "lab" }, // its store is torn
      { id: "attic" }, // its store cannot be read
    ],
  },
  channels: { telegram: {}, slack: {} },
  bindings: [
    { agentId: "work", match: { channel: "slack" } },
    { agentId: "work", match: { channel: "telegram", peer: { kind: "group", id: "-1001234" } } },
    { agentId: "home", match: { channel: "telegram" } }, // the family
  ],
}
`;

function fakeLogin(email: string, expires: number): Login {
  const person = personOf(email);
  const claims = {
    exp: Math.floor(expires / 1000),
    'https://api.openai.com/auth': {
      chatgpt_account_id: person.accountId,
      chatgpt_plan_type: person.plan,
      chatgpt_user_id: person.userId,
    },
    'https://api.openai.com/profile': { email },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    access: `${part({ alg: 'none' })}.${part(claims)}.CANARY-access-${person.accountId}`,
    refresh: `CANARY-refresh-${person.accountId}`,
    expires,
  };
}

/** As long as a real one (80 characters or more). */
function setupToken(name: string): string {
  return `sk-ant-oat01-CANARY-${name}-`.padEnd(96, '0');
}

function storePath(stateDir: string, agent: string): string {
  return join(stateDir, 'agents', agent, 'agent', 'auth-profiles.json');
}

async function writeStore(stateDir: string, agent: string, store: object): Promise<void> {
  await writePrivate(storePath(stateDir, agent), json(store));
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, text, { mode: 0o600 });
}

/** Root can read every file, but not a folder as if it were one. */
async function makeUnreadable(path: string): Promise<void> {
  if (process.getuid?.() === 0) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } else {
    await writePrivate(path, '{}');
    await chmod(path, 0);
  }
}
