import type {
  ArrayNode,
  ElementNode,
  MemberNode,
  ObjectNode,
  ValueNode,
} from '@humanwhocodes/momoa';
import { KnownError } from '../errors.ts';
import type { JsonValue } from './json.ts';
import { type Json5Token, keyOf, parseJson5, placeOf } from './json5.ts';

/**
 * A JSON5 text that is changed by cutting and inserting at the places of its nodes, so that
 * everything that a change does not name stays as it is, byte for byte: comments, quotes, order,
 * indentation, trailing commas, line ends. Nodes are valid until the next change.
 */
export class EditableJson5 {
  #text: string;
  #root: ValueNode;
  #tokens: readonly Json5Token[];
  readonly #path: string;

  /** @throws {KnownError} `config.invalid` where the text is not JSON5. `path` is for messages. */
  constructor(text: string, path: string) {
    this.#path = path;
    this.#text = text;
    ({ root: this.#root, tokens: this.#tokens } = this.#parsed());
  }

  get text(): string {
    return this.#text;
  }

  get root(): ValueNode {
    return this.#root;
  }

  /** @throws {KnownError} always: `config.invalid` at the place of `node`. */
  refuse(node: ValueNode, detail: string): never {
    const { line, column } = placeOf(this.#text, node.loc.start.offset);
    throw new KnownError('config.invalid', { path: this.#path, detail, line, column });
  }

  /** Adds a member at the end of an object. */
  addMember(object: ObjectNode, key: string, value: JsonValue): void {
    this.#addLast(
      object,
      object.members,
      (indent) => `${JSON.stringify(key)}: ${this.#written(value, indent)}`,
    );
  }

  /** Adds texts at the end of a list. `raw` is how each stands in the file, quotes included. */
  addItem(list: ArrayNode, raw: string): void {
    this.#addLast(list, list.elements, () => raw);
  }

  /** Adds a plain value at the end of a list. */
  addItemOf(list: ArrayNode, value: JsonValue): void {
    this.#addLast(list, list.elements, (indent) => this.#written(value, indent));
  }

  /** Adds a text at the beginning of a list. */
  addFirstItem(list: ArrayNode, raw: string): void {
    const first = list.elements[0];
    if (first === undefined) {
      this.addItem(list, raw);
      return;
    }
    const at = first.loc.start.offset;
    const indent = this.#ownLineIndent(at);
    const gap = indent === undefined ? ' ' : this.#lineEnd() + indent;
    this.#splice([{ start: at, end: at, text: `${raw},${gap}` }]);
  }

  /** Puts a plain value in the place of another. */
  replace(node: ValueNode, value: JsonValue): void {
    const { start, end } = rangeOf(node);
    const indent = this.#lineIndent(start);
    this.#splice([{ start, end, text: this.#written(value, indent) }]);
  }

  /** Puts raw texts in the places of nodes, all at once. */
  replaceRaw(changes: readonly { readonly node: ValueNode; readonly raw: string }[]): void {
    this.#splice(changes.map(({ node, raw }) => ({ ...rangeOf(node), text: raw })));
  }

  /** How a node stands in the file. */
  rawOf(node: ValueNode): string {
    const { start, end } = rangeOf(node);
    return this.#text.slice(start, end);
  }

  /**
   * Removes a member or a list entry, one comma, and its line where nothing else is on it.
   * Comments around it stay; those inside it go with it.
   */
  remove(container: ObjectNode | ArrayNode, item: MemberNode | ElementNode): void {
    const items: readonly (MemberNode | ElementNode)[] = itemsOf(container);
    const index = items.indexOf(item);
    const { start, end } = rangeOf(item);
    const next = items[index + 1];
    const before = items[index - 1];
    const followingEnd = next ? rangeOf(next).start : rangeOf(container).end - 1;
    const comma =
      this.#commaBetween(end, followingEnd) ??
      (before === undefined ? undefined : this.#commaBetween(rangeOf(before).end, start));
    const cuts = [{ start, end }];
    if (comma !== undefined) {
      const between = comma.start >= end ? [end, comma.start] : [comma.end, start];
      if (this.#text.slice(...(between as [number, number])).trim() === '') {
        cuts[0] = { start: Math.min(start, comma.start), end: Math.max(end, comma.end) };
      } else {
        cuts.push(comma);
      }
    }
    this.#splice(
      cuts.map((cut) => ({ ...(cut.start === start ? this.#withBlank(cut) : cut), text: '' })),
    );
  }

  /** A cut that takes its whole line if nothing else is on it, else the blanks that follow. */
  #withBlank(cut: Range): Range {
    const lineStart = this.#lineStart(cut.start);
    const blanksEnd = cut.end + (/^[ \t]*/.exec(this.#text.slice(cut.end))?.[0].length ?? 0);
    const lineEnd = /^(?:\r\n|\n|\r)/.exec(this.#text.slice(blanksEnd))?.[0].length;
    const alone = this.#text.slice(lineStart, cut.start).trim() === '' && lineStart > 0;
    if (lineEnd === undefined) return { start: cut.start, end: blanksEnd };
    return alone ? { start: lineStart, end: blanksEnd + lineEnd } : cut;
  }

  #addLast(
    container: ObjectNode | ArrayNode,
    items: readonly (MemberNode | ElementNode)[],
    write: (indent: string) => string,
  ): void {
    const { start, end } = rangeOf(container);
    const close = end - 1;
    const inner = this.#tokens.filter((token) => token.start > start && token.end <= close);
    const lastToken = inner.at(-1);
    const after = lastToken?.end ?? start + 1;
    const [first, last] = [items[0], items.at(-1)];
    const lineEnd = this.#lineEnd();

    if (first === undefined || last === undefined) {
      if (container.type === 'Array' && inner.length === 0) {
        this.#splice([{ start: start + 1, end: close, text: write(this.#lineIndent(start)) }]);
        return;
      }
      const base = this.#lineIndent(start);
      const indent = base + this.#unit();
      const closesOnOwnLine = /[\r\n]/.test(this.#text.slice(after, close));
      this.#splice([
        {
          start: after,
          end: closesOnOwnLine ? after : close,
          text: lineEnd + indent + write(indent) + (closesOnOwnLine ? '' : lineEnd + base),
        },
      ]);
      return;
    }

    const lastEnd = rangeOf(last).end;
    const trailing = this.#commaBetween(lastEnd, close);
    const firstStart = rangeOf(first).start;
    const onLines =
      /[\r\n]/.test(this.#text.slice(start, firstStart)) || lastToken?.type === 'LineComment';
    const indent = onLines
      ? (this.#ownLineIndent(firstStart) ?? this.#lineIndent(start) + this.#unit())
      : this.#lineIndent(start);
    const text = (onLines ? lineEnd + indent : ' ') + write(indent) + (trailing ? ',' : '');
    if (trailing === undefined && after === lastEnd) {
      this.#splice([{ start: after, end: after, text: `,${text}` }]);
      return;
    }
    this.#splice([
      ...(trailing ? [] : [{ start: lastEnd, end: lastEnd, text: ',' }]),
      { start: after, end: after, text },
    ]);
  }

  #written(value: JsonValue, indent: string): string {
    return JSON.stringify(value, null, this.#unit()).replaceAll('\n', this.#lineEnd() + indent);
  }

  #commaBetween(from: number, to: number): Range | undefined {
    return this.#tokens.find(
      ({ type, start, end }) => type === 'Comma' && start >= from && end <= to,
    );
  }

  /** The file's own line end: that of its first line. */
  #lineEnd(): string {
    return /\r\n|\n/.exec(this.#text)?.[0] ?? '\n';
  }

  /** One step of the file's indentation: that of the first member of its root, else two spaces. */
  #unit(): string {
    const first = this.#root.type === 'Object' ? this.#root.members[0] : undefined;
    const indent = first && this.#ownLineIndent(rangeOf(first).start);
    return indent ? indent.slice(0, 10) : '  ';
  }

  #lineStart(offset: number): number {
    return (
      Math.max(this.#text.lastIndexOf('\n', offset - 1), this.#text.lastIndexOf('\r', offset - 1)) +
      1
    );
  }

  #lineIndent(offset: number): string {
    return /^[ \t]*/.exec(this.#text.slice(this.#lineStart(offset), offset))?.[0] ?? '';
  }

  /** The blanks before `offset` if only they precede it on its line, which is not the first. */
  #ownLineIndent(offset: number): string | undefined {
    const lineStart = this.#lineStart(offset);
    const before = this.#text.slice(lineStart, offset);
    return lineStart > 0 && /^[ \t]*$/.test(before) ? before : undefined;
  }

  #splice(splices: readonly Splice[]): void {
    let text = this.#text;
    for (const splice of [...splices].sort((a, b) => b.start - a.start)) {
      text = text.slice(0, splice.start) + splice.text + text.slice(splice.end);
    }
    this.#text = text;
    ({ root: this.#root, tokens: this.#tokens } = this.#parsed());
  }

  #parsed(): { root: ValueNode; tokens: readonly Json5Token[] } {
    const parse = parseJson5(this.#text);
    if (parse.kind === 'parsed') return parse;
    throw new KnownError('config.invalid', {
      path: this.#path,
      detail: parse.detail,
      ...parse.place,
    });
  }
}

/** The member that counts for a key: the last one, should the key stand twice. */
export function memberOf(object: ObjectNode, key: string): MemberNode | undefined {
  return object.members.findLast(({ name }) => keyOf(name) === key);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Splice extends Range {
  readonly text: string;
}

function rangeOf({ loc }: { readonly loc: ValueNode['loc'] }): Range {
  return { start: loc.start.offset, end: loc.end.offset };
}

function itemsOf(container: ObjectNode | ArrayNode): readonly (MemberNode | ElementNode)[] {
  return container.type === 'Object' ? container.members : container.elements;
}
