import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { CliRelease } from '../../../../src/core/cliRelease.ts';
import { type Clock, systemClock } from '../../../../src/core/clock.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { type Diagnosis, examine } from '../../../../src/core/doctor/doctor.ts';
import type { Finding, FindingCode, FindingOf } from '../../../../src/core/doctor/finding.ts';
import type { PlannedChange } from '../../../../src/core/doctor/plannedChange.ts';
import { Repairs } from '../../../../src/core/doctor/repairs.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { StateReader } from '../../../../src/core/liveSnapshot/stateReader.ts';
import { buildSnapshot } from '../../../../src/core/model/buildSnapshot.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import type { ClockDifference } from '../../../../src/core/serverClocks.ts';
import { workFolder } from '../disk/workFolder.ts';

/** Stands in every secret of these tests, so that one that gets out is seen. */
export const CANARY = 'CANARY';

export const DAY = 24 * 60 * 60 * 1000;

let serial = 0;
/** Long enough that its last four characters may be shown. */
export function secret(name = String(serial++)): string {
  return `${name}-${CANARY}-0123456789abcdef-${name.length}`;
}

export function login(refresh = secret(), more: JsonObject = {}): JsonObject {
  const expires = Date.now() + 30 * DAY;
  return { type: 'oauth', provider: 'p', access: secret(), refresh, expires, ...more };
}

export function key(more: JsonObject = {}): JsonObject {
  return { type: 'api_key', provider: 'p', key: secret(), ...more };
}

/** A home folder with state folders in it, looked at and mended as the extension does. */
export class DoctorHome {
  readonly path: (...names: string[]) => string;
  readonly lines: string[] = [];
  /** Added to the time that everything here goes by, in milliseconds. */
  later = 0;
  readonly clock: Clock = {
    now: () => Date.now() + this.later,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  env: Record<string, string> = {};
  clockDifference: ClockDifference | undefined;
  cli: CliRelease | undefined;
  #reader: StateReader | undefined;
  #vault: Vault | undefined;

  constructor(path: (...names: string[]) => string) {
    this.path = path;
  }

  get host() {
    return { env: this.env, homedir: this.path(), platform: process.platform };
  }

  state(...names: string[]): string {
    return this.path('.coderclaw', ...names);
  }

  get configPath(): string {
    return this.state('coderclaw.json');
  }

  storePath(agentId = 'main', stateDir = this.state()): string {
    return join(stateDir, 'agents', agentId, 'agent', 'auth-profiles.json');
  }

  /** In any state folder; the usual one unless given. */
  async store(agentId: string, document: JsonObject | string, stateDir?: string): Promise<string> {
    const path = this.storePath(agentId, stateDir);
    const whole = typeof document === 'string' ? document : { version: 1, ...document };
    await this.write(path, whole);
    return path;
  }

  async config(content: JsonObject | string): Promise<void> {
    await this.write(this.configPath, content);
  }

  async sessions(agentId: string, content: JsonObject): Promise<string> {
    const path = this.state('agents', agentId, 'sessions', 'sessions.json');
    await this.write(path, content);
    return path;
  }

  async write(path: string, content: JsonObject | string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(path, text, { mode: 0o600 });
  }

  async json(path: string): Promise<JsonObject> {
    return JSON.parse(await readFile(path, 'utf8'));
  }

  async reads() {
    this.#reader ??= new StateReader({
      host: this.host,
      extraStateDirs: () => [],
      clock: this.clock,
      log: () => {},
    });
    return (await this.#reader.read(true)).reads;
  }

  async snapshot(): Promise<Snapshot> {
    return buildSnapshot(await this.reads(), this.clock.now());
  }

  async examine(): Promise<Diagnosis> {
    const reads = await this.reads();
    const { clockDifference, cli, host } = this;
    const diagnosis = await examine({
      ...{ reads, now: this.clock.now(), host },
      ...(clockDifference && { clockDifference }),
      ...(cli && { cli }),
    });
    assert.doesNotMatch(JSON.stringify(diagnosis), new RegExp(CANARY));
    assert.deepEqual(diagnosis.unfinished, []);
    return diagnosis;
  }

  /** The findings of one kind. */
  async find<C extends FindingCode>(code: C): Promise<readonly FindingOf<C>[]> {
    const { findings } = await this.examine();
    return findings.filter((one): one is Finding & FindingOf<C> => one.code === code);
  }

  /** The only one of its kind. */
  async only<C extends FindingCode>(code: C): Promise<Finding & FindingOf<C>> {
    const found = await this.find(code);
    assert.equal(found.length, 1, `${found.length} × ${code}`);
    return found[0] as Finding & FindingOf<C>;
  }

  get repairs(): Repairs {
    this.#vault ??= new Vault({ clock: this.clock, log: (line) => this.lines.push(line) });
    return new Repairs({
      vault: this.#vault,
      clock: this.clock,
      snapshot: () => this.snapshot(),
      log: (line) => this.lines.push(line),
    });
  }

  /**
   * Looks at what a repair would do, which must touch nothing, and does it.
   * @returns what it was to be, and the files that are another than before (relative to home).
   */
  async mend(
    finding: Finding,
  ): Promise<{ readonly planned: readonly PlannedChange[]; readonly touched: readonly string[] }> {
    const before = await this.everything();
    const planned = await this.repairs.preview(finding);
    assert.doesNotMatch(JSON.stringify(planned), new RegExp(CANARY));
    assert.deepEqual(await this.everything(), before, 'the preview has touched something');
    await this.repairs.make(finding);
    assert.doesNotMatch(this.lines.join('\n'), new RegExp(CANARY));
    const after = await this.everything();
    const names = new Set([...before.keys(), ...after.keys()]);
    const touched = [...names].filter((name) => before.get(name) !== after.get(name)).sort();
    assert.deepEqual(await this.repairs.preview(finding), [], 'it is mended, and has more to do');
    return { planned, touched };
  }

  /** Mode and content of all that is there. */
  async everything(): Promise<Map<string, string>> {
    const all = new Map<string, string>();
    const walk = async (path: string): Promise<void> => {
      const stats = await lstat(path);
      const mode = (stats.mode & 0o777).toString(8);
      const name = relative(this.path(), path);
      if (stats.isSymbolicLink()) all.set(name, `link ${await readlink(path)}`);
      else if (stats.isDirectory()) {
        all.set(name, `folder ${mode}`);
        for (const one of await readdir(path)) await walk(join(path, one));
      } else all.set(name, `${mode} ${await readFile(path, 'utf8')}`);
    };
    await walk(this.path());
    return all;
  }

  dispose(): void {
    this.#vault?.dispose();
  }
}

/** A fresh one for each test of the surrounding suite. */
export function doctorHome(): () => DoctorHome {
  const path = workFolder();
  let home: DoctorHome | undefined;
  beforeEach(() => {
    home = new DoctorHome(path);
  });
  afterEach(() => home?.dispose());
  return () => {
    assert.ok(home);
    return home;
  };
}
