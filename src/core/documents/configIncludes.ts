import { dirname, resolve } from 'node:path';
import { errnoOf } from '../disk/errno.ts';
import { parseConfigText, readConfigText, TooLarge } from './configText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Why the parts of a config do not come together; without anything of their content. */
export class IncludeError extends Error {
  override readonly name = 'IncludeError';
}

/** How deep files may include files, and how many there may be in all. */
const DEEPEST_INCLUDE = 10;
const MOST_INCLUDES = 100;

/**
 * Follows every `$include` in `value`, which was read from `path`. A path counts from the folder of
 * the file that names it. Several files are merged in their order, and the other keys of the
 * including object are laid over that: objects key by key, lists one after the other, anything else
 * replaced.
 *
 * @throws {IncludeError} for a wrong `$include`, a circle, too many or too deep, or a part that
 * cannot be read: such a config is not in force as a whole, so none of it is guessed.
 */
export async function followIncludes(value: JsonValue, path: string): Promise<JsonValue> {
  let included = 0;

  async function follow(node: JsonValue, chain: readonly string[]): Promise<JsonValue> {
    if (Array.isArray(node)) {
      const items: JsonValue[] = [];
      for (const item of node as readonly JsonValue[]) items.push(await follow(item, chain));
      return items;
    }
    if (!isJsonObject(node)) return node;
    const rest: [string, JsonValue][] = [];
    for (const [key, item] of Object.entries(node)) {
      if (key !== '$include') rest.push([key, await follow(item, chain)]);
    }
    const own: JsonObject = Object.fromEntries(rest);
    if (!Object.hasOwn(node, '$include')) return own;
    const base = await includedBy(node, chain);
    if (rest.length === 0) return base;
    if (!isJsonObject(base))
      throw new IncludeError('an included file beside other keys is no object');
    return merged(base, own);
  }

  async function includedBy(node: JsonObject, chain: readonly string[]): Promise<JsonValue> {
    const { $include } = node;
    const names = typeof $include === 'string' ? [$include] : $include;
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
      throw new IncludeError('$include is neither a path nor a list of paths');
    }
    const parts: JsonValue[] = [];
    for (const name of names as readonly string[]) parts.push(await includeOne(name, chain));
    const [first = {}, ...others] = parts;
    return others.reduce(merged, first);
  }

  async function includeOne(name: string, chain: readonly string[]): Promise<JsonValue> {
    const target = resolve(dirname(chain.at(-1) ?? path), name);
    if (chain.includes(target)) throw new IncludeError('files include each other in a circle');
    if (chain.length > DEEPEST_INCLUDE) throw new IncludeError('files are included too deep');
    included += 1;
    if (included > MOST_INCLUDES) throw new IncludeError('too many files are included');
    return follow(await readIncluded(target), [...chain, target]);
  }

  return follow(value, [resolve(path)]);
}

async function readIncluded(path: string): Promise<JsonValue> {
  let text: string;
  try {
    text = await readConfigText(path);
  } catch (error) {
    const why = error instanceof TooLarge ? error.message : (errnoOf(error) ?? 'UNKNOWN');
    throw new IncludeError(`cannot read the included ${path}: ${why}`);
  }
  const parse = await parseConfigText(text);
  if (parse.kind === 'parsed') return parse.value;
  const where = parse.place ? ` (line ${parse.place.line}, column ${parse.place.column})` : '';
  throw new IncludeError(`the included ${path}: ${parse.detail}${where}`);
}

function merged(under: JsonValue, over: JsonValue): JsonValue {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  if (!isJsonObject(under) || !isJsonObject(over)) return over;
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    result.set(key, below === undefined ? value : merged(below, value));
  }
  return Object.fromEntries(result);
}
