import { parse, type ValueNode } from '@humanwhocodes/momoa';
import type { JsonValue } from './json.ts';
import { DEEPEST } from './jsonDepth.ts';

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export type Json5Parse =
  | { readonly kind: 'parsed'; readonly root: ValueNode; readonly tokens: readonly Json5Token[] }
  | { readonly kind: 'invalid'; readonly detail: string; readonly place?: TextPlace };

/** A token or comment with its place in the text: `text.slice(start, end)`. */
export interface Json5Token {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Parses JSON5 (https://spec.json5.org) to nodes with their places in the text. Never throws; the
 * detail of a failure quotes nothing of the text, which may hold secrets.
 */
export function parseJson5(text: string): Json5Parse {
  try {
    // momoa 3.3.13 never comes back from a text that ends in a backslash inside a string; with a
    // line break behind it, it does, and no place in the text moves.
    const document = parse(`${text}\n`, { mode: 'json5', tokens: true });
    const flaw = flawIn(document.body, text, DEEPEST);
    if (flaw !== undefined) return flaw;
    const tokens = (document.tokens ?? []).map(({ type, loc }) => ({
      type,
      start: loc.start.offset,
      end: loc.end.offset,
    }));
    return { kind: 'parsed', root: document.body, tokens };
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    const ended = error instanceof Error && error.message.startsWith('Unexpected end');
    const detail = ended ? 'it ends too early' : 'not valid JSON5';
    const place = ended ? placeOf(text, text.length) : placeOfError(error);
    return { kind: 'invalid', detail, ...(place && { place }) };
  }
}

/** The plain value of a node. Of a key that stands twice, the last one counts, as in JSON. */
export function plainValue(node: ValueNode): JsonValue {
  switch (node.type) {
    case 'Object':
      // `fromEntries` makes own properties of all keys, `__proto__` too.
      return Object.fromEntries(
        node.members.map(({ name, value }) => [keyOf(name), plainValue(value)]),
      );
    case 'Array':
      return node.elements.map(({ value }) => plainValue(value));
    case 'Null':
      return null;
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return node.sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    default:
      return node.value;
  }
}

/** The key of a member, quoted or not. */
export function keyOf(name: { readonly value: string } | { readonly name: string }): string {
  return 'value' in name ? name.value : name.name;
}

const TOO_DEEP: Json5Parse = { kind: 'invalid', detail: 'it is nested too deep' };

/** What the parser lets pass and JSON5 does not: a line break inside a string, a lone dot. */
function flawIn(node: ValueNode, text: string, levels: number): Json5Parse | undefined {
  if (levels === 0) return TOO_DEEP;
  switch (node.type) {
    case 'Object':
      for (const { name, value } of node.members) {
        const flaw = rawLineBreak(name, text) ?? flawIn(value, text, levels - 1);
        if (flaw !== undefined) return flaw;
      }
      return undefined;
    case 'Array':
      for (const { value } of node.elements) {
        const flaw = flawIn(value, text, levels - 1);
        if (flaw !== undefined) return flaw;
      }
      return undefined;
    case 'String':
      return rawLineBreak(node, text);
    case 'Number':
      return Number.isNaN(node.value) ? invalidAt('not valid JSON5', node) : undefined;
    default:
      return undefined;
  }
}

interface Placed {
  readonly loc: { readonly start: Offset; readonly end: Offset };
}
interface Offset extends TextPlace {
  readonly offset: number;
}

function rawLineBreak(node: Placed, text: string): Json5Parse | undefined {
  const raw = text.slice(node.loc.start.offset, node.loc.end.offset);
  if (!/[\r\n]/.test(raw)) return undefined;
  // A break after a backslash is JSON5's line continuation.
  if (!/[\r\n]/.test(raw.replace(/\\(?:\r\n|[\s\S])/g, ''))) return undefined;
  return invalidAt('a text goes over the end of its line', node);
}

function invalidAt(detail: string, { loc }: Placed): Json5Parse {
  return { kind: 'invalid', detail, place: { line: loc.start.line, column: loc.start.column } };
}

function placeOfError(error: unknown): TextPlace | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { line, column } = error as { line?: unknown; column?: unknown };
  if (typeof line !== 'number' || typeof column !== 'number') return undefined;
  return { line, column: Math.max(column, 1) };
}

/** The place of an offset in a text. */
export function placeOf(text: string, offset: number): TextPlace {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
