import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { DEEPEST, isNestedWithin } from './jsonDepth.ts';

/** A config, or a file that it includes, may be this large: 4 MiB. */
const LARGEST = 4 * 1024 * 1024;

export type TextParse =
  | { readonly kind: 'parsed'; readonly value: JsonObject }
  | {
      readonly kind: 'invalid';
      readonly detail: string;
      readonly place?: { readonly line: number; readonly column: number };
    };

/**
 * The text of a config (JSON5), or of a file that one includes. Plain JSON, which is what CoderClaw
 * writes, is read without loading the JSON5 parser.
 */
export async function parseConfigText(text: string): Promise<TextParse> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    const { parseJson5, plainValue } = await import('./json5.ts');
    const parse = parseJson5(text);
    if (parse.kind === 'invalid') return parse;
    value = plainValue(parse.root);
  }
  if (!isJsonObject(value)) return { kind: 'invalid', detail: 'not an object' };
  if (!isNestedWithin(value, DEEPEST)) return { kind: 'invalid', detail: 'it is nested too deep' };
  return { kind: 'parsed', value };
}

/** The message says how large it may be. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * Opened without blocking, and only a regular file is read: a pipe would keep us waiting.
 * @throws {TooLarge}
 * @throws {Error} with an `errno` as its `code`.
 */
export async function readConfigText(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!stat.isFile()) throw Object.assign(new Error('no regular file'), { code: 'EINVAL' });
    if (stat.size > LARGEST) throw new TooLarge('larger than 4 MiB');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
