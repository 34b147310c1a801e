// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/core/documents/json.ts';
import { json5Text } from './json5Text.ts';

/** A `coderclaw.json` as a person may have written it. */
export interface GeneratedConfig {
  readonly text: string;
  /** What it says, `$include` and `${ENV}` taken for plain keys and texts. */
  readonly value: JsonObject;
}

/** Few of each kind, so that they meet. */
export const agentIds = ['main', 'work', 'lab', 'new'] as const;
export const profileIds = ['anthropic:a', 'anthropic:b', 'zai:it\'s "x"'] as const;
export const providers = ['anthropic', 'zai', 'z.ai'] as const;
export const channels = ['telegram', 'slack'] as const;

const INCLUDE: JsonObject = { $include: './more.json5' };
const text = fc.constantFrom('Ann', 'b c', '', '// none', "it's", '"', 'ключ');
const agentId = fc.constantFrom('main', 'Work', 'work', ' lab ');

/** Members that are there or not, in the sequence of `members`. */
function some(
  members: Readonly<Record<string, fc.Arbitrary<JsonValue>>>,
): fc.Arbitrary<JsonObject> {
  return fc.record(members, {
    requiredKeys: [],
    noNullPrototype: true,
  }) as fc.Arbitrary<JsonObject>;
}

/**
 * @param odd What may stand in the place of a value besides what belongs there; out of a hundred.
 */
function documents(
  odd: (usual: fc.Arbitrary<JsonValue>, ...others: readonly JsonValue[]) => fc.Arbitrary<JsonValue>,
) {
  const agent = fc
    .tuple(
      odd(agentId, '${AGENT}'),
      some({
        name: odd(text, '${NAME}'),
        default: fc.boolean(),
        workspace: odd(text, '${HOME}/w'),
        agentDir: text,
        model: some({ primary: text, fallbacks: fc.array(text, { maxLength: 2 }) }),
      }),
    )
    .map(([id, rest]): JsonValue => ({ id, ...rest }));
  const match = fc
    .tuple(fc.constantFrom(...channels), some({ accountId: odd(fc.constant('biz'), '${BIZ}') }))
    .map(([channel, rest]): JsonValue => ({ channel, ...rest }));
  const binding = fc
    .tuple(odd(agentId, '${AGENT}'), match)
    .map(([id, matched]): JsonValue => ({ agentId: id, match: matched }));
  const list = (item: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
    odd(fc.array(item, { maxLength: 4 }), INCLUDE, '${LIST}');
  const including = (members: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue> =>
    odd(members, INCLUDE, '${PART}').chain((value) =>
      odd(
        fc.constant(value),
        typeof value === 'object' ? { ...(value as JsonObject), ...INCLUDE } : value,
      ),
    );
  const profile = fc
    .tuple(
      fc.constantFrom(...providers),
      odd(fc.constantFrom('oauth', 'token', 'api_key'), '${MODE}'),
      some({ email: text }),
    )
    .map(([provider, mode, rest]): JsonValue => ({ provider, mode, ...rest }));
  const profiles = some(
    Object.fromEntries(profileIds.map((id) => [id, odd(profile, INCLUDE, '${PROFILE}')])),
  );
  const ids = list(odd(fc.constantFrom(...profileIds), '${FIRST}'));
  const order = some(Object.fromEntries(providers.map((provider) => [provider, ids])));
  const allow = list(odd(fc.constantFrom('*', 'Work', 'lab', 'other'), '${AGENT}'));
  const others: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
    channels: some({ telegram: some({ botToken: odd(text, '${BOT_TOKEN}'), n: fc.integer() }) }),
    __other: fc.array(fc.oneof(text, fc.boolean(), fc.constant(null)), { maxLength: 3 }),
  };
  return some({
    ...others,
    auth: including(some({ profiles: including(profiles), order: including(order) })),
    agents: including(
      some({ defaults: some({ workspace: text }), list: list(odd(agent, INCLUDE)) }),
    ),
    bindings: list(odd(binding, INCLUDE)),
    tools: including(some({ agentToAgent: including(some({ enabled: fc.boolean(), allow })) })),
  }).chain((value) => odd(fc.constant(value), { ...value, ...INCLUDE }));
}

function written(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<GeneratedConfig> {
  return fc
    .tuple(value, fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }), fc.nat(3))
    .map(([document, choices, style]) => ({
      value: document as JsonObject,
      text: json5Text(document, choices, style),
    }));
}

/** Configs that stand alone. */
export const plainConfig: fc.Arbitrary<GeneratedConfig> = written(documents((usual) => usual));

/** Configs with `$include` and `${ENV}` at any level, in place of a part or beside it. */
export const referringConfig: fc.Arbitrary<GeneratedConfig> = written(
  documents((usual, ...others) =>
    fc.oneof(
      { weight: 20, arbitrary: usual },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    ),
  ),
);
