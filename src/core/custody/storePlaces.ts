/**
 * Where an agent's logins may stand: its own store and the runtime cache beside it. Both need not
 * exist. Absolute paths.
 */
export interface StorePlace {
  readonly stateDir: string;
  readonly agentId: string;
  readonly storePath: string;
}
