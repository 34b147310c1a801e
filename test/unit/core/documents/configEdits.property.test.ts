import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { MemberNode, ValueNode } from '@humanwhocodes/momoa';
import fc from 'fast-check';
import {
  addAgent,
  makeDefaultAgent,
  removeAgent,
  renameAgent,
} from '../../../../src/core/documents/agentEdits.ts';
import { normalizeAgentId } from '../../../../src/core/documents/agentIds.ts';
import { addBinding, removeBinding } from '../../../../src/core/documents/bindingEdits.ts';
import { addProfile, removeProfile } from '../../../../src/core/documents/configEdits.ts';
import { setOrder } from '../../../../src/core/documents/configOrderEdits.ts';
import { memberOf } from '../../../../src/core/documents/editableJson5.ts';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { keyOf, parseJson5, plainValue } from '../../../../src/core/documents/json5.ts';
import { normalizeProviderId } from '../../../../src/core/documents/providerIds.ts';
import { type ErrorCode, KnownError } from '../../../../src/core/errors.ts';
import {
  agentIds,
  channels,
  type GeneratedConfig,
  plainConfig,
  profileIds,
  providers,
  referringConfig,
} from '../../../support/generatedConfigs.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a person wrote, as a model of the edits takes it
type Written = any;
type Range = { readonly start: number; readonly end: number };

/** One command on a config, and all that may differ afterwards. */
interface Command {
  readonly name: string;
  edit(text: string): string | undefined;
  /** Changes what the config says as the command should; or tells why it is refused. */
  model(config: Written): ErrorCode | undefined;
  /** What goes as a whole, with the comments in it. */
  gone(root: ValueNode): readonly Placed[];
  /** What is written anew inside, while the comments in it stay. */
  changed?(root: ValueNode): readonly Placed[];
}

type Placed = Pick<ValueNode, 'loc'>;

const isId = (id: unknown, agentId: string): boolean =>
  typeof id === 'string' && normalizeAgentId(id) === agentId;
const sameProvider = (a: string, b: string): boolean =>
  normalizeProviderId(a) === normalizeProviderId(b);

function nodeAt(root: ValueNode, ...keys: readonly string[]): ValueNode | undefined {
  return keys.reduce<ValueNode | undefined>(
    (node, key) => (node?.type === 'Object' ? memberOf(node, key)?.value : undefined),
    root,
  );
}
function membersAt(root: ValueNode, ...keys: readonly string[]): readonly MemberNode[] {
  const node = nodeAt(root, ...keys);
  return node?.type === 'Object' ? node.members : [];
}
function itemsAt(root: ValueNode, ...keys: readonly string[]): readonly ValueNode[] {
  const node = nodeAt(root, ...keys);
  return node?.type === 'Array' ? node.elements.map(({ value }) => value) : [];
}
const plain = (node: ValueNode): Written => plainValue(node);

/** The items that match; the member that holds the list, if it is left with none. */
function goneItems(
  root: ValueNode,
  keys: readonly string[],
  key: string,
  matches: (item: Written) => boolean,
): readonly Placed[] {
  const items = itemsAt(root, ...keys, key);
  const gone = items.filter((item) => matches(plain(item)));
  if (gone.length === 0 || gone.length < items.length) return gone;
  return membersAt(root, ...keys).filter(({ name }) => keyOf(name) === key);
}

/** The same in the model. */
function dropItems(holder: Written, key: string, matches: (item: Written) => boolean): void {
  if (!Array.isArray(holder?.[key])) return;
  const left = holder[key].filter((item: Written) => !matches(item));
  if (left.length === holder[key].length) return;
  if (left.length === 0) delete holder[key];
  else holder[key] = left;
}

function listedAgent(config: Written, agentId: string, known: Written = {}): Written {
  config.agents ??= {};
  if (!config.agents.list?.length) config.agents.list = [];
  const { list } = config.agents;
  const there = list.find((one: Written) => isId(one.id, agentId));
  if (there !== undefined) return there;
  list.push({ id: agentId, ...known });
  return list.at(-1);
}

const nothing = (): readonly Placed[] => [];

