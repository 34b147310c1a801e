import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callsIn } from '../../disk/callsIn.ts';
import type { Checkpoint } from '../../disk/checkpoint.ts';
import { asDiskError, errnoOf } from '../../disk/diskError.ts';
import { makePrivateFolder, syncFolder } from '../../disk/folder.ts';
import { renameFile } from '../../disk/renameFile.ts';
import { unlinkIfThere } from '../../disk/temporaryFiles.ts';
import type { JsonObject } from '../../documents/json.ts';
import {
  formatAnswer,
  formatEntry,
  HEADER_BYTES,
  type JournalHeader,
  MADE,
} from './journalFile.ts';

/** An entry in the hands of its owner. */
export interface JournalSlot {
  readonly id: string;
  readonly path: string;
  /**
   * Adds the answer, once. When it resolves, the answer is on stable storage; a process that is killed
   * on the way leaves all of it or none. When it rejects, it may be tried again. Should somebody have
   * given this owner up for dead and dropped the entry, it is made anew.
   *
   * @throws {KnownError} `disk.full` only beyond the reserved room; `disk.readOnly`, `disk.failed`.
   */
  answer(body: JsonObject): Promise<void>;
  /**
   * Notes that what is promised has been in its store, so that everybody knows that it was undone if
   * it is not there. Not durable: after a power cut nobody is left who could undo it. Never rejects:
   * without that note it is only less well looked after.
   */
  made(): Promise<void>;
  /**
   * Deletes the entry; one that is not there any more is fine.
   * @throws {KnownError} `disk.readOnly`, `disk.failed`.
   */
  drop(): Promise<void>;
}

export interface SlotPlan {
  readonly id: string;
  readonly path: string;
  /** In the same folder: an entry has its name only once it is whole. */
  readonly temporary: string;
  readonly header: JournalHeader;
  readonly checkpoint: Checkpoint | undefined;
  readonly onDropped: () => void;
}

/**
 * Makes an entry, durably.
 * @throws {KnownError} `disk.*`: then there is no entry.
 */
export async function openSlot(plan: SlotPlan): Promise<JournalSlot> {
  await publish(plan, formatEntry(plan.header));
  await plan.checkpoint?.('journal.opened');
  return new OpenSlot(plan);
}

class OpenSlot implements JournalSlot {
  readonly id: string;
  readonly path: string;
  readonly #plan: SlotPlan;
  #isOver = false;

  constructor(plan: SlotPlan) {
    this.id = plan.id;
    this.path = plan.path;
    this.#plan = plan;
  }

  async answer(body: JsonObject): Promise<void> {
    if (this.#isOver) throw new Error('this entry was answered or dropped before');
    const answer = formatAnswer(body);
    try {
      if (!(await this.#writeInPlace(answer))) {
        const header = formatEntry(this.#plan.header).subarray(0, HEADER_BYTES);
        await publish(this.#plan, Buffer.concat([header, answer]));
      }
    } catch (error) {
      throw asDiskError(error, this.path);
    }
    this.#isOver = true;
    await this.#plan.checkpoint?.('journal.answered');
  }

  made(): Promise<void> {
    return markMade(this.path);
  }

  async drop(): Promise<void> {
    this.#isOver = true;
    try {
      await unlinkIfThere(this.path);
      this.#plan.onDropped();
    } catch (error) {
      throw asDiskError(error, this.path);
    }
  }

  /** @returns false if the entry is gone, and the answer with it. */
  async #writeInPlace(answer: Buffer): Promise<boolean> {
    let handle: FileHandle;
    try {
      handle = await open(this.path, constants.O_RDWR | constants.O_NOFOLLOW);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
    try {
      await writeWhole(handle, answer, HEADER_BYTES);
      return (await handle.stat()).nlink > 0;
    } finally {
      await handle.close();
    }
  }
}

/** {@link JournalSlot.made} of the entry at a path, if there is one. */
export async function markMade(path: string): Promise<void> {
  try {
    const calls = await callsIn(dirname(path));
    const file = await calls.open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      await file.overwrite(MADE);
    } finally {
      await file.close();
    }
  } catch {
    // It is gone already, or not ours to write.
  }
}

/** Puts a whole file at the path of an entry, durably. */
async function publish(plan: SlotPlan, bytes: Buffer): Promise<void> {
  const { path, temporary, checkpoint } = plan;
  try {
    await makePrivateFolder(dirname(path));
    await writeNew(temporary, bytes);
    await checkpoint?.('journal.written');
    await renameFile(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    for (const left of [temporary, path]) await unlinkIfThere(left).catch(() => {});
    throw asDiskError(error, path);
  }
}

async function writeNew(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'wx+', 0o600);
  try {
    await writeWhole(handle, bytes, 0);
  } finally {
    await handle.close();
  }
}

/** Writes, makes durable, and looks: a full disk can end a write early without any error. */
async function writeWhole(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  await handle.write(bytes, 0, bytes.length, at);
  await handle.sync();
  const written = Buffer.alloc(bytes.length);
  const { bytesRead } = await handle.read(written, 0, written.length, at);
  if (bytesRead === bytes.length && written.equals(bytes)) return;
  throw Object.assign(new Error('short write'), { code: 'ENOSPC', syscall: 'write' });
}
