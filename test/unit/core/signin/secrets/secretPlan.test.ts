import assert from 'node:assert/strict';
import type { JsonValue } from '../../../../../src/core/documents/json.ts';
import { planSecret } from '../../../../../src/core/signin/secrets/secretPlan.ts';

const key = (value: string): JsonValue => ({ type: 'api_key', provider: 'p', key: value });

function plan(typedName: string | undefined, ...stored: readonly (readonly [string, JsonValue])[]) {
  return planSecret({
    provider: 'p',
    secret: 'mine',
    ...(typedName === undefined ? {} : { typedName }),
    existing: stored.map(([name, entry]) => ({ id: `p:${name}`, entry })),
  });
}

describe('where a key goes', () => {
  it('by the name that was typed, or "default"', () => {
    assert.deepEqual(plan('My Key!'), { profileId: 'p:my-key', situation: 'new' });
    assert.deepEqual(plan(undefined), { profileId: 'p:default', situation: 'new' });
    assert.deepEqual(plan(' ', ['work', key('x')]), { profileId: 'p:default', situation: 'new' });
  });

  it('S26: what stands there is never taken for the same by what it does not say', () => {
    for (const there of [key('x'), { ...(key('x') as object), email: 'a@b.c' }, {}, 'odd']) {
      assert.deepEqual(plan('work', ['work', there], ['work-2', {}]), {
        profileId: 'p:work',
        situation: 'taken',
        suggestion: 'p:work-3',
      });
    }
  });

  it('the same secret is where it is, unless another name was typed', () => {
    const same = { profileId: 'p:work', situation: 'sameSecret' };
    assert.deepEqual(plan('Work', ['work', key('mine')]), same);
    assert.deepEqual(plan(undefined, ['work', key('mine')]), same);
    assert.deepEqual(plan(undefined, ['work', { type: 'token', token: 'mine' }]), same);
    assert.deepEqual(plan('other', ['work', key('mine')]), {
      profileId: 'p:other',
      situation: 'new',
    });
  });
});
