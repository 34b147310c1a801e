import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import type { FollowUp } from '../descriptor.ts';
import type { Environment } from '../endpoints.ts';
import type { LimitedAnswer } from '../limitedRequest.ts';

const CODE_ASSIST = 'https://cloudcode-pa.googleapis.com';

/** Between two looks at a project that is being made, and how many there are at most. */
const LOOK_AGAIN_MS = 5_000;
const LOOKS = 24;

const PLATFORM = {
  ideType: 'IDE_UNSPECIFIED',
  platform: 'PLATFORM_UNSPECIFIED',
  pluginType: 'GEMINI',
};

export interface ProjectSearch {
  /** GOOGLE_CLOUD_PROJECT, or GOOGLE_CLOUD_PROJECT_ID. */
  readonly environment: Environment;
  /** In the place of Google's, already checked. */
  readonly endpoint: string | undefined;
  readonly access: string;
}

/**
 * The Google Cloud project that a person's requests go to, as CoderClaw and the Gemini CLI find it:
 * the one that the account has, else that of the environment; and for a free account without one,
 * Google makes one now (which can take a minute).
 * @throws {KnownError} `signin.needsProject` if there is none; `signin.tokenRefused` if Google does not
 * answer the question; those of `limitedRequest`.
 */
export async function codeAssistProject(search: ProjectSearch, ask: FollowUp): Promise<string> {
  const { environment, endpoint = CODE_ASSIST, access } = search;
  const own =
    environment['GOOGLE_CLOUD_PROJECT']?.trim() || environment['GOOGLE_CLOUD_PROJECT_ID']?.trim();
  const base = endpoint.replace(/\/+$/, '');
  const headers = { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' };
  const post = (method: string, body: object): Promise<LimitedAnswer> =>
    ask.request(`${base}/v1internal:${method}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });

  const loaded = await post('loadCodeAssist', {
    ...(own && { cloudaicompanionProject: own }),
    metadata: { ...PLATFORM, ...(own && { duetProject: own }) },
  });
  // An account behind VPC Service Controls may not ask; it has a tier and a project of its own.
  if (isForbiddenByPolicy(loaded)) return required(own);
  const account = bodyOf(loaded);
  if (isJsonObject(account['currentTier'])) {
    return projectIn(account['cloudaicompanionProject']) ?? required(own);
  }
  const tierId = defaultTier(account['allowedTiers']);
  const isFree = tierId === 'free-tier';
  if (!isFree) required(own);
  let operation = bodyOf(
    await post('onboardUser', {
      tierId,
      ...(isFree ? {} : { cloudaicompanionProject: own }),
      metadata: { ...PLATFORM, ...(isFree ? {} : { duetProject: own }) },
    }),
  );
  for (let look = 0; operation['done'] !== true && look < LOOKS; look += 1) {
    const name = operationName(operation['name']);
    if (name === undefined) break;
    await ask.wait(LOOK_AGAIN_MS);
    const seen = await ask.request(`${base}/v1internal/${name}`, { headers });
    // A look that fails is made up for by the next.
    if (seen.status === 200) operation = seen.body ?? operation;
  }
  const { response } = operation;
  const made = isJsonObject(response) ? projectIn(response['cloudaicompanionProject']) : undefined;
  return made ?? required(own);
}

function required(project: string | undefined): string {
  if (project) return project;
  throw new KnownError('signin.needsProject', { provider: 'google-gemini-cli' });
}

function bodyOf({ host, status, body }: LimitedAnswer): JsonObject {
  if (status !== 200) throw new KnownError('signin.tokenRefused', { host, status });
  if (body === undefined) {
    throw new KnownError('signin.badAnswer', { host, what: 'not a JSON object' });
  }
  return body;
}

function projectIn(value: JsonValue | undefined): string | undefined {
  const id = isJsonObject(value) ? value['id'] : value;
  return typeof id === 'string' && /^[\w:.-]{1,100}$/.test(id) ? id : undefined;
}

/** `legacy-tier` where none is marked, as the Gemini CLI has it. */
function defaultTier(tiers: JsonValue | undefined): string {
  const found = Array.isArray(tiers)
    ? tiers.find((tier) => isJsonObject(tier) && tier['isDefault'] === true)
    : undefined;
  const id = isJsonObject(found) ? found['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : 'legacy-tier';
}

/** It becomes a part of an address. */
function operationName(name: JsonValue | undefined): string | undefined {
  return typeof name === 'string' && /^[\w-][\w.-]*(?:\/[\w-][\w.-]*){0,5}$/.test(name)
    ? name
    : undefined;
}

function isForbiddenByPolicy({ status, body }: LimitedAnswer): boolean {
  const error = body?.['error'];
  const details = isJsonObject(error) ? error['details'] : undefined;
  return (
    status !== 200 &&
    Array.isArray(details) &&
    details.some((one) => isJsonObject(one) && one['reason'] === 'SECURITY_POLICY_VIOLATED')
  );
}