const addsAgent = (agentId: string): Command => {
  const facts = { name: 'Name', workspace: '/w', agentDir: '/d' };
  return {
    name: `addAgent ${agentId}`,
    edit: (text) => addAgent(text, { agentId, ...facts }),
    model(config) {
      if (!config.agents?.list?.length && agentId !== 'main') listedAgent(config, 'main');
      Object.assign(listedAgent(config, agentId), facts);
      return undefined;
    },
    gone: nothing,
    changed: (root) =>
      itemsAt(root, 'agents', 'list')
        .filter((item) => isId(plain(item).id, agentId))
        .slice(0, 1)
        .flatMap((item) => Object.keys(facts).flatMap((key) => nodeAt(item, key) ?? [])),
  };
};

const removesAgent = (agentId: string): Command => {
  const isListed = (item: Written): boolean => isId(item?.id, agentId);
  const isBound = (item: Written): boolean => isId(item?.agentId, agentId);
  const isAllowed = (item: Written): boolean => item !== '*' && isId(item, agentId);
  return {
    name: `removeAgent ${agentId}`,
    edit: (text) => removeAgent(text, agentId),
    model(config) {
      dropItems(config.agents, 'list', isListed);
      dropItems(config, 'bindings', isBound);
      dropItems(config.tools?.agentToAgent, 'allow', isAllowed);
      return undefined;
    },
    gone: (root) => [
      ...goneItems(root, ['agents'], 'list', isListed),
      ...goneItems(root, [], 'bindings', isBound),
      ...goneItems(root, ['tools', 'agentToAgent'], 'allow', isAllowed),
    ],
  };
};

const renamesAgent = (agentId: string): Command => ({
  name: `renameAgent ${agentId}`,
  edit: (text) => renameAgent(text, agentId, 'Other'),
  model(config) {
    listedAgent(config, agentId).name = 'Other';
    return undefined;
  },
  gone: nothing,
  changed: (root) =>
    itemsAt(root, 'agents', 'list')
      .filter((item) => isId(plain(item).id, agentId))
      .slice(0, 1)
      .flatMap((item) => nodeAt(item, 'name') ?? []),
});

const makesDefault = (agentId: string): Command => ({
  name: `makeDefaultAgent ${agentId}`,
  edit: (text) => makeDefaultAgent(text, agentId),
  model(config) {
    listedAgent(config, agentId).default = true;
    for (const one of config.agents.list) if (!isId(one.id, agentId)) delete one.default;
    return undefined;
  },
  gone: (root) =>
    itemsAt(root, 'agents', 'list')
      .filter((item) => !isId(plain(item).id, agentId))
      .flatMap((item) => membersAt(item).filter(({ name }) => keyOf(name) === 'default')),
  changed: (root) =>
    itemsAt(root, 'agents', 'list')
      .filter((item) => isId(plain(item).id, agentId))
      .slice(0, 1)
      .flatMap((item) => nodeAt(item, 'default') ?? []),
});

const addsBinding = (agentId: string, channel: string): Command => ({
  name: `addBinding ${agentId} ${channel}`,
  edit: (text) => addBinding(text, { agentId, match: { channel } }),
  model(config) {
    config.bindings ??= [];
    const there = config.bindings.find(
      (one: Written) => one.match?.channel === channel && one.match.accountId === undefined,
    );
    if (there === undefined) config.bindings.push({ agentId, match: { channel } });
    else if (!isId(there.agentId, agentId)) return 'binding.taken';
    return undefined;
  },
  gone: nothing,
});

const removesBinding = (agentId: string, match: Written): Command => {
  const written = { agentId, match };
  const isIt = (item: Written): boolean => isDeepStrictEqual(item, written);
  const firstOf = (items: readonly Written[]): Written => items.find(isIt);
  return {
    name: `removeBinding ${JSON.stringify(written)}`,
    edit: (text) => removeBinding(text, written),
    model(config) {
      const first = Array.isArray(config.bindings) && firstOf(config.bindings);
      if (!first) return 'binding.gone';
      dropItems(config, 'bindings', (item) => item === first);
      return undefined;
    },
    gone(root) {
      const items = itemsAt(root, 'bindings');
      const first = items.find((item) => isIt(plain(item)));
      if (items.length > 1) return first === undefined ? [] : [first];
      return goneItems(root, [], 'bindings', isIt);
    },
  };
};

