type Stored = Record<string, unknown> & {
  consumed?: number;
  grantId?: string;
  uid?: string;
  userCode?: string;
};

/** What the server remembers, in memory; one for all models, so that it can be forgotten at once. */
export class Storage {
  readonly #entries = new Map<string, Stored>();

  clear(): void {
    this.#entries.clear();
  }

  /** The adapter contract of `oidc-provider` (its docs, `adapter`). Expiry is checked by the models. */
  adapterOf(model: string): object {
    const entries = this.#entries;
    const key = (id: string) => `${model}:${id}`;
    const firstOf = (wanted: (entry: Stored) => boolean) =>
      [...entries].find(([name, entry]) => name.startsWith(`${model}:`) && wanted(entry))?.[1];
    return {
      upsert: async (id: string, payload: Stored) => void entries.set(key(id), payload),
      find: async (id: string) => entries.get(key(id)),
      findByUid: async (uid: string) => firstOf((entry) => entry.uid === uid),
      findByUserCode: async (userCode: string) => firstOf((entry) => entry.userCode === userCode),
      destroy: async (id: string) => void entries.delete(key(id)),
      consume: async (id: string) => {
        const entry = entries.get(key(id));
        if (entry !== undefined) {
          entry.consumed = Math.floor(Date.now() / 1000);
        }
      },
      revokeByGrantId: async (grantId: string) => {
        for (const [name, entry] of entries) {
          if (entry.grantId === grantId && name.startsWith(`${model}:`)) {
            entries.delete(name);
          }
        }
      },
    };
  }
}
