import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { maskedConfig, maskedStore } from '../../../../src/core/doctor/maskedTexts.ts';
import { CANARY, doctorHome, key, login, secret } from './doctorHome.ts';

const MAIN = '.coderclaw/agents/main/agent/auth-profiles.json';
const WORK = '.coderclaw/agents/work/agent/auth-profiles.json';
const CONFIG = '.coderclaw/coderclaw.json';

describe('doctor: orders and pins that name nothing', () => {
  const home = doctorHome();

  it('takes them out of a store, all spellings and other entries as they stand', async () => {
    const document = {
      version: 1,
      profiles: { 'p:a': login(), 'q:a': login(secret(), { provider: 'q' }) },
      order: { p: [' p:gone ', 'p:a', 7, 'q:a'], q: ['q:a'], r: ['r:x'] },
      future: { k: [secret()] },
    };
    await home().store('main', document);
    const [first, second, ...more] = await home().find('order.ghosts');
    assert.ok(first && second);
    assert.deepEqual(more, []);
    const { facts, where } = first;
    assert.deepEqual(facts, { writtenIn: 'store', key: 'p', ids: ['p:gone', 'q:a'] });
    assert.deepEqual([where.agentId, where.path], ['main', home().storePath()]);
    const { planned, touched } = await home().mend(first);
    assert.deepEqual(touched, [MAIN]);
    const mended = { ...document, order: { p: ['p:a', 7], q: ['q:a'], r: ['r:x'] } };
    assert.deepEqual(await home().json(home().storePath()), mended);
    assert.deepEqual(planned, [
      {
        ...{ kind: 'text', path: home().storePath() },
        ...{ before: maskedStore(document), after: maskedStore(mended) },
      },
    ]);
    // A list of nothing but ghosts goes.
    assert.deepEqual(second.facts.ids, ['r:x']);
    await home().mend(second);
    assert.deepEqual((await home().json(home().storePath()))['order'], {
      p: ['p:a', 7],
      q: ['q:a'],
    });
    assert.deepEqual(await home().find('order.ghosts'), []);
  });

  it('knows what an agent inherits, and for whom main writes its order', async () => {
    await home().store('main', { profiles: { 'p:m': key() }, order: { p: ['p:m', 'p:w', 'p:x'] } });
    await home().store('work', { profiles: { 'p:w': key() }, order: { p: ['p:m', 'p:w', 'p:y'] } });
    const found = await home().find('order.ghosts');
    assert.deepEqual(
      found.map(({ where, facts }) => [where.agentId, facts.ids]),
      [
        ['main', ['p:x']],
        ['work', ['p:y']],
      ],
    );
    for (const one of found) await home().mend(one);
    const { order } = await home().json(home().storePath('work'));
    assert.deepEqual(order, { p: ['p:m', 'p:w'] });
    assert.deepEqual((await home().json(home().storePath()))['order'], { p: ['p:m', 'p:w'] });
  });

  it('knows nothing where a store cannot be read, and takes nothing out then', async () => {
    await home().store('main', { profiles: {}, order: { p: ['p:x'] } });
    const found = await home().only('order.ghosts');
    await home().store('work', '{');
    home().later = 5000;
    assert.deepEqual(await home().find('order.ghosts'), []);
    await assert.rejects(home().repairs.make(found), { code: 'store.torn' });
    await rm(home().storePath('work'));
    await home().store('work', { profiles: { 'p:x': key() } });
    const before = await home().everything();
    assert.deepEqual(await home().repairs.preview(found), []);
    await home().repairs.make(found);
    assert.deepEqual(await home().everything(), before, 'it is stored by now');
  });

  it('takes them out of the config, comments and all else as they stand', async () => {
    await home().store('work', { profiles: { 'p:a': key() } });
    const text = `{
  // mine
  gateway: { auth: { token: '${secret()}' } }, // ${'sk-ant-'}${CANARY}0123456789
  auth: { order: { P: ['p:gone', /* first */ 'p:a'], q: ["q:gone"] } },
}
`;
    await home().config(text);
    const found = await home().find('order.ghosts');
    assert.deepEqual(
      found.map(({ facts }) => facts),
      [
        { writtenIn: 'config', key: 'P', ids: ['p:gone'] },
        { writtenIn: 'config', key: 'q', ids: ['q:gone'] },
      ],
    );
    const [first, second] = found;
    assert.ok(first && second);
    const { planned, touched } = await home().mend(first);
    assert.deepEqual(touched, [CONFIG, `${CONFIG}.bak`]);
    const mended = text.replace("'p:gone', ", '');
    assert.equal(await readFile(home().configPath, 'utf8'), mended);
    assert.deepEqual(planned, [
      {
        ...{ kind: 'text', path: home().configPath },
        ...{ before: maskedConfig(text), after: maskedConfig(mended) },
      },
    ]);
    await home().mend(second);
    assert.doesNotMatch(await readFile(home().configPath, 'utf8'), /q:/);
    assert.deepEqual(await home().find('order.ghosts'), []);
  });

  it('leaves an entry of the config alone whose profile is stored by then', async () => {
    await home().store('main', { profiles: {} });
    await home().config({ auth: { order: { p: ['p:a', 'p:b'] } } });
    const found = await home().only('order.ghosts');
    await home().store('work', { profiles: { 'p:a': key() } });
    await home().mend(found);
    assert.deepEqual(await home().json(home().configPath), { auth: { order: { p: ['p:a'] } } });
  });

  it('refuses an order of the config that stands in another file', async () => {
    await home().store('main', { profiles: {} });
    await home().write(home().state('more.json5'), `{ order: { p: ['p:a'] } }`);
    await home().config({ auth: { $include: './more.json5' } });
    const found = await home().only('order.ghosts');
    const before = await home().everything();
    await assert.rejects(home().repairs.preview(found), { code: 'config.notEditable' });
    await assert.rejects(home().repairs.make(found), { code: 'config.notEditable' });
    assert.deepEqual(await home().everything(), before);
  });

  it('asks every state folder that shares a config', async () => {
    await home().config({ auth: { order: { p: ['p:a', 'p:b'] } } });
    await home().store('main', { profiles: { 'p:a': key() } });
    const other = home().state('0123abcd');
    await home().store('main', { profiles: { 'p:b': key() } }, other);
    assert.equal((await home().snapshot()).stateDirs.length, 2);
    assert.deepEqual(await home().find('order.ghosts'), []);
    await rm(join(other, 'agents'), { recursive: true });
    assert.deepEqual((await home().only('order.ghosts')).facts.ids, ['p:b']);
  });

  it('takes off stale pins, and no other', async () => {
    await home().store('main', { profiles: { 'p:a': key() } });
    const pin = (profileId: string) => ({
      ...{ updatedAt: 5, sessionId: 's', authProfileOverride: profileId },
      ...{ authProfileOverrideSource: 'user', lastTo: CANARY },
    });
    const path = await home().sessions('main', {
      'agent:main:a': pin('p:a'),
      'agent:main:b': pin('p:gone'),
      'agent:main:c': { updatedAt: 1 },
    });
    const found = await home().only('sessions.stalePins');
    assert.deepEqual(found.facts.pins, [{ sessionKey: 'agent:main:b', profileId: 'p:gone' }]);
    const { planned, touched } = await home().mend(found);
    assert.deepEqual(
      touched.map((name) => home().path(name)),
      [path],
    );
    const list = await home().json(path);
    assert.deepEqual(list['agent:main:a'], pin('p:a'));
    assert.equal(JSON.stringify(list['agent:main:b']).includes('p:gone'), false);
    const [change] = planned;
    assert.ok(change?.kind === 'text' && change.isExcerpt);
    assert.deepEqual(JSON.parse(change.before ?? ''), {
      'agent:main:b': {
        ...{ updatedAt: 5, authProfileOverride: 'p:gone', authProfileOverrideSource: 'user' },
      },
    });
    assert.deepEqual(await home().find('sessions.stalePins'), []);
    assert.equal((await home().everything()).has(WORK), false);
  });
});
