/**
 * A key of a file as it may stand in a message: without control, format or unpaired surrogate
 * characters (a profile id is free text, and a log line or tooltip must not be steered by it), and
 * not longer than `limit` characters.
 */
export function shownKey(key: string, limit = 80): string {
  const plain = key.slice(0, limit * 2).replace(/\p{C}/gu, '');
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 1).replace(/\p{Cs}$/u, '')}…`;
}
