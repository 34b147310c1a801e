/**
 * A report as the text of a JSON document, indented like the CLI's. What cannot be seen is escaped (control,
 * direction and other invisible characters), so that the text reads as what it is, wherever it is pasted.
 */
export function reportJson(report: object): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(/[^\P{C}\n]/gu, escaped)}\n`;
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
