import { type AuthStore, mergeStores } from '../documents/authStore.ts';
import type { StoreRead } from './reads.ts';

/**
 * What an agent sees: the main agent's profiles with its own on top, as in CoderClaw 2026.3.21 for
 * every agent whose store is not the main one. `undefined` where the agent's own store is there but
 * could not be read whole: what it holds is not known. A main store in that plight adds nothing.
 */
export function effectiveStore(own: StoreRead, main: StoreRead): AuthStore | undefined {
  if (own.kind !== 'whole' && own.kind !== 'absent') return undefined;
  const inherited = own.path !== main.path && main.kind === 'whole' ? main.store : NOTHING;
  return own.kind === 'whole' ? mergeStores(inherited, own.store) : inherited;
}

const NOTHING: AuthStore = {
  profiles: new Map(),
  order: new Map(),
  lastGood: new Map(),
  usageStats: new Map(),
};
