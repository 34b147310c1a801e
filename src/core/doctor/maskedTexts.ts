import type { ValueNode } from '@humanwhocodes/momoa';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { keyOf, parseJson5 } from '../documents/json5.ts';
import { mask, redact } from '../redact.ts';

/** Fields of a credential that tell whose or what it is, and are no secrets. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'provider',
  'email',
  'accountId',
  'clientId',
  'projectId',
  'enterpriseUrl',
]);
/** Parts of a store that have ids and words in them, and no secrets. */
const PLAIN_PARTS: ReadonlySet<string> = new Set(['order', 'lastGood', 'usageStats']);

/** The text of a store, laid out as we write it, with every text masked that may be a secret. */
export function maskedStore(document: JsonObject): string {
  const masked = Object.entries(document).map(([part, value]) => {
    if (PLAIN_PARTS.has(part)) return [part, value] as const;
    if (part !== 'profiles' || !isJsonObject(value)) return [part, maskedValue(value)] as const;
    const profiles = Object.entries(value).map(([id, one]) => [id, maskedCredential(one)] as const);
    return [part, Object.fromEntries(profiles)] as const;
  });
  return layout(Object.fromEntries(masked));
}

function maskedCredential(credential: JsonValue): JsonValue {
  if (!isJsonObject(credential)) return maskedValue(credential);
  return Object.fromEntries(
    Object.entries(credential).map(([field, value]) => [
      field,
      PLAIN_FIELDS.has(field) && typeof value === 'string' ? value : maskedValue(value),
    ]),
  );
}

/** Every text in it masked. */
function maskedValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(maskedValue);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskedValue(one)]));
}

/** Parts of a config that have no secrets in them: what repairs change is one. All others are masked. */
const PLAIN_CONFIG: ReadonlySet<string> = new Set(['$include', '$schema', 'auth']);

/**
 * The text of a config as it is, comments and layout included, with every text masked outside of `auth`, but for the ids
 * and names of agents. What
 * is not JSON5 goes through the net for secrets only.
 */
export function maskedConfig(text: string): string {
  const parse = parseJson5(text);
  if (parse.kind === 'invalid' || parse.root.type !== 'Object') return redact(text);
  const secret = parse.root.members.filter(({ name }) => !PLAIN_CONFIG.has(keyOf(name)));
  const texts = secret.flatMap(({ name, value }) =>
    keyOf(name) === 'agents' ? textsOfAgents(value) : textsIn(value),
  );
  let masked = '';
  let end = 0;
  for (const { value, loc } of texts) {
    masked += text.slice(end, loc.start.offset) + JSON.stringify(mask(value));
    end = loc.end.offset;
  }
  // Comments are anybody's.
  return redact(masked + text.slice(end));
}

/** What tells which agent an entry is about, and no more. */
const AGENT_FIELDS: ReadonlySet<string> = new Set(['id', 'name']);

/** The texts of the part about agents, but for how those in its list are called. */
function textsOfAgents(agents: ValueNode): readonly TextNode[] {
  if (agents.type !== 'Object') return textsIn(agents);
  return agents.members.flatMap(({ name, value }) => {
    if (keyOf(name) !== 'list' || value.type !== 'Array') return textsIn(value);
    return value.elements.flatMap(({ value: agent }) =>
      agent.type !== 'Object'
        ? textsIn(agent)
        : agent.members.flatMap((member) =>
            AGENT_FIELDS.has(keyOf(member.name)) ? [] : textsIn(member.value),
          ),
    );
  });
}

type TextNode = Extract<ValueNode, { type: 'String' }>;

/** In the sequence of the text. */
function textsIn(node: ValueNode): readonly TextNode[] {
  switch (node.type) {
    case 'String':
      return [node];
    case 'Object':
      return node.members.flatMap(({ value }) => textsIn(value));
    case 'Array':
      return node.elements.flatMap(({ value }) => textsIn(value));
    default:
      return [];
  }
}

/** What of a session is about its profile; all else is the chat's. */
const SESSION_FIELDS: ReadonlySet<string> = new Set([
  'updatedAt',
  'authProfileOverride',
  'authProfileOverrideSource',
  'authProfileOverrideCompactionCount',
]);

/** The sessions in which two lists (JSON texts) differ, with what is about their profiles. */
export function changedSessions(
  before: string,
  after: string,
): { readonly before: string; readonly after: string } {
  const [was, is] = [JSON.parse(before), JSON.parse(after)] as readonly [JsonObject, JsonObject];
  const keys = Object.keys(is).filter(
    (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
  );
  const excerpt = (list: JsonObject): string =>
    layout(Object.fromEntries(keys.map((key) => [key, ofProfile(list[key])])));
  return { before: excerpt(was), after: excerpt(is) };
}

function ofProfile(session: JsonValue | undefined): JsonValue {
  if (!isJsonObject(session)) return {};
  return Object.fromEntries(Object.entries(session).filter(([key]) => SESSION_FIELDS.has(key)));
}

function layout(value: JsonValue): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
