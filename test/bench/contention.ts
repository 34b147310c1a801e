import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleStore, writeDocument } from './sampleStore.ts';

const WARM_UP = 50;

/** What one process of a crowd is to do. */
export interface Contender {
  /** `synced` is the peer with the new name synced as well, as ours does it. */
  readonly who: 'ours' | 'peer' | 'synced';
  readonly store: string;
  /** To warm up on, with so many upserts. */
  readonly ownStore: string;
  readonly warmUp: number;
  readonly name: string;
  readonly upserts: number;
}

export interface Crowd {
  /** Acknowledged upserts in a second. */
  readonly perSecond: number;
  /** Acknowledged, and not in the store at the end. */
  readonly lost: number;
}

/**
 * Lets `processes` processes make `upserts` upserts each on one fresh store of 10 logins. The clock
 * runs from the moment all have started to the last acknowledgement.
 *
 * @param folder of its own; `worker` is the built `contender.main.js`.
 */
export async function crowdOf(
  who: Contender['who'],
  processes: number,
  upserts: number,
  { folder, worker }: { readonly folder: string; readonly worker: string },
): Promise<Crowd> {
  const store = join(folder, 'auth-profiles.json');
  await writeDocument(store, sampleStore(10, 'crowd', Date.now()));
  const ownStores = Array.from({ length: processes }, (_, n) =>
    join(folder, `own-${n}`, 'auth-profiles.json'),
  );
  for (const ownStore of ownStores)
    await writeDocument(ownStore, sampleStore(10, 'own', Date.now()));
  const children = ownStores.map((ownStore, n) => {
    const task: Contender = { who, store, ownStore, warmUp: WARM_UP, name: `w${n}`, upserts };
    return fork(worker, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  });
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const answers = children.map((child) => acknowledgedBy(child));
    const started = performance.now();
    for (const child of children) child.send('go');
    const acked = (await Promise.all(answers)).flat();
    const seconds = (performance.now() - started) / 1000;
    const { profiles } = JSON.parse(await readFile(store, 'utf8'));
    const lost = acked.filter((id) => !Object.hasOwn(profiles, id)).length;
    return { perSecond: acked.length / seconds, lost };
  } finally {
    for (const child of children) child.kill();
  }
}

async function acknowledgedBy(child: ReturnType<typeof fork>): Promise<readonly string[]> {
  const message = once(child, 'message').then(([ids]) => ids as readonly string[]);
  const exit = once(child, 'exit').then(() => {
    throw new Error('a process of the crowd ended early');
  });
  exit.catch(() => {
    // It ends after its answer, too.
  });
  return await Promise.race([message, exit]);
}
