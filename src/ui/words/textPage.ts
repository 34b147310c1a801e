const LONGEST_LINE = 90;

/** A plain text for people, of blocks with an empty line between them. */
export function textPage(...blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

/**
 * In lines that need no scrolling sideways; a longer word stays whole.
 * @param hanging What all lines but the first begin with.
 */
export function wrapped(text: string, indent = '', hanging = indent): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length >= LONGEST_LINE) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((one, row) => (row === 0 ? indent : hanging) + one).join('\n');
}
