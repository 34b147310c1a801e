import type { ConfigRead } from '../documents/config.ts';
import type { ConfigAuth } from './order.ts';

/** What decides about profiles in a config; one that cannot be read counts as if it said nothing. */
export function readableConfig(read: ConfigRead): ConfigAuth {
  return 'config' in read ? read.config : NOTHING_CONFIGURED;
}

const NOTHING_CONFIGURED: ConfigAuth = { authProfiles: new Map(), authOrder: new Map() };
