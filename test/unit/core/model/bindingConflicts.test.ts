import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BindingMatch, ConfigBinding } from '../../../../src/core/documents/configAgents.ts';
import { bindingConflicts, takerOf } from '../../../../src/core/model/bindingConflicts.ts';

const binding = (agentId: string, match: BindingMatch): ConfigBinding => ({
  agentId,
  match,
  written: {},
});
const on = (match: Omit<BindingMatch, 'channel'> = {}): BindingMatch => ({
  channel: 'x',
  ...match,
});
const dm = (id: string) => ({ peer: { kind: 'dm', id } });

describe('what a new binding meets', () => {
  const meets = (match: BindingMatch, ...others: readonly BindingMatch[]) => {
    const bindings = others.map((one) => binding('other', one));
    const met = bindingConflicts(bindings, { agentId: 'work', match });
    return Object.entries(met).flatMap(([kind, found]) =>
      Array.isArray(found) ? found.map((one) => `${kind} ${bindings.indexOf(one)}`) : [],
    );
  };

  it('is itself, for the same agent', () => {
    const there = binding('work', { channel: 'Telegram', accountId: ' default ' });
    const { same, ...rest } = bindingConflicts([there, binding('work', on())], {
      agentId: 'work',
      match: { channel: 'telegram' },
    });
    assert.equal(same, there);
    assert.deepEqual(Object.values(rest).flat(), []);
  });

  it('is another agent with exactly the same chats', () => {
    assert.deepEqual(meets(on(dm('1')), on({ peer: { kind: 'direct', id: '1' } })), [
      'conflicts 0',
    ]);
    assert.deepEqual(meets(on(), on({ accountId: 'default' }), { channel: 'X' }), [
      'conflicts 0',
      'conflicts 1',
    ]);
    assert.deepEqual(
      meets(on({ guildId: 'g', roles: ['b', 'a'] }), on({ guildId: 'g', roles: ['a', 'b'] })),
      ['conflicts 0'],
    );
  });

  it('is nobody with other channels, accounts or chats', () => {
    assert.deepEqual(
      meets(
        on({ accountId: 'a', ...dm('1') }),
        { channel: 'y' },
        on(),
        on({ accountId: 'a', ...dm('2') }),
      ),
      [],
    );
  });

  it('is a wider one that it takes chats out of', () => {
    assert.deepEqual(meets(on(dm('1')), on(), on({ accountId: '*' }), on({ guildId: 'g' })), [
      'takesFrom 0',
      'takesFrom 1',
      'takesFrom 2',
    ]);
  });

  it('is a narrower one that keeps its chats', () => {
    assert.deepEqual(meets(on({ accountId: '*' }), on(dm('1')), on({ accountId: 'a' })), [
      'exceptions 0',
      'exceptions 1',
    ]);
  });

  it('is one before it, of the same kind, that has all its chats', () => {
    const anywhere = on({ accountId: '*', guildId: 'g' });
    assert.deepEqual(meets(on({ accountId: 'a', guildId: 'g' }), anywhere), ['shadowedBy 0']);
    assert.deepEqual(meets(anywhere, on({ accountId: 'a', guildId: 'g' })), ['exceptions 0']);
  });

  // The rule itself, tier by tier as CoderClaw goes through them, for chats and bindings of all kinds.
  interface Chat {
    readonly account: string;
    readonly peer: string;
    readonly guild?: string | undefined;
    readonly team?: string | undefined;
    readonly roles: readonly string[];
  }
  const matches = (
    { accountId, peer, guildId, teamId, roles }: BindingMatch,
    chat: Chat,
  ): boolean =>
    (accountId === '*' || (accountId ?? 'default') === chat.account) &&
    (peer === undefined || peer.id === chat.peer) &&
    (guildId === undefined || guildId === chat.guild) &&
    (teamId === undefined || teamId === chat.team) &&
    (roles === undefined || roles.some((role) => chat.roles.includes(role)));
  const tiers: readonly ((match: BindingMatch, chat: Chat) => boolean)[] = [
    ({ peer }) => peer !== undefined,
    ({ guildId, roles }, chat) => !!guildId && !!roles && !!chat.guild && chat.roles.length > 0,
    ({ guildId, roles }, chat) => !!guildId && !roles && !!chat.guild,
    ({ teamId }, chat) => !!teamId && !!chat.team,
    ({ accountId }) => accountId !== '*',
    ({ accountId }) => accountId === '*',
  ];
  const winner = (bindings: readonly ConfigBinding[], chat: Chat): ConfigBinding | undefined => {
    for (const tier of tiers) {
      const found = bindings.find(({ match }) => tier(match, chat) && matches(match, chat));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const maybe = (...values: readonly string[]) => fc.constantFrom(undefined, ...values);
  const anyMatch = fc
    .record({
      accountId: maybe('a', '*'),
      id: maybe('1', '2'),
      guildId: maybe('g', 'h'),
      teamId: maybe('t'),
      roles: fc.constantFrom(undefined, ['r'], ['r', 's']),
    })
    .map(
      ({ accountId, id, guildId, teamId, roles }): BindingMatch => ({
        channel: 'x',
        ...(accountId && { accountId }),
        ...(id && dm(id)),
        ...(guildId && { guildId }),
        ...(teamId && { teamId }),
        ...(roles && { roles }),
      }),
    );
  const chats: Chat[] = ['default', 'a'].flatMap((account) =>
    ['1', '2', '3'].flatMap((peer) =>
      [undefined, 'g', 'h'].flatMap((guild) =>
        [undefined, 't'].flatMap((team) =>
          [[], ['r'], ['s']].map((roles) => ({ account, peer, guild, team, roles })),
        ),
      ),
    ),
  );

  it('says who gets which chat, as CoderClaw decides it', () => {
    fc.assert(
      fc.property(anyMatch, anyMatch, (theirs, match) => {
        const [old, added] = [binding('other', theirs), binding('work', match)];
        const met = bindingConflicts([old], added);
        const both = chats.filter((chat) => matches(theirs, chat) && matches(match, chat));
        const taken = both.filter((chat) => winner([old, added], chat) === added);
        const ownChats = chats.filter((chat) => matches(match, chat));
        const used = ownChats.filter((chat) => winner([old, added], chat) === added);
        assert.equal(met.takesFrom.length > 0, taken.length > 0, 'takesFrom');
        const isInVain = ownChats.length > 0 && used.length === 0;
        assert.equal(met.conflicts.length + met.shadowedBy.length > 0, isInVain, 'in vain');
        const isPartly = taken.length === 0 && both.length > 0 && !isInVain;
        assert.equal(met.exceptions.length > 0, isPartly, 'exceptions');
      }),
      { numRuns: 3_000, seed: 5 },
    );
  });
});

describe('who takes chats', () => {
  it('is the binding that matches all of them and is asked first', () => {
    const any = binding('any', on({ accountId: '*' }));
    const one = binding('one', on());
    const group = binding('group', on({ peer: { kind: 'group', id: '7' } }));
    const all = [any, one, group];
    assert.equal(takerOf(all, on(dm('1'))), one);
    assert.equal(takerOf(all, on({ peer: { kind: 'group', id: '7' } })), group);
    assert.equal(takerOf(all, on({ accountId: 'b' })), any);
    assert.equal(takerOf([any, binding('later', on({ accountId: '*' }))], on()), any);
    assert.equal(takerOf([group], on()), undefined, 'it has only some of them');
    assert.equal(takerOf(all, { channel: 'y' }), undefined);
  });
});
