import { join } from 'node:path';
import type { HostEnvironment } from '../../src/core/documents/hostEnvironment.ts';
import { sampleStore, writeDocument } from './sampleStore.ts';

/**
 * Fills a state dir with so many agents, each with a store of its own, and a config that lists them.
 * @returns the paths of the stores.
 */
export async function writeSampleState(
  stateDir: string,
  agents: number,
  profiles: number,
  now: number,
): Promise<readonly string[]> {
  const ids = Array.from({ length: agents }, (_, n) => (n === 0 ? 'main' : `agent-${n}`));
  const list = ids.map((id) => ({ id }));
  await writeDocument(join(stateDir, 'coderclaw.json'), { agents: { list } });
  const stores = ids.map((id) => join(stateDir, 'agents', id, 'agent', 'auth-profiles.json'));
  for (const [n, store] of stores.entries()) {
    await writeDocument(store, sampleStore(profiles, `status-${n}`, now));
  }
  return stores;
}

/** A machine on which CoderClaw keeps its files in `stateDir` and nowhere else. */
export function sampleHost(stateDir: string): HostEnvironment {
  return {
    env: { CODERCLAW_STATE_DIR: stateDir },
    homedir: join(stateDir, 'nobody'),
    platform: process.platform,
  };
}
