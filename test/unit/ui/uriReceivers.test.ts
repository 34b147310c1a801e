import assert from 'node:assert/strict';
import { UriReceivers } from '../../../src/ui/uriReceivers.ts';

describe('addresses from outside', () => {
  it('go to the sign-in that takes them', () => {
    const receivers = new UriReceivers();
    const offered: string[] = [];
    for (const [name, takes] of [
      ['first', false],
      ['second', true],
      ['third', true],
    ] as const) {
      receivers.register((address) => {
        offered.push(`${name} ${address}`);
        return takes;
      });
    }
    assert.equal(receivers.offer('x'), 'taken');
    assert.deepEqual(offered, ['first x', 'second x']);
  });

  it('are worth a word to the person only while somebody waits for one', () => {
    const receivers = new UriReceivers();
    assert.equal(receivers.offer('x'), 'nobody');
    const registration = receivers.register(() => false);
    assert.equal(receivers.offer('x'), 'refused');
    registration.dispose();
    assert.equal(receivers.offer('x'), 'nobody');
    receivers.register(() => true);
    receivers.clear();
    assert.equal(receivers.offer('x'), 'nobody');
  });
});
