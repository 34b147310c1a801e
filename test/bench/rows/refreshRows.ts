import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorePlace } from '../../../src/core/custody/storePlaces.ts';
import type { RefreshTask } from '../../process/refreshers.ts';
import { StrictTokenServer } from '../../support/strictTokenServer.ts';
import { peerUpsert } from '../peerStore.ts';
import { writeDocument } from '../sampleStore.ts';
import type { Row } from '../table.ts';

const ID = 'openai-codex:ann';
const CALLERS = 50;
const PROCESSES = 8;

/** How many token requests one expired login costs when many want it renewed at once. */
export async function refreshRows(folder: string, worker: string): Promise<Row[]> {
  const ours = (processes: number) => async (place: StorePlace, tokenEndpoint: string) => {
    const task = { tokenEndpoint, places: [place], profileId: ID, callers: CALLERS };
    await Promise.all(Array.from({ length: processes }, () => refresher(worker, task)));
  };
  const naive = async ({ storePath }: StorePlace, tokenEndpoint: string) => {
    const callers = Array.from({ length: CALLERS }, () => naiveRefresh(storePath, tokenEndpoint));
    await Promise.allSettled(callers);
  };
  const [one, many, peer] = [
    await requestsOf(join(folder, 'refresh-one'), ours(1)),
    await requestsOf(join(folder, 'refresh-many'), ours(PROCESSES)),
    await requestsOf(join(folder, 'refresh-naive'), naive, false),
  ];
  const common = { unit: 'requests', peer: 1, target: { atMost: 1 } };
  return [
    {
      name: 'tokenRequests50',
      ...common,
      ours: one,
      note: `${CALLERS} callers in one process, one expired login; the limit (read, send, write under a lock: ${peer})`,
    },
    {
      name: 'tokenRequests8x50',
      ...common,
      ours: many,
      note: `${PROCESSES} processes with ${CALLERS} callers each, one expired login; the limit`,
    },
  ];
}

/** The token requests that `work` makes for one expired login; throws if nobody got it renewed. */
async function requestsOf(
  stateDir: string,
  work: (place: StorePlace, tokenEndpoint: string) => Promise<void>,
  slowly = true,
): Promise<number> {
  // An answer that takes its time lets everybody come in between.
  const modeOf = () => (slowly ? 'slow' : undefined);
  const server = await new StrictTokenServer({ delayMs: 200, modeOf }).start();
  try {
    const storePath = join(stateDir, 'agents', 'main', 'agent', 'auth-profiles.json');
    const { access, refresh } = server.issue();
    const profile = { type: 'oauth', provider: 'openai-codex', access, refresh, expires: 1 };
    await writeDocument(storePath, { version: 1, profiles: { [ID]: profile } });
    await work({ stateDir, agentId: 'main', storePath }, server.tokenEndpoint);
    if (server.count('rotated') === 0) throw new Error('the login was not renewed');
    return server.requests.length;
  } finally {
    await server.close();
  }
}

async function refresher(worker: string, task: RefreshTask): Promise<void> {
  const child = spawn(process.execPath, [worker, JSON.stringify(task)], { stdio: 'ignore' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a refreshing process ended with ${code}`);
}

/** As programs do it that lock only their write. */
async function naiveRefresh(storePath: string, tokenEndpoint: string): Promise<void> {
  const profile = JSON.parse(await readFile(storePath, 'utf8')).profiles[ID];
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: profile.refresh });
  const response = await fetch(tokenEndpoint, { method: 'POST', body });
  if (!response.ok) return;
  const tokens = (await response.json()) as { access_token: string; refresh_token: string };
  const { access_token: access, refresh_token: refresh } = tokens;
  await peerUpsert(storePath, ID, { ...profile, access, refresh, expires: Date.now() + 3_600_000 });
}
