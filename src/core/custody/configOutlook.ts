import { errnoOf } from '../disk/errno.ts';
import { followIncludes, IncludeError } from '../documents/configIncludes.ts';
import { parseConfigText, readConfigText, TooLarge } from '../documents/configText.ts';
import type { JsonValue } from '../documents/json.ts';
import { KnownError } from '../errors.ts';

/** A config as it stands at this moment. */
export interface ConfigLook {
  /** Undefined where there is none. */
  readonly text: string | undefined;
  /** What it says, its includes followed; `${ENV}` as it is written. */
  readonly root: JsonValue;
}

/**
 * Reads a config (absolute path) with all that it includes. An edit works on the text of one file, and
 * cannot see what another adds to it: whoever makes one looks before, and at what it would come to.
 * Takes no lock.
 * @throws {KnownError} `config.unreadable`, `config.invalid`
 */
export async function lookAtConfig(path: string): Promise<ConfigLook> {
  const text = await textAt(path);
  return { text, root: await wholeOf(path, text) };
}

/**
 * What a config would say with this text in the place of its own.
 * @throws {KnownError} `config.invalid`
 */
export async function wholeOf(path: string, text: string | undefined): Promise<JsonValue> {
  if (text === undefined) return {};
  const parse = await parseConfigText(text);
  if (parse.kind === 'invalid') {
    throw new KnownError('config.invalid', { path, detail: parse.detail, ...parse.place });
  }
  try {
    return await followIncludes(parse.value, path);
  } catch (error) {
    if (!(error instanceof IncludeError)) throw error;
    throw new KnownError('config.invalid', { path, detail: error.message });
  }
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readConfigText(path);
  } catch (error) {
    if (error instanceof TooLarge) {
      throw new KnownError('config.invalid', { path, detail: error.message });
    }
    const errno = errnoOf(error) ?? 'UNKNOWN';
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw new KnownError('config.unreadable', { path, errno }, { cause: error });
  }
}
