import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { changedIds } from '../../../../src/ui/tree/changedIds.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import {
  agent,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

function rows(states: readonly ProfileState[], now = NOW): readonly TreeNode[] {
  const profiles = states.map((state, index) => profile(`openai-codex:p${index}`, state));
  return treeOf({
    ...snapshot(
      stateDir('/state', [
        agent('main', { providers: [provider('openai-codex', ...profiles)] }),
        agent('work'),
      ]),
    ),
    takenAt: now,
  });
}

describe('which rows are drawn again', () => {
  const calm: ProfileState = { kind: 'renews', at: NOW + 5 * HOUR };

  it('none when nothing changed', () => {
    assert.deepEqual(changedIds(rows([calm, calm]), rows([calm, calm])), []);
  });

  it('one row for one changed profile among a thousand', () => {
    const before: ProfileState[] = Array.from({ length: 1000 }, () => calm);
    const after = before.with(500, { kind: 'dead' });
    const changed = changedIds(rows(before), rows(after));
    assert.equal(changed.length, 1);
    assert.match(String(changed[0]), /openai-codex:p500$/);
  });

  it('a row of which only the hover says something else', () => {
    // Both read `5 h`; the exact times differ.
    const later: ProfileState = { kind: 'renews', at: NOW + 5 * HOUR + 3 * MINUTE };
    assert.deepEqual(changedIds(rows([calm, calm]), rows([calm, later])), [
      'profile /state main openai-codex openai-codex:p1',
    ]);
  });

  it('none when only time went by, and no row reads differently', () => {
    const states: ProfileState[] = [
      { kind: 'renews', at: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'lasts', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'ending', at: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'cooling', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'disabled', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'expired', since: NOW - 5 * HOUR },
    ];
    assert.deepEqual(changedIds(rows(states), rows(states, NOW + MINUTE)), []);
  });

  it('the provider when a profile came or went', () => {
    assert.deepEqual(changedIds(rows([calm]), rows([calm, calm])), [
      'provider /state main openai-codex',
    ]);
  });

  it('everything when an agent came or went', () => {
    assert.equal(changedIds(rows([calm]), []), 'all');
  });
});
