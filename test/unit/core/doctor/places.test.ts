import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { sharedFileSystemOf } from '../../../../src/core/disk/lockOwner.ts';
import { syncServiceOf } from '../../../../src/core/doctor/checks/sharedFolder.ts';
import { heldPorts } from '../../../../src/core/doctor/checks/signInPort.ts';
import { doctorHome, secret } from './doctorHome.ts';

describe('doctor: the config', () => {
  const home = doctorHome();

  it('is found where it cannot be read or understood', async () => {
    await home().store('main', { profiles: {} });
    await home().config(`{\n  auth: { token: '${secret()}'`);
    const { facts, where, severity } = await home().only('config.invalid');
    assert.deepEqual(
      [facts.detail, facts.line, where.path],
      ['it ends too early', 2, home().configPath],
    );
    assert.equal(severity, 'error');
    await rename(home().configPath, `${home().configPath}.aside`);
    await mkdir(home().configPath);
    assert.equal((await home().only('config.unreadable')).facts.errno, 'EISDIR');
  });

  it('is found where CoderClaw would refuse it, included files and all', async () => {
    await home().store('main', { profiles: {} });
    await home().write(home().state('more.json5'), `{ order: { p: 'p:a', q: ['q:a', 1] } }`);
    home().env = { GIVEN: 'oauth' };
    const given = '$' + '{GIVEN}';
    const elsewhere = '$' + '{ELSEWHERE}';
    await home().config(`{
      auth: {
        $include: './more.json5',
        secrets: { key: '${secret()}' },
        profiles: {
          'p:a': { provider: 'p', mode: 'oauth2', token: '${secret()}' },
          'p:b': { mode: '${given}', email: 1 },
          'p:c': { provider: 'p', mode: '${elsewhere}' },
          'p:d': '${secret()}',
        },
        cooldowns: { billingMaxHours: 0, later: 1, billingBackoffHoursByProvider: { p: '5' } },
      },
      agents: { list: [{ id: 'main' }, { name: 'x' }, 7] },
    }`);
    const { facts, severity } = await home().only('config.refused');
    assert.equal(severity, 'error');
    assert.deepEqual(
      facts.flaws.map(({ key, what }) => `${key} ${what}`),
      [
        'auth.secrets unknownKey',
        'auth.profiles.p:d notAnObject',
        'auth.profiles.p:a.token unknownKey',
        'auth.profiles.p:a.mode notAMode',
        'auth.profiles.p:b.provider missing',
        'auth.profiles.p:b.email notAText',
        'auth.order.p notAList',
        'auth.order.q[1] notAText',
        'auth.cooldowns.billingMaxHours notAPositiveNumber',
        'auth.cooldowns.billingBackoffHoursByProvider.p notAPositiveNumber',
        'agents.list[2] notAnObject',
        'agents.list[1].id missing',
      ],
    );
  });

  it('is not found where all is as CoderClaw wants it', async () => {
    await home().config({
      auth: {
        profiles: { 'p:a': { provider: 'p', mode: 'token', email: 'a@x' } },
        order: { p: ['p:a'] },
        cooldowns: { billingBackoffHours: 5, failureWindowHours: 0.5 },
      },
      agents: { defaults: {}, list: [{ id: 'main' }] },
      anything: { else: 1 },
    });
    const { findings } = await home().examine();
    assert.deepEqual(
      findings.filter(({ code }) => code.startsWith('config.')),
      [],
    );
  });
});

describe('doctor: folders that others use too', () => {
  const home = doctorHome();

  it('finds those that a program copies, by their own name and behind a link', async () => {
    const real = home().path('OneDrive - Example Ltd', 'claw');
    await mkdir(real, { recursive: true });
    await symlink(real, home().state());
    await home().store('main', { profiles: {} });
    const { facts, where } = await home().only('folder.synced');
    assert.deepEqual([facts.service, where.path], ['oneDrive', home().state()]);
  });

  it('finds the folder of an agent elsewhere', async () => {
    const agentDir = home().path('Dropbox', 'agent');
    await mkdir(agentDir, { recursive: true });
    await home().config({ agents: { list: [{ id: 'main' }, { id: 'w', agentDir }] } });
    const { facts, where } = await home().only('folder.synced');
    assert.deepEqual([facts.service, where.path, where.agentId], ['dropbox', agentDir, 'w']);
  });

  it('knows the names of their folders', () => {
    for (const [path, service] of [
      ['/Users/a/Library/Mobile Documents/com~apple~CloudDocs/x', 'iCloud'],
      ['C:\\Users\\a\\iCloudDrive\\x', 'iCloud'],
      ['/Users/a/Library/CloudStorage/GoogleDrive-a@x.org/My Drive/x', 'googleDrive'],
      ['/home/a/Google Drive/x', 'googleDrive'],
      ['/home/a/Dropbox (Work)/x', 'dropbox'],
      ['C:\\Users\\a\\OneDrive', 'oneDrive'],
      ['/home/a/dropbox-clone/x', undefined],
      ['/home/a/.coderclaw', undefined],
    ] as const) {
      assert.equal(syncServiceOf(path), service, path);
    }
  });

  it('knows the file systems that others may use', async () => {
    const onLinux = process.platform === 'linux';
    assert.equal(await sharedFileSystemOf('/', async () => 0x6969), onLinux ? 'NFS' : undefined);
    assert.equal(await sharedFileSystemOf('/', async () => 0xef53), undefined);
  });
});

describe('doctor: the port of a sign-in', () => {
  it('is nothing to tell where it is free, or held by this process', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { signal } = new AbortController();
    try {
      const heldHere = await heldPorts('p', [address.port, 1], signal);
      // That this very process holds it is nothing to tell.
      if (process.platform === 'linux') assert.deepEqual(heldHere, []);
      else assert.equal(heldHere[0]?.code, 'port.held');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    assert.deepEqual(await heldPorts('p', [address.port], signal), []);
  });

  it('is found held by another process', async () => {
    const script = `require('node:net').createServer((s) => s.destroy())
      .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const port = Number(line.toString());
      const found = await heldPorts('p', [port, 1], new AbortController().signal);
      const [one, ...more] = found;
      assert.ok(one?.code === 'port.held');
      assert.deepEqual([one.facts.port, one.facts.otherPorts, more], [port, [1], []]);
      assert.deepEqual([one.severity, one.facts.provider], ['info', 'p']);
      if (process.platform === 'linux') assert.equal(one.facts.pid, child.pid);
      const all = await heldPorts('p', [port], new AbortController().signal);
      assert.equal(all[0]?.severity, 'warning');
    } finally {
      child.kill();
    }
  });
});
