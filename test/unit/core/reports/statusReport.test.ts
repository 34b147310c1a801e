import assert from 'node:assert/strict';
import type { HostEnvironment } from '../../../../src/core/documents/hostEnvironment.ts';
import { buildSnapshot } from '../../../../src/core/model/buildSnapshot.ts';
import { type ReportedAgent, statusReports } from '../../../../src/core/reports/statusReport.ts';
import { NOW } from '../../../support/snapshots.ts';
import { dirOf } from './scenes.ts';

const host: HostEnvironment = { env: {}, homedir: '/home/ann', platform: 'linux' };
const dir = dirOf({ work: {} });
const reads = { stateDirs: [dir, { ...dir, path: '/other', inUse: false }], lookedIn: [] };

function reported(only?: ReportedAgent): readonly (readonly [string, string])[] {
  const query = { reads, snapshot: buildSnapshot(reads, NOW), host, now: NOW };
  return statusReports({ ...query, ...(only && { only }) }).map(
    ({ stateDir, agent, status: { agentId } }) => {
      assert.equal(agentId, agent.id);
      return [stateDir.path, agent.id];
    },
  );
}

describe('status reports', () => {
  it('are of all agents of all state folders, or of one', () => {
    assert.deepEqual(reported(), [
      ['/s', 'main'],
      ['/s', 'work'],
      ['/other', 'main'],
      ['/other', 'work'],
    ]);
    assert.deepEqual(reported({ stateDir: '/other', agentId: 'work' }), [['/other', 'work']]);
  });

  it('are none of what is not there', () => {
    assert.deepEqual(reported({ stateDir: '/s', agentId: 'gone' }), []);
    assert.deepEqual(reported({ stateDir: '/gone', agentId: 'main' }), []);
  });
});