const setsOrder = (provider: string, ids: readonly string[] | undefined): Command => {
  const keyIn = (keys: readonly string[]): string =>
    // The first of several spellings is the one that CoderClaw finds.
    keys.find((key) => sameProvider(key, provider)) ?? provider;
  return {
    name: `setOrder ${provider} ${ids?.length ?? 'none'}`,
    edit: (text) => setOrder(text, provider, ids),
    model(config) {
      const orders = config.auth?.order ?? {};
      if (ids === undefined) {
        for (const key of Object.keys(orders)) if (sameProvider(key, provider)) delete orders[key];
        return undefined;
      }
      config.auth ??= {};
      config.auth.order ??= {};
      config.auth.order[keyIn(Object.keys(orders))] = ids;
      return undefined;
    },
    gone: (root) =>
      ids !== undefined
        ? []
        : membersAt(root, 'auth', 'order').filter(({ name }) =>
            sameProvider(keyOf(name), provider),
          ),
    changed: (root) => {
      const keys = membersAt(root, 'auth', 'order').map(({ name }) => keyOf(name));
      return itemsAt(root, 'auth', 'order', keyIn(keys));
    },
  };
};

const addsProfile = (profileId: string, provider: string): Command => ({
  name: `addProfile ${profileId} ${provider}`,
  edit: (text) => addProfile(text, { profileId, provider, mode: 'oauth' }),
  model(config) {
    config.auth ??= {};
    config.auth.profiles ??= {};
    config.auth.profiles[profileId] = { provider, mode: 'oauth' };
    const list = config.auth.order?.[provider];
    if (list && list[0] === profileId && list.lastIndexOf(profileId) === 0) return undefined;
    if (list) {
      config.auth.order[provider] = [profileId, ...list.filter((id: string) => id !== profileId)];
    }
    return undefined;
  },
  gone: (root) =>
    membersAt(root, 'auth', 'profiles', profileId).filter(
      ({ name }) => !['provider', 'mode'].includes(keyOf(name)),
    ),
  changed: (root) => [
    ...membersAt(root, 'auth', 'profiles', profileId).map(({ value }) => value),
    ...itemsAt(root, 'auth', 'order', provider).filter((item) => plain(item) === profileId),
  ],
});

const removesProfile = (profileId: string): Command => ({
  name: `removeProfile ${profileId}`,
  edit: (text) => removeProfile(text, profileId),
  model(config) {
    if (config.auth?.profiles) delete config.auth.profiles[profileId];
    for (const [key, list] of Object.entries<Written>(config.auth?.order ?? {})) {
      if (Array.isArray(list)) config.auth.order[key] = list.filter((id) => id !== profileId);
    }
    return undefined;
  },
  gone: (root) => [
    ...membersAt(root, 'auth', 'profiles').filter(({ name }) => keyOf(name) === profileId),
    ...membersAt(root, 'auth', 'order').flatMap(({ value }) =>
      value.type === 'Array'
        ? value.elements.filter((item) => plain(item.value) === profileId)
        : [],
    ),
  ],
});

const agentId = fc.constantFrom(...agentIds);
const profileId = fc.constantFrom(...profileIds);
const provider = fc.constantFrom(...providers);
const channel = fc.constantFrom(...channels);
const commands: Readonly<Record<string, fc.Arbitrary<Command>>> = {
  addAgent: agentId.map(addsAgent),
  removeAgent: agentId.map(removesAgent),
  renameAgent: agentId.map(renamesAgent),
  makeDefaultAgent: agentId.map(makesDefault),
  addBinding: fc.tuple(agentId, channel).map((one) => addsBinding(...one)),
  removeBinding: fc
    .tuple(
      fc.constantFrom('main', 'work', 'Work'),
      channel,
      fc.constantFrom({}, { accountId: 'biz' }),
    )
    .map(([id, on, account]) => removesBinding(id, { channel: on, ...account })),
  setOrder: fc
    .tuple(provider, fc.option(fc.array(profileId, { maxLength: 4 }), { nil: undefined }))
    .map((one) => setsOrder(...one)),
  addProfile: fc.tuple(profileId, provider).map((one) => addsProfile(...one)),
  removeProfile: profileId.map(removesProfile),
};

function parsed(text: string) {
  const parse = parseJson5(text);
  return parse.kind === 'invalid' ? assert.fail(`${parse.detail} in ${text}`) : parse;
}

