import fc from 'fast-check';

/** JSON as people and programs may write it: odd spaces, escapes, numbers that JavaScript rounds, keys that stand twice. */

/** A member as it is written, its key and value as read. */
export interface WrittenMember {
  readonly raw: string;
  readonly key: string;
  readonly value: string;
}

export interface WrittenObject {
  readonly text: string;
  readonly members: readonly (WrittenMember & { readonly valueStart: number })[];
}

const blanks = fc.constantFrom('', '', ' ', '\n', '\r\n\t', '    ');
const letters = ['a', ' ', '{', '}', '[', ']', ',', ':', '/', '😀', '\u2028', 'é'];
const escapes = ['\\"', '\\\\', '\\/', '\\u00e9', '\\ud800', '\\n', '\\u0000'];
export const strings = fc
  .array(fc.constantFrom(...letters, ...escapes), { maxLength: 8 })
  .map((parts) => `"${parts.join('')}"`);
const plainValues = fc.oneof(
  fc.constantFrom('9007199254740993123', '-0', '1.50', '1E+400', '2.50e-3', 'true', 'null'),
  strings,
);

/** Texts of JSON values. */
export const values: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plainValues,
    fc
      .tuple(fc.array(fc.tuple(blanks, tie('value'), blanks), { maxLength: 3 }), blanks)
      .map(([items, blank]) => `[${items.map((parts) => parts.join('')).join(',') || blank}]`),
    objects(strings, tie('value')).map(({ text }) => text),
  ),
})).value;

/** Objects with such keys (as written) and values. */
export function objects(
  keys: fc.Arbitrary<string>,
  ofValues: fc.Arbitrary<string>,
): fc.Arbitrary<WrittenObject> {
  const member = fc.tuple(blanks, keys, blanks, blanks, ofValues, blanks);
  return fc.tuple(fc.array(member, { maxLength: 5 }), blanks).map(([members, blank]) => {
    let text = '{';
    const written = members.map(([before, key, beforeColon, afterColon, value, after], n) => {
      text += (n === 0 ? '' : ',') + before;
      const head = `${key}${beforeColon}:${afterColon}`;
      const valueStart = text.length + head.length;
      text += head + value + after;
      return { raw: head + value, key: JSON.parse(key) as string, value, valueStart };
    });
    return { text: `${text}${members.length === 0 ? blank : ''}}`, members: written };
  });
}
