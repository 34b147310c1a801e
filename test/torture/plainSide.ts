import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../../src/core/documents/json.ts';
import { setOrder } from '../../src/core/documents/orderIntents.ts';
import {
  entryOf,
  removeProfile,
  type StoreIntent,
  upsertProfile,
} from '../../src/core/documents/storeIntents.ts';
import { changesBetween, parsedOrEmpty } from './events.ts';
import type { Side, SideParts } from './side.ts';
import { machineTime } from './time.ts';
import { versionOf } from './versions.ts';

/** How a program that is not ours locks and writes a store. */
export interface PlainWriter {
  locked<T>(path: string, task: () => Promise<T>): Promise<T>;
  write(path: string, text: string): Promise<void>;
}

/**
 * Careful in the usual way: lock, read, change, write; refresh under the lock of the one store, where
 * the access token has run out. Nothing is looked at again, nothing remembered.
 */
export function plainSide(writer: PlainWriter, { task, log, fetch }: SideParts): Side {
  async function change(path: string, edit: (document: JsonObject) => JsonObject): Promise<void> {
    const bytes = readFileSync(path);
    const before = versionOf(path, bytes);
    const old = parsedOrEmpty(bytes.toString()) as JsonObject;
    const now = edit(old);
    const from = machineTime();
    const text = `${JSON.stringify(now, null, 2)}\n`;
    await writer.write(path, text);
    const after = versionOf(path, Buffer.from(text));
    log.write({ kind: 'commit', from, path, before, after, changes: changesBetween(old, now) });
  }

  const commit = (path: string, intent: StoreIntent): Promise<void> =>
    writer.locked(path, () => change(path, (document) => intent.apply(document, path)));

  return {
    store: ({ storePath }, profileId, credential) =>
      commit(storePath, upsertProfile(profileId, credential)),
    order: ({ storePath }, provider, ids) => commit(storePath, setOrder(provider, ids)),
    remove: ({ storePath }, profileId) => commit(storePath, removeProfile(profileId)),
    refresh: ({ storePath }, profileId) =>
      writer.locked(storePath, async () => {
        const document = parsedOrEmpty(readFileSync(storePath, 'utf8')) as JsonObject;
        const stored = entryOf(document, 'profiles', profileId) as JsonObject | undefined;
        if (stored === undefined) return 'gone';
        if (Number(stored['expires']) > Date.now()) return 'adopted';
        const answer = await fetch(`${task.origin}/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'refresh_token',
            refresh_token: String(stored['refresh']),
          }),
        });
        if (answer.status !== 200) return answer.status === 400 ? 'dead' : 'transient';
        const tokens = parsedOrEmpty(await answer.text()) as Readonly<Record<string, JsonValue>>;
        if (typeof tokens['access_token'] !== 'string') return 'unsure';
        const renewed = {
          ...stored,
          access: tokens['access_token'],
          refresh: tokens['refresh_token'] ?? stored['refresh'] ?? '',
          expires: Date.now() + Number(tokens['expires_in'] ?? 3600) * 1000,
        };
        await change(storePath, (fresh) =>
          upsertProfile(profileId, renewed).apply(fresh, storePath),
        );
        return 'refreshed';
      }),
    rest: async () => {},
  };
}