/** Each token and comment of a text as it stands there, without commas, and without those in `ranges`. */
function piecesOf(text: string, ranges: readonly Range[]): readonly string[] {
  return parsed(text)
    .tokens.filter(({ type }) => type !== 'Comma')
    .filter(({ start, end }) => !ranges.some((one) => one.start <= start && end <= one.end))
    .map(({ start, end }) => text.slice(start, end));
}

const commentsIn = (pieces: readonly string[]): readonly string[] =>
  pieces.filter((piece) => piece.startsWith('//') || piece.startsWith('/*'));
const referencesIn = (pieces: readonly string[]): readonly string[] =>
  pieces.filter((piece) => piece.includes('$') || piece.includes('./more.json5'));

const rangesOf = (nodes: readonly Placed[]): readonly Range[] =>
  nodes.map(({ loc }) => ({ start: loc.start.offset, end: loc.end.offset }));

function assertWithin(few: readonly string[], many: readonly string[], text: string): void {
  let at = 0;
  for (const piece of few) {
    const found = many.indexOf(piece, at);
    assert.ok(found !== -1, `${piece} is lost or moved in ${text}`);
    at = found + 1;
  }
}

/** Runs a command; what it does to a config is no more than it says. @returns why it was refused. */
function run({ text, value }: GeneratedConfig, command: Command): ErrorCode | undefined {
  const expected: Written = JSON.parse(JSON.stringify(value));
  let after: string;
  try {
    after = command.edit(text) ?? text;
  } catch (error) {
    // A command is a function of the text: refused, there is nothing else that could have changed.
    assert.ok(error instanceof KnownError, String(error));
    return error.code;
  }
  assert.equal(command.model(expected), undefined, `${command.name} is to be refused: ${text}`);
  const now: JsonValue = JSON.parse(JSON.stringify(plainValue(parsed(after).root)));
  assert.deepEqual(now, expected, `${command.name} in ${text}`);

  const { root } = parsed(text);
  const gone = rangesOf(command.gone(root));
  const changed = rangesOf(command.changed?.(root) ?? []);
  const [kept, left] = [piecesOf(text, gone), piecesOf(after, [])];
  assert.deepEqual(commentsIn(left), commentsIn(kept), `comments of ${text}\nin ${after}`);
  const untouched = piecesOf(text, [...gone, ...changed]);
  assert.deepEqual(referencesIn(left), referencesIn(untouched), `references of ${text}`);
  assertWithin(untouched, left, after);
  return undefined;
}

describe('edits of any config, of all commands (properties)', function () {
  this.timeout(60_000);
  const runs = { numRuns: 400, seed: 11 };

  it('configs mean what they say, and have everything in them', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(referringConfig, ({ text, value }) => {
        assert.deepEqual(JSON.parse(JSON.stringify(plainValue(parsed(text).root))), value);
        const trailing = /,\s*[}\]]/.test(text);
        for (const [what, is] of Object.entries({
          trailing,
          include: text.includes('$include'),
          rootInclude: '$include' in value,
          reference: text.includes('${'),
          single: text.includes("'"),
          lineComment: text.includes('// c'),
          blockComment: text.includes('/* c'),
          crlf: text.includes('\r\n'),
        })) {
          if (is) seen.add(what);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
    assert.equal(seen.size, 8, [...seen].join());
  });

  for (const [name, command] of Object.entries(commands)) {
    it(`${name} changes what it names in a config that stands alone, and nothing else`, () => {
      let done = 0;
      fc.assert(
        fc.property(plainConfig, command, (config, one) => {
          const refused = run(config, one);
          if (refused === undefined) done += 1;
          else assert.equal(refused, one.model(JSON.parse(JSON.stringify(config.value))));
        }),
        runs,
      );
      assert.ok(done > 20, `only ${done} were not refused`);
    });

    it(`${name} does so beside $include and references, or refuses`, () => {
      const counts = { done: 0, refused: 0 };
      const others: readonly (ErrorCode | undefined)[] = ['binding.taken', 'binding.gone'];
      fc.assert(
        fc.property(referringConfig, command, (config, one) => {
          const refused = run(config, one);
          if (refused === undefined) counts.done += 1;
          else if (refused.startsWith('config.')) counts.refused += 1;
          else assert.ok(others.includes(refused), refused);
        }),
        runs,
      );
      assert.ok(counts.done > 20 && counts.refused > 5, JSON.stringify(counts));
    });
  }
});
