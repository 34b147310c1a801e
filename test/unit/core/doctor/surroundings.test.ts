import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { cliProgram } from '../../../../src/core/cliProgram.ts';
import { cliRelease } from '../../../../src/core/cliRelease.ts';
import { KNOWN_RELEASE } from '../../../../src/core/doctor/checks/cliFormat.ts';
import { surroundings } from '../../../../src/core/doctor/surroundings.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import { ServerClocks } from '../../../../src/core/serverClocks.ts';
import { doctorHome } from './doctorHome.ts';

const MIN = 60_000;

describe('doctor: the clock', () => {
  const home = doctorHome();
  const off = async (aheadMs: number) => {
    home().clockDifference = { host: 'auth.example', aheadMs };
    return home().find('clock.off');
  };

  it('is found where it differs by more than a minute, either way', async () => {
    const [ahead] = await off(MIN + 1);
    assert.deepEqual(ahead?.facts, { host: 'auth.example', aheadMs: MIN + 1 });
    assert.equal(ahead?.severity, 'warning');
    assert.equal((await off(-MIN - 1)).length, 1);
    assert.deepEqual(await off(MIN), []);
  });

  it('is an error from where logins are taken for the contrary of what they are', async () => {
    assert.equal((await off(-10 * MIN))[0]?.severity, 'error');
    assert.equal((await off(10 * MIN))[0]?.severity, 'error');
  });

  it('is heard of by an answer to any request that was made anyway', async () => {
    const date = new Date(home().clock.now() - 20 * MIN).toUTCString();
    const server = createServer((_, response) => response.writeHead(200, { date }).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const clocks = new ServerClocks(home().clock);
    const { port } = server.address() as AddressInfo;
    await (await clocks.listening(fetch)(`http://127.0.0.1:${port}/token`)).text();
    server.close();
    const parts = { clocks: async () => clocks, program: async () => undefined };
    const { clockDifference } = await surroundings({ ...parts, platform: process.platform });
    home().clockDifference = clockDifference;
    const { facts, severity } = await home().only('clock.off');
    assert.equal(severity, 'error');
    assert.ok(facts.aheadMs > 19 * MIN && facts.aheadMs <= 20 * MIN, `${facts.aheadMs}`);
  });

  it('is not found where no server was heard', async () => {
    assert.deepEqual(await home().find('clock.off'), []);
  });
});

describe('doctor: a CoderClaw of another format', () => {
  const home = doctorHome();

  /** Installs a `coderclaw` as npm does, and finds it as a terminal would. */
  async function install(manifest: object | string): Promise<string> {
    const root = home().path('lib', 'node_modules', 'coderclaw');
    await home().write(join(root, 'package.json'), manifest as string);
    await home().write(join(root, 'dist', 'coderclaw.mjs'), '');
    await chmod(join(root, 'dist', 'coderclaw.mjs'), 0o755);
    const program = home().path('bin', 'coderclaw');
    await mkdir(dirname(program), { recursive: true });
    await rm(program, { force: true });
    await symlink('../lib/node_modules/coderclaw/dist/coderclaw.mjs', program);
    const found = await cliProgram('', { PATH: dirname(program) }, home().path());
    assert.equal(found, program);
    const cli = await cliRelease(program, process.platform);
    home().cli = cli;
    return join(root, 'package.json');
  }

  it('is noted where the program is of another month', async function () {
    if (process.platform === 'win32') this.skip();
    const path = await install({ name: 'coderclaw', version: '2026.6.1' });
    const { facts, where, severity } = await home().only('cli.otherRelease');
    assert.deepEqual(facts, { version: '2026.6.1', known: KNOWN_RELEASE });
    assert.deepEqual([where.path, severity], [path, 'info']);
    await install({ name: '@somebody/coderclaw', version: '2026.3.99-1' });
    assert.deepEqual(await home().find('cli.otherRelease'), []);
  });

  it('is not guessed from the package of another program, nor from an odd one', async function () {
    if (process.platform === 'win32') this.skip();
    for (const manifest of [
      { name: 'volta', version: '2027.1.1' },
      { name: 'coderclaw', version: 7 },
      { name: 'coderclaw', version: '2027.1.1\u001b[31m' },
      '{ "name": "coderclaw", "version": "2027.1.1"',
      '[]',
    ]) {
      await install(manifest);
      assert.equal(home().cli, undefined);
    }
    assert.equal(await cliRelease('/nowhere/coderclaw', 'linux'), undefined);
  });

  it('on Windows, by the package beside the command file', async () => {
    const bin = home().path('npm');
    const path = join(bin, 'node_modules', 'coderclaw', 'package.json');
    await home().write(path, { name: 'coderclaw', version: '2026.4.2' });
    const release = await cliRelease(join(bin, 'coderclaw.cmd'), 'win32');
    assert.deepEqual(release, { version: '2026.4.2', path });
  });

  it('is found by the database that it keeps logins in, in whose folder a store may be left', async () => {
    const store = await home().store('main', { profiles: {} });
    await home().store('work', { profiles: {} });
    assert.deepEqual(await home().find('cli.database'), []);
    const database = home().state('agents', 'work', 'agent', 'coderclaw-agent.sqlite');
    await home().write(database, 'SQLite format 3');
    const { where, facts, severity } = await home().only('cli.database');
    assert.deepEqual([where.agentId, where.path, severity], ['work', database, 'error']);
    assert.equal(facts.storePath, home().storePath('work'));
    const kept = `${store}.sqlite-import.1780000000000.bak`;
    await rename(store, kept);
    const found = await home().find('cli.database');
    assert.deepEqual(
      found.map((one) => one.where.path),
      [kept, database],
    );
    await rm(database);
    await mkdir(database);
    assert.equal((await home().find('cli.database')).length, 1, 'a folder is no database');
  });
});

describe('doctor: what a look takes from around the files', () => {
  const home = doctorHome();
  const { platform } = process;
  const nobody = async () => undefined;

  it('is nothing where nobody was heard and no program is there, or none may be looked for', async () => {
    assert.deepEqual(await surroundings({ clocks: nobody, program: nobody, platform }), {});
    const clocks = async () => ({ difference: () => undefined });
    const program = async () => home().path('nowhere', 'coderclaw');
    assert.deepEqual(await surroundings({ clocks, program, platform }), {});
    const misnamed = async () => {
      throw new KnownError('cli.notAProgram', { path: 'x' });
    };
    assert.deepEqual(await surroundings({ clocks, program: misnamed, platform }), {});
  });

  it('is what servers said of the time, and the release of the program', async () => {
    const heard = { host: 'auth.example', aheadMs: 2 * MIN };
    const manifest = home().path('coderclaw', 'package.json');
    await home().write(manifest, { name: 'coderclaw', version: '2026.3.21' });
    await home().write(home().path('coderclaw', 'coderclaw.mjs'), '');
    const around = await surroundings({
      clocks: async () => ({ difference: () => heard }),
      program: async () => home().path('coderclaw', 'coderclaw.mjs'),
      platform: 'linux',
    });
    assert.deepEqual(around, {
      clockDifference: heard,
      cli: { version: '2026.3.21', path: manifest },
    });
  });

  it('fails where it failed for a reason that was not foreseen: the look says so then', async () => {
    const program = async () => {
      throw new TypeError('odd');
    };
    await assert.rejects(surroundings({ clocks: nobody, program, platform }), TypeError);
  });
});
