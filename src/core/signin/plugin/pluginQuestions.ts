/** A text that a login asks for. */
export interface TextQuestion {
  readonly message: string;
  readonly placeholder?: string;
  readonly mayBeEmpty: boolean;
  /** By its words it asks for something that nobody should read over a shoulder. */
  readonly isSecret: boolean;
}

/** A list that a login has the person choose from. */
export interface ListQuestion {
  readonly message: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

const LONGEST_TEXT = 500;
const MOST_OPTIONS = 1000;

/**
 * What is typed stays hidden for these. Codes of a sign-in are no secrets in this sense: they work once,
 * and people want to see whether they have copied all of one.
 */
const SECRET = /\b(?:pass(?:word|phrase|code)|secret|api[ -]?key|(?:access|bearer) token|pin)\b/i;

/** What foreign code gave to be asked, as far as it makes sense. */
export function questionOf(prompt: unknown): TextQuestion {
  const { message, placeholder, allowEmpty } = members(prompt);
  const [text, hint] = [linesIn(message) ?? '', linesIn(placeholder)];
  return {
    message: text,
    ...(hint !== undefined && { placeholder: hint }),
    mayBeEmpty: allowEmpty === true,
    isSecret: SECRET.test(`${text} ${hint ?? ''}`),
  };
}

/** @throws {TypeError} (into the foreign code) There is nothing to choose from. */
export function chosenFrom(prompt: unknown): ListQuestion {
  const { message, options } = members(prompt);
  const all = (Array.isArray(options) ? options : []).slice(0, MOST_OPTIONS).flatMap((option) => {
    const { id, label } = members(option);
    return typeof id === 'string' ? [{ id, label: linesIn(label) ?? id }] : [];
  });
  if (all.length === 0) throw new TypeError('onSelect: options is missing, empty or malformed');
  return { message: linesIn(message) ?? '', options: all };
}

/** A text of foreign code, of bearable length; undefined where there is none. */
export function linesIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== ''
    ? value.trim().slice(0, LONGEST_TEXT)
    : undefined;
}

/** What of a typed answer may come back in an error: all of it, and the parts of a pasted address. */
export function secretsTyped(text: string): readonly string[] {
  const typed = text.trim();
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const query = url === undefined ? '' : `${url.search.slice(1)}&${url.hash.slice(1)}`;
  const parts = [...new URLSearchParams(query).values(), ...typed.split(/[\s#]+/)];
  return [...new Set([typed, ...parts])].filter((part) => part !== '');
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
