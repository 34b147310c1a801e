/** What a row, a link or a button stands for; commands get this. Each part names one within the one before. */
export interface Target {
  /** Absolute path; empty for a finding about none. */
  readonly stateDir: string;
  readonly agentId?: string;
  /** Normalized provider id. */
  readonly provider?: string;
  readonly profileId?: string;
  readonly sessionKey?: string;
  /** Which chats: `chatsKey` of a binding. */
  readonly chats?: string;
  /** Which finding about the above: its `findingKey`. */
  readonly finding?: string;
}

/** The row of a profile. */
export type ProfileTarget = Required<
  Pick<Target, 'stateDir' | 'agentId' | 'provider' | 'profileId'>
>;
