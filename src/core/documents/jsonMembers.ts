/**
 * The members of a JSON object as they stand in its text, and changes of them that leave every other byte
 * as it is. In one pass, without a tree: for texts of megabytes that are edited under a lock. A JSON5 text,
 * with its comments, is edited by `editableJson5.ts`.
 */

/** A member in the text of its object. Offsets are those of the text. */
export interface JsonMember {
  readonly key: string;
  /** Where the key begins, with its quote, and where it ends. */
  readonly start: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  /** Where the value ends, and so the member. */
  readonly end: number;
}

/**
 * The members of the object that a text is, in their order; of a key that stands twice the last one counts.
 * @param text One whole JSON object: what is no JSON gives nonsense, or throws.
 */
export function membersOf(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  for (let at = text.indexOf('{') + 1; ; ) {
    const start = indexOfAny(text, at, '"}');
    if (text[start] === '}') return members;
    const keyEnd = endOfString(text, start);
    const valueStart = endOfBlanks(text, text.indexOf(':', keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    members.push({
      key: JSON.parse(text.slice(start, keyEnd)),
      ...{ start, keyEnd, valueStart, end },
    });
    at = end;
  }
}

/**
 * An object with some of its members set, or taken away wherever they stand (`undefined`). New ones come
 * last, set off as the members before them are.
 * @param object The text of one whole JSON object, from brace to brace.
 * @param changes What a member is to be, as JSON.
 */
export function withMembers(
  object: string,
  changes: ReadonlyMap<string, string | undefined>,
): string {
  const members = membersOf(object);
  const [first] = members;
  const last = members.at(-1);
  const lead = object.slice(1, first?.start ?? 1);
  const colon = first === undefined ? ':' : object.slice(first.keyEnd, first.valueStart);
  const gaps = members.map(({ start }, n) => object.slice(members[n - 1]?.end ?? start, start));
  const newGap = members.length > 1 ? (gaps.at(-1) ?? ',') : `,${lead}`;

  let text = '';
  const add = (gap: string, member: string): void => {
    text += (text === '' ? lead : gap) + member;
  };
  members.forEach(({ key, start, valueStart, end }, n) => {
    const isLast = members.findLast((member) => member.key === key)?.start === start;
    const value = isLast && changes.has(key) ? changes.get(key) : object.slice(valueStart, end);
    const stays = !changes.has(key) || changes.get(key) !== undefined;
    if (stays) add(gaps[n] ?? ',', object.slice(start, valueStart) + value);
  });
  for (const [key, value] of changes) {
    const isNew = value !== undefined && !members.some((member) => member.key === key);
    if (isNew) add(newGap, JSON.stringify(key) + colon + value);
  }
  if (text === '' && members.length > 0) return '{}';
  return `{${text}${object.slice(last?.end ?? 1)}`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  throw new Error('not JSON');
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case '{':
      case '[':
        depth += 1;
        at += 1;
        break;
      case '}':
      case ']':
        depth -= 1;
        at += 1;
        break;
      default:
        // A number, a word, or what stands between values.
        at = depth === 0 ? indexOfAny(text, at, ',}] \t\r\n') : at + 1;
    }
    if (depth === 0) return at;
  }
  throw new Error('not JSON');
}

function endOfBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return at;
}

function indexOfAny(text: string, start: number, characters: string): number {
  for (let at = start; at < text.length; at++) {
    if (characters.includes(text[at] ?? '')) return at;
  }
  throw new Error('not JSON');
}
