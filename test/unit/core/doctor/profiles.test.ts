import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { maskedConfig, maskedStore } from '../../../../src/core/doctor/maskedTexts.ts';
import { ownFolderOf } from '../../../../src/core/documents/ownFolder.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { formatRefreshEvent } from '../../../../src/core/model/refreshLog.ts';
import { DAY, doctorHome, key, login, secret } from './doctorHome.ts';

const MAIN = '.coderclaw/agents/main/agent/auth-profiles.json';
const CONFIG = '.coderclaw/coderclaw.json';
const CONFIG_AND_BACKUP = [CONFIG, `${CONFIG}.bak`];

describe('doctor: profiles that the config hides', () => {
  const home = doctorHome();

  it('lists one that it does not list, once for all agents that see it', async () => {
    await home().store('main', { profiles: { 'p:a': key(), 'p:b': login() } });
    await home().store('work', { profiles: {} });
    const text = `{ auth: { profiles: { 'p:a': { provider: 'p', mode: 'api_key' } } }, /* x */ }`;
    await home().config(text);
    const found = await home().only('profile.hidden');
    const { facts, where, severity } = found;
    assert.deepEqual(facts, { provider: 'p', why: 'notInConfig', agents: ['main', 'work'] });
    assert.deepEqual(
      [where.agentId, where.profileId, where.path, severity],
      ['main', 'p:b', home().configPath, 'warning'],
    );
    const { planned, touched } = await home().mend(found);
    assert.deepEqual(touched, CONFIG_AND_BACKUP);
    const mended = await readFile(home().configPath, 'utf8');
    assert.match(mended, /p:b.*oauth.*\/\* x \*\//s);
    assert.deepEqual(planned, [
      {
        ...{ kind: 'text', path: home().configPath },
        ...{ before: maskedConfig(text), after: maskedConfig(mended) },
      },
    ]);
    assert.deepEqual(await home().find('profile.hidden'), []);
  });

  it('puts one that its order leaves out at the end of it', async () => {
    await home().store('main', { profiles: { 'p:a': key(), 'p:b': key() } });
    await home().config({ auth: { order: { p: ['p:a'] } } });
    const found = await home().only('profile.hidden');
    assert.deepEqual([found.facts.why, found.severity], ['notInOrder', 'info']);
    assert.deepEqual((await home().mend(found)).touched, CONFIG_AND_BACKUP);
    assert.deepEqual(await home().json(home().configPath), {
      auth: { order: { p: ['p:a', 'p:b'] } },
    });
  });

  it('says nothing of what an agent leaves out by an order of its own', async () => {
    await home().store('main', {
      profiles: { 'p:a': key(), 'p:b': key() },
      order: { p: ['p:a'] },
    });
    assert.deepEqual(await home().find('profile.hidden'), []);
  });

  it('corrects what it says of a profile', async () => {
    await home().store('main', { profiles: { 'p:a': login() } });
    const said = { provider: 'p', mode: 'api_key', email: 'a@x' };
    await home().config({ auth: { profiles: { 'p:a': said } }, gateway: { token: secret() } });
    const found = await home().only('profile.configDisagrees');
    assert.deepEqual(found.facts, {
      ...{ provider: 'p', agents: ['main'] },
      ...{ stored: { provider: 'p', mode: 'oauth' }, config: { provider: 'p', mode: 'api_key' } },
    });
    const gateway = (await home().json(home().configPath))['gateway'];
    assert.deepEqual((await home().mend(found)).touched, CONFIG_AND_BACKUP);
    assert.deepEqual(await home().json(home().configPath), {
      auth: { profiles: { 'p:a': { ...said, mode: 'oauth' } } },
      gateway,
    });
    assert.deepEqual(await home().find('profile.configDisagrees'), []);
  });
});

describe('doctor: ends', () => {
  const home = doctorHome();

  it('finds what has ended or will soon, once, at whoever holds it', async () => {
    const now = Date.now();
    const token = (expires: number) => ({ type: 'token', provider: 't', token: secret(), expires });
    const dead = secret();
    const end = now + DAY;
    await home().store('main', {
      profiles: {
        't:soon': token(now + 3 * DAY),
        't:late': token(now + 8 * DAY),
        't:over': token(now - 1000),
        'p:dead': login(dead, { expires: end }),
        'p:blank': key({ key: '  ' }),
      },
    });
    await home().store('work', { profiles: {} });
    const { refreshLog } = ownFolderOf(home().state());
    const event = { kind: 'refused', token: tokenHash(dead), at: now } as const;
    await home().write(refreshLog, `${formatRefreshEvent(event)}\n`);
    const { findings } = await home().examine();
    const ends = findings
      .filter(({ code }) => /^profile\.(ending|expired|dead|broken)$/.test(code))
      .map(({ code, where, facts }) => [code, where.agentId, where.profileId, facts]);
    assert.deepEqual(ends.sort(), [
      ['profile.broken', 'main', 'p:blank', { provider: 'p', why: 'noKey' }],
      ['profile.dead', 'main', 'p:dead', { provider: 'p', end }],
      ['profile.ending', 'main', 't:soon', { provider: 't', at: now + 3 * DAY }],
      ['profile.expired', 'main', 't:over', { provider: 't', since: now - 1000 }],
    ]);
  });

  it('finds them in the store of a main agent that is not listed', async () => {
    const token = { type: 'token', provider: 't', token: secret(), expires: Date.now() - 1 };
    await home().config({ agents: { list: [{ id: 'a' }, { id: 'b' }] } });
    await home().store('a', { profiles: {} });
    await home().write(home().path('main', 'auth-profiles.json'), {
      version: 1,
      profiles: { 't:x': token },
    });
    home().env = { CODERCLAW_AGENT_DIR: home().path('main') };
    const { where } = await home().only('profile.expired');
    assert.deepEqual([where.agentId, where.path], ['a', home().path('main', 'auth-profiles.json')]);
  });

  it('writes an end in milliseconds that stands there in seconds', async () => {
    const expires = Math.floor(Date.now() / 1000) + 5000;
    const document = {
      version: 1,
      profiles: { 'p:a': login(secret(), { expires, more: [1] }), 'p:b': login() },
      usageStats: { 'p:a': { lastUsed: 5 } },
    };
    await home().store('main', document);
    const found = await home().only('expiry.inSeconds');
    assert.deepEqual(found.facts, { provider: 'p', expires, meant: expires * 1000 });
    assert.equal(found.where.profileId, 'p:a');
    const { planned, touched } = await home().mend(found);
    assert.deepEqual(touched, [MAIN]);
    const { profiles } = document;
    const meant = { ...profiles['p:a'], expires: expires * 1000 };
    const mended = { ...document, profiles: { ...profiles, 'p:a': meant } };
    assert.deepEqual(await home().json(home().storePath()), mended);
    assert.deepEqual(planned, [
      {
        ...{ kind: 'text', path: home().storePath() },
        ...{ before: maskedStore(document), after: maskedStore(mended) },
      },
    ]);
    assert.deepEqual(await home().find('expiry.inSeconds'), []);
  });

  it('leaves an end alone that somebody has written since', async () => {
    const expires = Math.floor(Date.now() / 1000);
    await home().store('main', { profiles: { 'p:a': login(secret(), { expires }) } });
    const found = await home().only('expiry.inSeconds');
    await home().store('main', { profiles: { 'p:a': login() } });
    const before = await home().everything();
    await home().repairs.make(found);
    assert.deepEqual(await home().everything(), before);
  });
});
