const LETTERS = ['r', 'w', 'x'] as const;

/** Permission bits, e.g. 0o640, as `ls` writes them: `rw-r----- (0640)`. */
export function modeWords(mode: number): string {
  const letters = [...(mode & 0o777).toString(2).padStart(9, '0')]
    .map((bit, index) => (bit === '1' ? LETTERS[index % 3] : '-'))
    .join('');
  return `${letters} (${mode.toString(8).padStart(4, '0')})`;
}
