import type { Credential } from '../documents/authStore.ts';
import type { StoreRead } from '../model/reads.ts';

/** An entry of `auth` in `coderclaw channels list --json`. Key names are the CLI's. */
export interface ChannelsAuthEntry {
  readonly id: string;
  /** As stored. */
  readonly provider: string;
  readonly type: Credential['type'];
  /** Always, as CoderClaw 2026.3.21 prints it. */
  readonly isExternal: false;
}

/**
 * The profiles of a store in its order, as `coderclaw channels list --json` of CoderClaw 2026.3.21 lists
 * those of main's store. Pure. `undefined` where the store could not be read whole.
 */
export function channelsAuth(store: StoreRead): readonly ChannelsAuthEntry[] | undefined {
  if (store.kind === 'absent') return [];
  if (store.kind !== 'whole') return undefined;
  return [...store.store.profiles].map(([id, { provider, type }]) => ({
    ...{ id, provider, type },
    isExternal: false,
  }));
}
