import { isDeepStrictEqual } from 'node:util';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';

/**
 * An intent that can be tried again after `lost`, although nobody may know whether its last attempt
 * was made (over NFS the answer to a rename can be lost). What stands as it was to be written is done.
 */
export function repeatable(intent: StoreIntent): { again: StoreIntent; lost: () => void } {
  let tried: { readonly entry: StoreIntent['entry']; readonly after: unknown } | undefined;
  let isLost = false;
  const again: StoreIntent = {
    ...intent,
    get entry() {
      return intent.entry;
    },
    apply: (document, path) => {
      if (isLost && tried && isDeepStrictEqual(entryOf(document, ...tried.entry), tried.after)) {
        return document;
      }
      const after = intent.apply(document, path);
      tried = { entry: intent.entry, after: entryOf(after, ...intent.entry) };
      return after;
    },
  };
  return {
    again,
    lost: () => {
      isLost = true;
    },
  };
}
