import type { HostEnvironment } from '../../../../src/core/documents/hostEnvironment.ts';
import type { AgentRead, StateDirRead, StoreRead } from '../../../../src/core/model/reads.ts';
import {
  type ModelsStatus,
  type ModelsStatusAuth,
  modelsStatus,
} from '../../../../src/core/reports/modelsStatus.ts';
import { NOW } from '../../../support/snapshots.ts';
import { type ConfigDocument, configOf, storeOf } from '../model/vectorCases.ts';

/** What a state folder `/s` has, for tests of reports. */
export interface Given {
  readonly config?: ConfigDocument;
  /** In place of what is read of the config. */
  readonly configRead?: StateDirRead['config'];
  readonly models?: Partial<ReturnType<typeof configOf>['models']>;
  /** Profiles and more of main's store. */
  readonly main?: object;
  /** Of the agent work, which is reported on where it is given. */
  readonly work?: object;
  /** In place of what is read of the store of the agent that is reported on. */
  readonly store?: StoreRead;
  readonly env?: HostEnvironment['env'];
}

export const storePath = (agentId: string): string =>
  `/s/agents/${agentId}/agent/auth-profiles.json`;

export function dirOf({ config = {}, models = {}, main = {}, work, ...more }: Given): StateDirRead {
  const whole = (id: string, parts: object): StoreRead => ({
    kind: 'whole',
    path: storePath(id),
    store: storeOf({ version: 1, profiles: {}, ...parts }),
    problems: [],
  });
  const agent = (id: string, store: StoreRead): AgentRead => ({
    id,
    isDefault: id === 'main',
    onDiskOnly: false,
    agentDir: `/s/agents/${id}/agent`,
    store,
  });
  const mainStore = work === undefined && more.store ? more.store : whole('main', main);
  const read = configOf(config);
  return {
    path: '/s',
    label: '~/.coderclaw',
    inUse: true,
    config: more.configRead ?? {
      kind: 'whole',
      path: '/s/coderclaw.json',
      config: { ...read, models: { ...read.models, ...models } },
    },
    agents: [
      agent('main', mainStore),
      ...(work === undefined ? [] : [agent('work', more.store ?? whole('work', work))]),
    ],
    mainStore,
  };
}

/** The status of work where it is given, else of main. */
export function statusOf(given: Given): ModelsStatus {
  const dir = dirOf(given);
  const agent = dir.agents.at(-1);
  if (agent === undefined) throw new Error('no agent');
  const host: HostEnvironment = { env: given.env ?? {}, homedir: '/s', platform: 'linux' };
  return modelsStatus({ dir, agent, host, now: NOW });
}

export function authOf(given: Given): ModelsStatusAuth {
  const { auth } = statusOf(given);
  if (auth === undefined) throw new Error('nothing is known of the store');
  return auth;
}
