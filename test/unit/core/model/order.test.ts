import assert from 'node:assert/strict';
import { effectiveOrder } from '../../../../src/core/model/order.ts';
import { type ConfigDocument, configOf, storeOf, vectorCases } from './vectorCases.ts';

interface OrderCase {
  readonly now: number;
  readonly config: ConfigDocument;
  readonly store: unknown;
  readonly provider: string;
  readonly preferred?: string;
  readonly order: readonly string[];
}

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;

function key(provider = 'anthropic'): object {
  return { type: 'api_key', provider, key: 'k' };
}

function ordered(store: object, config: ConfigDocument = {}, preferred?: string) {
  return effectiveOrder({
    provider: 'anthropic',
    store: storeOf({ version: 1, ...store }),
    config: configOf(config),
    now: NOW,
    ...(preferred === undefined ? {} : { preferred }),
  });
}

describe('effectiveOrder', () => {
  vectorCases<OrderCase>('order').forEach((vector, index) => {
    it(`answers as CoderClaw: order ${index} (${vector.provider})`, () => {
      const { ids } = effectiveOrder({
        provider: vector.provider,
        store: storeOf(vector.store),
        config: configOf(vector.config),
        now: vector.now,
        ...(vector.preferred === undefined ? {} : { preferred: vector.preferred }),
      });
      assert.deepEqual(ids, vector.order);
    });
  });

  it('says which rule gave the list, the store before the config', () => {
    const profiles = { 'anthropic:a': key(), 'anthropic:b': key() };
    const listed = { 'anthropic:b': { provider: 'anthropic', mode: 'api_key' } };
    assert.equal(ordered({ profiles }).source, 'stored');
    assert.equal(ordered({ profiles }, { auth: { profiles: listed } }).source, 'configProfiles');
    const config = { auth: { profiles: listed, order: { Anthropic: ['anthropic:b'] } } };
    assert.equal(ordered({ profiles }, config).source, 'config');
    const order = { ' ANTHROPIC ': ['anthropic:a'] };
    assert.equal(ordered({ profiles, order }, config).source, 'store');
  });

  it('gives a reason for every stored profile that is not used, and for no other', () => {
    const profiles = {
      'anthropic:listed': key(),
      'anthropic:unlisted': key(),
      'anthropic:blank': { type: 'api_key', provider: 'anthropic', key: '  ' },
      'anthropic:spent': { type: 'token', provider: 'anthropic', token: 't', expires: NOW },
      'anthropic:mode': key(),
      'zai:other': key('zai'),
    };
    const entry = { provider: 'anthropic', mode: 'api_key' };
    const { ids, leftOut } = ordered(
      { profiles },
      {
        auth: {
          profiles: {
            'anthropic:listed': entry,
            'anthropic:blank': entry,
            'anthropic:spent': { provider: 'anthropic', mode: 'oauth' },
            'anthropic:mode': { provider: 'anthropic', mode: 'token' },
          },
        },
      },
    );
    assert.deepEqual(ids, ['anthropic:listed']);
    assert.deepEqual(
      [...leftOut],
      [
        ['anthropic:unlisted', 'notInConfig'],
        ['anthropic:blank', 'noSecret'],
        ['anthropic:spent', 'expired'],
        ['anthropic:mode', 'configDisagrees'],
      ],
    );
  });

  it('tells a profile left out of a written order from one hidden by the config', () => {
    const profiles = { 'anthropic:a': key(), 'anthropic:b': key() };
    const { leftOut } = ordered({ profiles, order: { anthropic: ['anthropic:a'] } });
    assert.deepEqual([...leftOut], [['anthropic:b', 'notInOrder']]);
  });

  it('puts those that pause last, soonest back first, and a preferred one before all', () => {
    const profiles = { 'anthropic:a': key(), 'anthropic:b': key(), 'anthropic:c': key() };
    const usageStats = {
      'anthropic:a': { disabledUntil: NOW + 2 * HOUR, cooldownUntil: NOW + 1 },
      'anthropic:b': { cooldownUntil: NOW + HOUR },
    };
    assert.deepEqual(ordered({ profiles, usageStats }).ids, [
      'anthropic:c',
      'anthropic:b',
      'anthropic:a',
    ]);
    assert.deepEqual(ordered({ profiles, usageStats }, {}, 'anthropic:a').ids, [
      'anthropic:a',
      'anthropic:c',
      'anthropic:b',
    ]);
    assert.deepEqual(ordered({ profiles }, {}, 'anthropic:ghost').ids.length, 3);
  });

  it('treats __proto__ and constructor as ordinary ids', () => {
    const profiles = JSON.parse(
      '{"__proto__": {"type": "api_key", "provider": "anthropic", "key": "k"}, "constructor": {"type": "api_key", "provider": "anthropic", "key": "k"}}',
    ) as object;
    assert.deepEqual(ordered({ profiles }).ids, ['__proto__', 'constructor']);
  });
});
