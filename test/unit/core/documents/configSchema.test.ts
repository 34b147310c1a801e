// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { PeerKind } from '../../../../src/core/documents/bindingEdits.ts';
import { readBindings } from '../../../../src/core/documents/configAgents.ts';
import { BUILT_IN_CHANNELS } from '../../../../src/core/documents/configChannels.ts';
import { flawsOf } from '../../../../src/core/documents/configFlaws.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { plainConfig, referringConfig } from '../../../support/generatedConfigs.ts';
import { complaints, namedProperties, readSchema, type Schema } from '../../../support/schemas.ts';

const schema = readSchema('coderclaw');
const complaintsOf = complaints(schema);

/** Whether CoderClaw takes a config, as far as we know its checks, and uses every binding. */
function isFlawless(config: JsonObject): boolean {
  const { bindings = [] } = config;
  return (
    flawsOf(config).length === 0 &&
    Array.isArray(bindings) &&
    readBindings(config).length === bindings.length
  );
}

const odd = fc.constantFrom(null, 5, -5, 0, '', 'x', '${NAME}', [], {}, true);
const text = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('x', '${NAME}') }, odd);
const part = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.record(members, { requiredKeys: [], noNullPrototype: true }) },
    odd,
  );
const hours = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1, 0.5) }, odd);
const profile = part({
  provider: text,
  mode: fc.oneof(fc.constantFrom('oauth', 'token', 'api_key', 'weird', 'x-${MODE}'), odd),
  email: text,
  unknown: fc.constant(1),
});
const generatedConfig = fc.record(
  {
    auth: part({
      profiles: part({ 'zai:a': profile, b: profile }),
      order: part({ zai: fc.oneof(fc.array(text, { maxLength: 2 }), odd) }),
      cooldowns: part({
        billingBackoffHours: hours,
        billingBackoffHoursByProvider: part({ zai: hours }),
        billingMaxHours: hours,
        failureWindowHours: hours,
        later: odd,
      }),
      unknown: fc.constant(1),
    }),
    agents: part({
      list: fc.oneof(fc.array(part({ id: text, later: odd }), { maxLength: 2 }), odd),
      later: odd,
    }),
    bindings: fc.array(
      part({ agentId: text, match: part({ channel: text, later: odd }), later: odd }),
      { maxLength: 2 },
    ),
    other: odd,
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

describe('the schema of coderclaw.json', () => {
  it('complains of a config exactly where CoderClaw refuses it, or of a binding that matches nothing', () => {
    let flawless = 0;
    fc.assert(
      fc.property(generatedConfig, (config) => {
        const found = complaintsOf(config);
        const expected = isFlawless(config);
        if (expected) flawless += 1;
        assert.equal(found.length === 0, expected, JSON.stringify(found));
      }),
      { numRuns: 3000 },
    );
    assert.ok(flawless > 100, `only ${flawless} of the generated configs are flawless`);
  });

  it('takes what people write, whatever else stands in it', () => {
    fc.assert(
      fc.property(plainConfig, ({ value }) => assert.deepEqual(complaintsOf(value), [])),
      { numRuns: 500 },
    );
  });

  it('takes what comes from other files, and texts from the environment, at any place', () => {
    // A reference is a text: in the place of a whole part CoderClaw refuses it.
    const inPlace = /"\$\{(PART|LIST|PROFILE)\}"/;
    fc.assert(
      fc.property(
        referringConfig.filter(({ value }) => !inPlace.test(JSON.stringify(value))),
        ({ value }) => assert.deepEqual(complaintsOf(value), []),
      ),
      { numRuns: 1000 },
    );
  });

  it('says the same as our reader of every config of the vectors', () => {
    let taken = 0;
    for (const name of [
      'config-add-profile',
      'config-add-agent',
      'config-remove-agent',
      'agents-list',
      'order',
      'health',
      'status-report',
    ]) {
      const cases = JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8')) as JsonObject[];
      for (const { before, after, config, files } of cases) {
        const written = (files as JsonObject | undefined)?.['coderclaw.json'];
        for (const one of [before, after, config, written]) {
          if (one === undefined || one === null) continue;
          const found = complaintsOf(one);
          assert.equal(
            found.length === 0,
            isFlawless(one as JsonObject),
            `${JSON.stringify(one)}: ${JSON.stringify(found)}`,
          );
          if (found.length === 0) taken += 1;
        }
      }
    }
    assert.ok(taken > 100, `${taken}`);
  });

  it('offers the channels and kinds of chats that CoderClaw has', () => {
    const kinds: Readonly<Record<PeerKind, true>> = { dm: true, group: true, channel: true };
    const { channel, peer } = schema.definitions?.['match']?.properties ?? {};
    assert.deepEqual(channel?.['examples'], BUILT_IN_CHANNELS);
    const offered = peer?.properties?.['kind']?.['anyOf'] as readonly Schema[] | undefined;
    assert.deepEqual(offered?.[0]?.enum, Object.keys(kinds));
    const of = (written: string) =>
      complaintsOf({
        bindings: [{ agentId: 'a', match: { channel: 'x', peer: { kind: written, id: '1' } } }],
      });
    for (const written of ['dm', 'direct', '${KIND}']) assert.deepEqual(of(written), [], written);
    assert.notDeepEqual(of('everyone'), []);
  });

  it('explains every key that it names', () => {
    assert.deepEqual(
      namedProperties(schema)
        .filter(([, { markdownDescription, $ref }]) => {
          const definition = typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined;
          const explained = schema.definitions?.[definition ?? '']?.markdownDescription;
          return (markdownDescription ?? explained) === undefined;
        })
        .map(([name]) => name),
      [],
    );
  });
});
