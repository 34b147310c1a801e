/** Numbers for things that have names: the same number for the same thing, in the sequence of asking. */
export class Pseudonyms {
  readonly #word: string;
  readonly #numbers = new Map<string, number>();

  constructor(word: string) {
    this.#word = word;
  }

  /** @param parts of its name, all of which tell it from others. */
  of(...parts: readonly string[]): string {
    const key = JSON.stringify(parts);
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return `${this.#word} ${number}`;
  }
}

/** Names of folders and files that are the same on every machine. */
const KNOWN = new Set([
  ...[
    '',
    '~',
    'C:',
    'home',
    'Users',
    'root',
    'mnt',
    'media',
    'Volumes',
    'tmp',
    'var',
    'opt',
    'srv',
  ],
  ...['.coderclaw', 'coderclaw.json', 'coderclaw-auth', 'agents', 'main', 'agent', 'sessions'],
  ...['auth-profiles.json', 'auth-profiles.json.lock', 'auth.json', 'sessions.json', 'workspace'],
]);

/** A path of which only what everybody has remains: the home folder as `~`, other names as `…`. */
export function knownPath(path: string, homedir: string): string {
  const isBelow =
    homedir !== '' && path.startsWith(homedir) && /^($|[\\/])/.test(path.slice(homedir.length));
  const short = isBelow ? `~${path.slice(homedir.length)}` : path;
  return short
    .split(/[\\/]/)
    .map((name) => (KNOWN.has(name) ? name : '…'))
    .join('/');
}
