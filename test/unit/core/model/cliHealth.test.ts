import assert from 'node:assert/strict';
import { cliHealth } from '../../../../src/core/model/cliHealth.ts';
import { type ConfigDocument, configOf, storeOf, vectorCases } from './vectorCases.ts';

interface HealthCase {
  readonly now: number;
  readonly config: ConfigDocument;
  readonly store: unknown;
  readonly profiles: readonly unknown[];
  readonly providers: readonly unknown[];
}

describe('cliHealth', () => {
  vectorCases<HealthCase>('health').forEach((vector, index) => {
    it(`uses CoderClaw's words: health ${index}`, () => {
      const health = cliHealth(storeOf(vector.store), configOf(vector.config), vector.now);
      assert.deepEqual(health, { profiles: vector.profiles, providers: vector.providers });
    });
  });
});
